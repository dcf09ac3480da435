// What doctor looks at, gathered once: sources and keyrings with their places, and what other rooms told.
#pragma once

#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "host/host.h"
#include "packages/apt_sources.h"
#include "packages/openpgp.h"
#include "packages/rpm_repositories.h"
#include "recipe/recipe.h"
#include "system/processes.h"

namespace cudnn_install {

struct ObservedFile {
  std::string real{};  // every link followed
  std::string text{};
  std::uint32_t mode = 0;
  std::string closed{};  // the first directory on the way that strangers cannot enter, such as apt's own user
};

struct ObservedKeyring {
  ObservedFile file{};
  Keyring keyring{};
};

// A link to a library of cuDNN, or the library itself.
struct ObservedLibrary {
  std::string path{};  // /usr/local/cuda/lib64/libcudnn.so.8
  std::string real{};  // "" where it leads nowhere
};

struct RpmKey {
  std::string package{};  // gpg-pubkey-7fa2af80-576258cd
  Keyring keyring{};
};

// What a receipt does not agree with, told by verify.
struct DamagedPrefix {
  std::string prefix{};
  std::vector<std::string> details{};
};

// A forward-compatibility library that does harm now: one that the loader takes before the driver's, or one of a
// package that cudnn-install has installed, which nobody needs any more.
struct HarmfulCompat {
  std::string file{};  // what makes the loader take it: the shared link, a file of its configuration, a variable; or ""
  int line = 0;
  std::string library{};
  std::string reason{};
  bool shared = false;  // compat deactivate takes it back
  std::string cuda{};   // of the package that cudnn-install has installed: compat uninstall takes it out; else ""
};

struct Observed {
  std::string root = "/";
  Host host{};
  std::string distro{};                         // its recipe's name; "" where none is made for exactly this system
  std::set<std::string> distros{};              // that there are recipes for
  std::set<std::string> retired{};              // fingerprints of keys that their owner has withdrawn
  std::map<std::string, ObservedFile> files{};  // sources by their path
  std::map<std::string, ObservedKeyring> keyrings{};  // of apt's directories, and those that sources name
  std::vector<AptSource> apt{};
  std::vector<RpmRepository> rpm{};
  std::set<std::string> folders{};                   // of local repositories, where they are there
  std::vector<RpmKey> rpm_keys{};                    // in rpm's database
  std::vector<ObservedLibrary> toolkit_libraries{};  // libcudnn* in the toolkits' directories
  std::vector<ObservedLibrary> system_libraries{};   // … and in the distribution's own
  std::vector<DamagedPrefix> damaged{};
  std::vector<HarmfulCompat> harmful{};
};

// Reads only. `damaged` and `harmful` are left to who knows of receipts and drivers.
Observed observed(const std::string& root, const Recipes& recipes, Processes& processes);

}  // namespace cudnn_install
