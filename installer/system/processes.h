// Other programs, started from an argument vector, never through a shell.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"

namespace cudnn_install {

struct Command {
  std::vector<std::string> argv{};  // argv[0]: a name is looked up in /usr/sbin:/usr/bin:/sbin:/bin alone
  std::chrono::seconds time_limit{60};
  // A package manager that dies in the middle of its work leaves a broken system. What outlives us writes into files
  // rather than pipes, so that our end does not end it, has no time limit, and keeps `held` (a lock; -1: none) open
  // until its own end.
  bool outlives_us = false;
  int held = -1;
};

struct Finished {
  int status = 0;  // exit status; 128 + signal if it was killed
  std::string out{};
  std::string err{};  // each at most 1 MiB; more is dropped
};

class Processes {
 public:
  virtual ~Processes() = default;
  // Environment: PATH, LC_ALL=C, HOME=/ and nothing else; stdin is /dev/null, no terminal, every descriptor above 2
  // closed. A program that is not there is `unsupported`; one that outruns its limit is killed and `package_manager`.
  virtual Result<Finished> run(const Command& command) = 0;
  // Full path, or "" if no such program is on the fixed path.
  [[nodiscard]] virtual std::string find(const std::string& program) const = 0;
};

class RealProcesses final : public Processes {
 public:
  Result<Finished> run(const Command& command) override;
  [[nodiscard]] std::string find(const std::string& program) const override;
};

}  // namespace cudnn_install
