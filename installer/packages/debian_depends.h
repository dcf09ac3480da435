// What a Debian package has to depend on, from what its ELF files need. Pure: the files are read elsewhere.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/error.h"

namespace cudnn_install {

// What one shared library needs: the names of libraries, and the symbol versions that it wants of some of them.
struct LibraryNeeds {
  std::string name{};  // of the file, for messages
  std::string soname{};
  std::vector<std::string> needed{};
  std::map<std::string, std::vector<std::string>> versions{};  // libc.so.6 → GLIBC_2.14 …
  bool operator==(const LibraryNeeds&) const = default;
};

// As the control file takes them, sorted: "libc6 (>= 2.14)", "zlib1g (>= 1:1.2.0)". Libraries that are among
// `libraries` themselves are passed over; one that no table here knows is `unsupported`, since a package without it
// would not run.
Result<std::vector<std::string>> debian_depends(const std::vector<LibraryNeeds>& libraries);

}  // namespace cudnn_install
