#include "cli/compat_package.h"

#include <optional>
#include <utility>

#include "base/text.h"
#include "cli/library_inside.h"
#include "cli/survey.h"

namespace cudnn_install {

namespace {

// As it will be called once the package is installed.
std::optional<std::string> installed_path(const Member& member) {
  return member.name.starts_with("./") ? member.name.substr(1)
                                       : "/" + member.name.substr(member.name.find_first_not_of('/'));
}

}  // namespace

Result<PackageVersion> package_told(const std::string& file, Context& context) {
  const Request request{.method = file.ends_with(".rpm") ? "rpm-local" : "deb-local", .archives = {file}};
  auto facts = installer_facts(request, context.processes);
  if (!facts) {
    return tl::unexpected(facts.error());
  }
  return *facts ? Result<PackageVersion>((*facts)->package)
                : failure(Fault::usage, "'" + printable(file) + "' is no file here", "fetch it, then name the file");
}

Result<PackageInHand> package_in_hand(const PackageVersion& told, const std::string& file,
                                      const Expectation& expected) {
  auto reader = ArchiveReader::start(file, {.wrapping = Wrapping::package});
  if (!reader) {
    return tl::unexpected(reader.error());
  }
  LibraryInside inside(installed_path);
  const auto read = reader->read(inside.sink(), expected);
  auto library = read ? inside.library() : Result<CompatLibrary>(tl::unexpected(read.error()));
  if (!library) {
    return tl::unexpected(during(std::move(library.error()), "look into '" + printable(file) + "'"));
  }
  return PackageInHand{.package = told, .library = std::move(*library), .sha256 = read->sha256};
}

}  // namespace cudnn_install
