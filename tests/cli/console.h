// A command line that runs inside the test: what it says is caught, and the machine's environment is not seen.
#pragma once

#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "system/files.h"
#include "system/processes.h"

namespace cudnn_install {

struct Console {
  RealFiles files{};
  RealProcesses processes{};
  std::istringstream in{};
  std::ostringstream out{};
  std::ostringstream err{};
  Context context{.in = in,
                  .out = out,
                  .err = err,
                  .files = files,
                  .processes = processes,
                  .terminal = {},
                  .environment = {},
                  .caller = {.root = false, .name = "tester"},
                  .now = [] { return std::string("2026-11-21T10:00:00Z"); },
                  .log = {}};

  int run(const std::vector<std::string>& arguments) {
    out.str("");
    err.str("");
    return run_command_line(arguments, context);
  }
};

class ScratchDirectory {
 public:
  ScratchDirectory() {
    std::string pattern = (std::filesystem::temp_directory_path() / "cudnn-install-cli.XXXXXX").string();
    path_ = ::mkdtemp(pattern.data());
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + "/" + name; }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

inline std::string text_in(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

inline void put(const std::string& path, const std::string& text) {
  std::filesystem::create_directories(std::filesystem::path(path).parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

}  // namespace cudnn_install
