// The held directories of one prefix while its lock is held.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "receipt/receipt.h"
#include "system/files.h"
#include "system/processes.h"
#include "system/resolve.h"
#include "transaction/journal.h"

namespace cudnn_install {

struct Workplace {
  Files* files = nullptr;
  Processes* processes = nullptr;
  std::string root{};    // "/" or another system's root
  std::string prefix{};  // below the root, every link followed
  Directory prefix_directory{};
  Directory state{};  // <prefix>/.cudnn-install
  std::string id{};   // of the state directory; names the stages
  Caution caution = Caution::strict;
  std::chrono::milliseconds grace{100};
};

// A destination directory with its stage, which may not exist (yet, or any more).
struct Destined {
  Destination destination{};
  Directory directory{};
  Directory stage{};  // number() < 0: there is none
};

// The names of the sub-directories of a stage.
inline constexpr const char* staged_new = "new";    // what is to be put in place, under its final names
inline constexpr const char* staged_old = "old";    // what is replaced, until the end
inline constexpr const char* staged_back = "back";  // kept files on their way back

// Opens <prefix>/<name> once; its stage is opened if it exists. Missing directory: `conflict`.
Result<Destined> opened_destination(const Workplace& place, const std::string& name);

}  // namespace cudnn_install
