// A package manager as a distribution has it. Recipes tell it, receipts remember it, packages/ speaks to it.
#pragma once

#include <string>
#include <vector>

namespace cudnn_install {

struct Manager {
  std::string speaks{};         // apt | dnf | dnf5 | yum | zypper | tdnf
  bool strict_refresh = false;  // apt-get update knows --error-on=any
  std::string pin{};            // how a version is held: preferences | versionlock | zypper-lock | "" (not at all)
  bool operator==(const Manager&) const = default;
};

// One package in one version, as the database calls them: libcudnn8 8.9.6.50-1+cuda12.2 (deb), 8.9.6.50-1.cuda12.2
// (rpm).
struct PackageVersion {
  std::string name{};
  std::string version{};
  bool operator==(const PackageVersion&) const = default;
};

// A repository as it is written down for a manager.
struct Repository {
  std::string file{};   // name of its file without the ending: cuda-rhel9; "": as `id`
  std::string id{};     // cuda-rhel9-x86_64: name of its section
  std::string title{};  // for people
  std::string url{};    // https://…/rhel9/x86_64, without a slash at its end
  std::string key{};    // apt: path of a keyring for Signed-By; rpm: URL or path of the public key
  bool module_hotfixes = false;
  bool operator==(const Repository&) const = default;
};

}  // namespace cudnn_install
