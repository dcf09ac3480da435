// The guide's commands, as it prints them.
#include "packages/package_manager_words.h"
#include "packages/words.h"

namespace cudnn_install {

Words documented_refresh(const Manager& manager) {
  if (uses_dpkg(manager)) {
    return {"apt-get", "update"};
  }
  return manager.speaks == "zypper" ? Words{"zypper", "refresh"} : Words{"yum", "clean", "all"};
}

Words documented_install(const Manager& manager, const PackageVersion& package) {
  const bool equals = uses_dpkg(manager) || manager.speaks == "zypper";
  const std::string version = package.version.empty() ? "" : (equals ? "=" : "-") + package.version;
  const std::string program = uses_dpkg(manager) ? "apt-get" : manager.speaks == "zypper" ? "zypper" : "yum";
  return {program, "install", package.name + version};
}

Words documented_package_file(const Manager& manager, const std::string& file) {
  return {uses_dpkg(manager) ? "dpkg" : "rpm", "-i", file};
}

// `url` is that of the .repo file; apt's is a source line, which the guide leaves to the keyring package.
Words documented_repository(const Manager& manager, const std::string& url) {
  if (uses_dpkg(manager)) {
    return {"add-apt-repository", "deb " + url + "/ /"};
  }
  return manager.speaks == "zypper" ? Words{"zypper", "addrepo", url} : Words{"yum-config-manager", "--add-repo", url};
}

Words documented_removal(const Manager& manager, const Words& names) {
  if (uses_dpkg(manager)) {
    return with({"apt-get", "remove"}, names);
  }
  return with({manager.speaks == "zypper" ? "zypper" : "yum", "remove"}, names);
}

}  // namespace cudnn_install
