#include "transaction/index.h"

#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "receipt/entry_json.h"
#include "system/resolve.h"
#include "transaction/state_directory.h"
#include "transaction/system_file.h"

namespace cudnn_install {

Result<Directory> directory_made(Files& files, const std::string& path) {
  auto resolved = resolve("/", path, Caution::strict);
  if (!resolved) {
    return tl::unexpected(during(resolved.error(), "open the state directory '" + path + "'"));
  }
  return completed(files, std::move(*resolved));
}

namespace {

std::string text_of(const IndexEntry& entry) {
  return sealed({{"schema", 1},
                 {"id", entry.id},
                 {"root", entry.root},
                 {"prefix", entry.prefix},
                 {"open", entry.open},
                 {"created", entry.created},
                 {"directories", entry.directories}});
}

std::optional<IndexEntry> entry_from_text(const std::string& text) {
  try {
    const Json json = unsealed(text);
    IndexEntry entry{.id = json.at("id").get<std::string>(),
                     .root = json.at("root").get<std::string>(),
                     .prefix = json.at("prefix").get<std::string>(),
                     .open = json.at("open").get<bool>(),
                     .created = json.at("created").get<std::vector<std::string>>()};
    for (const auto& [directory, inode] : json.at("directories").items()) {
      entry.directories[directory] = number_up_to(std::numeric_limits<std::uint64_t>::max(), inode);
    }
    for (const std::string& directory : entry.created) {
      if (!directory.empty() && directory != "..") {
        checked(TargetPath::parse(directory));
      }
    }
    return entry;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  } catch (const Malformed&) {
    return std::nullopt;
  }
}

std::vector<IndexEntry> entries_in(Files& files, const Directory& index) {
  std::vector<IndexEntry> found;
  const auto names = files.names(index);
  for (const std::string& name : names ? *names : std::vector<std::string>()) {
    const auto text = small_file(files, index, name);
    const auto entry = text && *text ? entry_from_text(**text) : std::nullopt;
    if (entry && entry->id == name) {
      found.push_back(*entry);
    }
  }
  return found;
}

}  // namespace

Result<Index> Index::open(Files& files, const std::string& state) {
  auto index = directory_made(files, state + "/index");
  if (!index) {
    return tl::unexpected(index.error());
  }
  auto locks = directory_made(files, state + "/locks");
  if (!locks) {
    return tl::unexpected(locks.error());
  }
  return Index(files, std::move(*index), std::move(*locks));
}

std::vector<IndexEntry> Index::entries() const {
  return entries_in(*files_, index_);
}

Result<void> Index::write(const IndexEntry& entry) {
  return replace_file(*files_, index_, entry.id, text_of(entry));
}

Result<void> Index::remove(const std::string& id) {
  return files_->remove(index_, id + ".tmp").and_then([&] { return remove_durably(*files_, index_, id); });
}

std::vector<IndexEntry> index_entries(Files& files, const std::string& state) {
  const auto resolved = resolve("/", state + "/index", Caution::trusting);
  if (!resolved || !resolved->missing.empty() || !believable(resolved->directory)) {
    return {};
  }
  return entries_in(files, resolved->directory);
}

}  // namespace cudnn_install
