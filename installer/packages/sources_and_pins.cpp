// Sources, pins and locks.
#include "packages/package_manager_words.h"

namespace cudnn_install {

namespace {

// tdnf checks an index's signature only with a plug-in that few have; all the others do by themselves.
std::string repo_text(const Manager& manager, const Repository& repository) {
  std::string text =
      "[" + repository.id + "]\nname=" + repository.title + "\nbaseurl=" + repository.url + "\nenabled=1\ngpgcheck=1\n";
  if (manager.speaks != "tdnf") {
    text += "repo_gpgcheck=1\n";
  }
  if (manager.speaks == "zypper") {  // which otherwise takes an unsigned package where the index is signed
    text += "pkg_gpgcheck=1\n";
  }
  text += std::string("gpgkey=") + (repository.key.starts_with('/') ? "file://" : "") + repository.key + "\n";
  return text + (repository.module_hotfixes ? "module_hotfixes=1\n" : "");
}

}  // namespace

TextFile repository_file(const Manager& manager, const Repository& repository) {
  const std::string& name = repository.file.empty() ? repository.id : repository.file;
  if (uses_dpkg(manager)) {
    return {"/etc/apt/sources.list.d/" + name + ".list",
            "deb [signed-by=" + repository.key + "] " + repository.url + "/ /\n"};
  }
  const std::string folder = manager.speaks == "zypper" ? "/etc/zypp/repos.d/" : "/etc/yum.repos.d/";
  return {folder + name + ".repo", repo_text(manager, repository)};
}

// 1001 is above NVIDIA's own 600 and whatever else a machine prefers below 1000, so that the version is the candidate
// for every upgrade, and what removed it by accident brings it back.
TextFile pin_file(const Manager& manager, const std::string& product, const std::vector<PackageVersion>& packages) {
  if (manager.pin != "preferences") {
    return {};
  }
  std::string text = "# Written by cudnn-install: " + product + " stays in the version that was installed.\n";
  for (const PackageVersion& package : packages) {
    text += "\nPackage: " + package.name + "\nPin: version " + package.version + "\nPin-Priority: 1001\n";
  }
  return {"/etc/apt/preferences.d/cudnn-install-" + product, text};
}

// zypper locks a name, in whatever version it is there; the others name the version. dnf 5 is documented to delete by
// name.
Words lock_command(const Manager& manager, const PackageVersion& package) {
  if (manager.pin == "zypper-lock") {
    return {"zypper", "-n", "addlock", package.name};
  }
  return manager.pin == "versionlock"
             ? Words{manager.speaks, "-y", "versionlock", "add", package.name + "-" + package.version}
             : Words();
}

Words unlock_command(const Manager& manager, const PackageVersion& package) {
  if (manager.pin == "zypper-lock") {
    return {"zypper", "-n", "removelock", package.name};
  }
  const std::string spec = manager.speaks == "dnf5" ? package.name : package.name + "-" + package.version;
  return manager.pin == "versionlock" ? Words{manager.speaks, "-y", "versionlock", "delete", spec} : Words();
}

Words lock_query(const Manager& manager) {
  if (manager.pin == "zypper-lock") {
    return {"zypper", "-n", "--xmlout", "locks"};
  }
  return manager.pin == "versionlock" ? Words{manager.speaks, "-q", "versionlock", "list"} : Words();
}

}  // namespace cudnn_install
