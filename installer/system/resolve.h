// Finding a directory once, safely. Links on the way are followed only where neither a stranger's link nor a stranger's
// directory can send us elsewhere; below a root, absolute links and ".." stay inside it.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "system/files.h"

namespace cudnn_install {

enum class Caution {
  strict,
  trusting
};  // trusting: owners and modes on the way are not looked at (--trust-prefix, looking only)

struct Resolved {
  Directory directory{};               // of the last component that exists
  std::string path{};                  // its path below the root, every link followed: /usr/local/cuda-13.0
  std::vector<std::string> missing{};  // components behind it that do not exist yet
};

// `path` is absolute and means a place below `root`. With strict caution every link, and every directory that holds one
// or is passed, must belong to root or to the caller (for root: to root) and must not be writable by others, unless the
// directory is sticky and the next entry is safe; else `conflict` with the command that mends it.
Result<Resolved> resolve(const std::string& root, const std::string& path, Caution caution);

}  // namespace cudnn_install
