// What a local installer says of itself, asked of the tools that know its format.
#include <filesystem>
#include <utility>

#include "base/text.h"
#include "cli/request.h"
#include "cli/survey.h"
#include "packages/answers.h"
#include "packages/package_manager_words.h"

namespace cudnn_install {

namespace {

Result<Answer> asked_of(const Words& command, Processes& processes) {
  auto finished = processes.run({.argv = command});
  if (!finished) {
    return tl::unexpected(during(std::move(finished.error()), "look into the local installer"));
  }
  return Answer{.status = finished->status, .out = std::move(finished->out), .err = std::move(finished->err)};
}

}  // namespace

Result<std::optional<InstallerFacts>> installer_facts(const Request& request, Processes& processes) {
  if (request.archives.empty() || is_url(request.archives.front())) {
    return std::optional<InstallerFacts>{};
  }
  const std::string& archive = request.archives.front();
  std::error_code trouble;
  if (!std::filesystem::is_regular_file(archive, trouble)) {
    return failure(Fault::usage, "no local installer '" + printable(archive) + "'", "name a file that exists");
  }
  const std::string path = std::filesystem::absolute(archive, trouble).string();
  const Manager manager{.speaks = request.method == "deb-local" ? "apt" : "dnf"};
  const auto named = asked_of(package_file_query(manager, path), processes);
  if (!named) {
    return tl::unexpected(named.error());
  }
  auto package = package_in_file(manager, *named);
  if (!package) {
    return tl::unexpected(package.error());
  }
  const auto listed = asked_of(package_file_list(manager, path), processes);
  if (!listed) {
    return tl::unexpected(listed.error());
  }
  if (listed->status != 0) {
    return failure(Fault::archive, "the contents of '" + printable(archive) + "' cannot be listed");
  }
  return InstallerFacts{.package = std::move(*package), .files = files_in_package(manager, listed->out)};
}

}  // namespace cudnn_install
