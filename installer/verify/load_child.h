// The child process in which foreign libraries are opened. What it sends back is only text: foreign code ran there, so
// the reader trusts none of it.
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <vector>

namespace cudnn_install {

// The first two answer a size_t, the version checks a status, 0 = in order. Only functions that a library defines
// itself are called.
inline constexpr std::array<const char*, 12> load_functions{
    "cudnnGetVersion",           "cudnnGetCudartVersion",     "cudnnOpsInferVersionCheck", "cudnnOpsTrainVersionCheck",
    "cudnnCnnInferVersionCheck", "cudnnCnnTrainVersionCheck", "cudnnAdvInferVersionCheck", "cudnnAdvTrainVersionCheck",
    "cudnnGraphVersionCheck",    "cudnnOpsVersionCheck",      "cudnnCnnVersionCheck",      "cudnnAdvVersionCheck"};
inline constexpr std::size_t status_functions_from = 2;

// Lines, F an index into the files and N one into load_functions:
//   open F          before the file is opened; `opened F` or `failed F TEXT` follows
//   call F N        before the function is called; `answer F N VALUE` follows
//   mapped PATH     a file in the child's memory whose name begins with libcudnn
//   done            the last line
struct LoadReport {
  std::string text{};
  int status = 0;  // as waitpid tells it
  bool timed_out = false;
  std::string trouble{};  // why no child could be started; empty: it was
};

// Opens `files` (absolute paths) in their order, with all symbols resolved, in a process of its own session without
// privileges, environment, terminal, files to write or the caller's descriptors.
LoadReport loaded_in_child(const std::vector<std::string>& files, std::chrono::seconds time_limit);

}  // namespace cudnn_install
