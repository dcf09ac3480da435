// One changing run at a time: a lock in the state directory, and for root one more for each destination directory,
// since two prefixes may share one.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "system/files.h"

namespace cudnn_install {

class Lock {
 public:
  // Takes all of them in the order given, waiting at most `patience` in all; then `busy`, naming the holder. `waiting`
  // is told once, with the holder. A lock file that is not a plain file of root or the caller is `conflict`.
  static Result<Lock> take(const std::vector<std::pair<Directory, std::string>>& places, std::chrono::seconds patience,
                           const std::function<void(const std::string&)>& waiting);

  // Of the first place: whoever keeps it open goes on holding the lock.
  [[nodiscard]] int descriptor() const { return held_.empty() ? -1 : held_.front().number(); }

 private:
  std::vector<Descriptor> held_{};
};

}  // namespace cudnn_install
