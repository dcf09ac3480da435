#include "cli/compat_archive.h"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "base/text.h"
#include "cli/library_inside.h"

namespace cudnn_install {

namespace {

constexpr std::array<std::string_view, 4> tar_suffixes = {".tar.xz", ".tar.gz", ".tgz", ".tar.zst"};
constexpr std::string_view orin_directory = "compat_orin/";

// The names of the libraries, gathered while the archive is read.
class Names {
 public:
  explicit Names(const ArchiveForm& form) : form_(form) {}

  // The member's name in the archive if it lies where the libraries do.
  std::optional<std::string> known(const Member& member) {
    std::string name = member.name;
    while (name.starts_with("./")) {
      name.erase(0, 2);
    }
    if (top_.empty()) {
      top_ = name.substr(0, name.find('/'));
    }
    const std::string below = form_.top.empty() ? name : name.substr(std::min(name.size(), top_.size() + 1));
    const std::string directory = form_.library.empty() ? "" : form_.library + "/";
    if (below.starts_with(orin_directory)) {
      return name;
    }
    if (!below.starts_with(directory) || below.find('/', directory.size()) != std::string::npos) {
      return std::nullopt;
    }
    names_.push_back(below.substr(directory.size()));
    return name;
  }

  [[nodiscard]] const std::string& top() const { return top_; }
  [[nodiscard]] const std::vector<std::string>& names() const { return names_; }

 private:
  const ArchiveForm& form_;
  std::string top_{};
  std::vector<std::string> names_{};
};

Result<ArchiveInHand> judged(const Names& names, const ArchiveForm& form, CompatLibrary library) {
  if (library.for_orin) {
    return failure(Fault::unsupported, "it brings '" + printable(library.path) + "', which is for Jetson Orin alone",
                   "on Orin install the package cuda-compat-orin-X-Y; elsewhere take the archive for the machine");
  }
  if (!library.driver) {
    return failure(Fault::unsupported, "which driver '" + printable(library.path) + "' is of is not known");
  }
  ArchiveInHand found{.archive = {.kind = form.kind, .top = names.top(), .driver = *library.driver}};
  found.archive.names = names.names();
  found.library = std::move(library);
  return found;
}

}  // namespace

std::string archive_kind(const std::string& file) {
  const bool tar = std::ranges::any_of(tar_suffixes, [&](std::string_view end) { return file.ends_with(end); });
  return tar ? "redist" : file.ends_with(".run") ? "runfile" : "";
}

Result<ArchiveInHand> archive_in_hand(const std::string& file, const Product& product, const Expectation& expected) {
  const std::string kind = archive_kind(file);
  const auto form = std::ranges::find(product.files.archives, kind, &ArchiveForm::kind);
  if (form == product.files.archives.end()) {
    return failure(Fault::unsupported, "the recipe '" + product.name + "' does not tell of such an archive");
  }
  auto reader = ArchiveReader::start(file, kind == "runfile" ? runfile_limits() : ArchiveLimits{});
  if (!reader) {
    return tl::unexpected(reader.error());
  }
  Names names(*form);
  LibraryInside inside([&](const Member& member) { return names.known(member); });
  const auto read = reader->read(inside.sink(), expected);
  auto found =
      read ? inside.library().and_then([&](CompatLibrary library) { return judged(names, *form, std::move(library)); })
           : Result<ArchiveInHand>(tl::unexpected(read.error()));
  if (!found) {
    return tl::unexpected(during(std::move(found.error()), "look into '" + printable(file) + "'"));
  }
  found->archive.sha256 = read->sha256;
  found->archive.vouched = expected.sha256.has_value();
  return found;
}

}  // namespace cudnn_install
