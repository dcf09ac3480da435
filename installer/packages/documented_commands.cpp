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
  if (uses_dpkg(manager)) {
    return {"apt-get", "install", package.name + "=" + package.version};
  }
  return manager.speaks == "zypper" ? Words{"zypper", "install", package.name + "=" + package.version}
                                    : Words{"yum", "install", package.name + "-" + package.version};
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
