// The guide's commands, as it prints them; where a system does not have them, its own that do the same: yum is another
// name of dnf and dnf5, not of tdnf, and yum-config-manager is none of dnf5's.
#include "packages/package_manager_words.h"
#include "packages/words.h"

namespace cudnn_install {

namespace {

std::string installing_program(const Manager& manager) {
  if (uses_dpkg(manager)) {
    return "apt-get";
  }
  return manager.speaks == "zypper" || manager.speaks == "tdnf" ? manager.speaks : "yum";
}

}  // namespace

Words documented_refresh(const Manager& manager) {
  if (uses_dpkg(manager)) {
    return {"apt-get", "update"};
  }
  return manager.speaks == "zypper" ? Words{"zypper", "refresh"} : Words{installing_program(manager), "clean", "all"};
}

Words documented_install(const Manager& manager, const PackageVersion& package) {
  const bool equals = uses_dpkg(manager) || manager.speaks == "zypper";
  const std::string version = package.version.empty() ? "" : (equals ? "=" : "-") + package.version;
  return {installing_program(manager), "install", package.name + version};
}

Words documented_package_file(const Manager& manager, const std::string& file) {
  return {uses_dpkg(manager) ? "dpkg" : "rpm", "-i", file};
}

// `url` is that of the .repo file; apt's is a source line, which the guide leaves to the keyring package.
Words documented_repository(const Manager& manager, const std::string& url) {
  if (uses_dpkg(manager)) {
    return {"add-apt-repository", "deb " + url + "/ /"};
  }
  if (manager.speaks == "zypper") {
    return {"zypper", "addrepo", url};
  }
  if (manager.speaks == "dnf5") {
    return {"dnf", "config-manager", "addrepo", "--from-repofile=" + url};
  }
  if (manager.speaks == "tdnf") {
    return {"curl", "-fsSL", "-o", "/etc/yum.repos.d" + url.substr(url.rfind('/')), url};
  }
  return {"yum-config-manager", "--add-repo", url};
}

Words documented_removal(const Manager& manager, const Words& names) {
  return with({installing_program(manager), "remove"}, names);
}

}  // namespace cudnn_install
