#include "transaction/system_file.h"

#include <ctime>
#include <utility>

#include "transaction/state_directory.h"

namespace cudnn_install {

namespace {

// apt and its relatives pass over names that begin with a dot.
constexpr const char* next_name = ".cudnn-install-next";
constexpr std::size_t largest = std::size_t{1} << 20U;

}  // namespace

Result<Directory> completed(Files& files, Resolved found) {
  for (const std::string& name : found.missing) {
    auto next = files.make_directory(found.directory, name, 0755);
    const auto durable = next ? files.sync(found.directory.number()) : tl::unexpected(next.error());
    if (!durable) {
      return tl::unexpected(durable.error());
    }
    found.directory = std::move(*next);
  }
  return std::move(found.directory);
}

Result<SystemPlace> system_place(Files& files, const std::string& root, const std::string& path, Missing missing) {
  const std::size_t slash = path.rfind('/');
  const std::string folder = slash == 0 ? "/" : path.substr(0, slash);
  auto found = resolve(root, folder, Caution::strict);
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (!found->missing.empty() && missing == Missing::refused) {
    return failure(Fault::conflict, "there is no directory '" + folder + "' any more");
  }
  return completed(files, std::move(*found)).map([&](Directory directory) {
    return SystemPlace{.directory = std::move(directory), .name = path.substr(slash + 1)};
  });
}

Result<void> put_file(Files& files, const SystemPlace& at, const FileText& file) {
  const auto old = files.look(at.directory, at.name);
  if (!old) {
    return tl::unexpected(old.error());
  }
  Stat like = old->value_or(Stat{});
  like.mode = file.mode;
  like.mtime = static_cast<std::int64_t>(std::time(nullptr)) * 1000000000;
  if (auto removed = files.remove(at.directory, next_name); !removed) {
    return removed;
  }
  const auto next = files.create_file(at.directory, next_name, 0600);
  if (!next) {
    return tl::unexpected(next.error());
  }
  auto done = files.write(*next, std::as_bytes(std::span(file.text.data(), file.text.size())))
                  .and_then([&] { return files.set_attributes(*next, like); })
                  .and_then([&] { return files.sync(next->number()); })
                  .and_then([&] { return files.rename(at.directory, next_name, at.directory, at.name); });
  if (!done) {
    [[maybe_unused]] const auto removed = files.remove(at.directory, next_name);
  }
  return done.and_then([&] { return files.sync(at.directory.number()); });
}

Result<std::optional<FileText>> read_file_text(Files& files, const SystemPlace& at) {
  const auto stat = files.look(at.directory, at.name);
  if (!stat || !*stat) {
    return stat ? Result<std::optional<FileText>>(std::nullopt) : tl::unexpected(stat.error());
  }
  const auto file = files.open_file(at.directory, at.name);
  if (!file) {
    return tl::unexpected(file.error());
  }
  return whole_text(*file, largest, at.directory.path + "/" + at.name).map([&](std::string text) {
    return std::optional(FileText{.text = std::move(text), .mode = (*stat)->mode});
  });
}

}  // namespace cudnn_install
