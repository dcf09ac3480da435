// The words: how a command line becomes a Request, and how an answer becomes text, JSON and an exit code.
//
// Everything that a command says or asks goes through Context, so tests run whole command lines inside their own
// process. stdout is the answer, stderr is for people.
#pragma once

#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "system/files.h"
#include "system/processes.h"

namespace cudnn_install {

class Definition;
class Log;

struct TerminalFacts {
  bool input = false;   // stdin is a terminal
  bool errors = false;  // stderr is a terminal
  int width = 80;
};

struct Caller {
  bool root = false;
  std::string name{};
};

struct Context {
  std::istream& in;
  std::ostream& out;
  std::ostream& err;
  Files& files;
  Processes& processes;
  TerminalFacts terminal{};
  std::map<std::string, std::string> environment{};
  Caller caller{};
  std::function<std::string()> now{};  // 2026-11-21T10:00:00Z
  std::shared_ptr<Log> log{};          // of --log-file; set by run_command_line

  // "" if unset.
  [[nodiscard]] std::string variable(const std::string& name) const;
};

// What a command answers. `record` is what --json prints: one JSON object with a "schema" number. A fault says that the
// command ran and that what it found is not well: the answer is printed all the same, and the fault is the exit code.
struct Outcome {
  std::string text{};
  std::string record{};
  std::optional<Fault> fault{};
};

using Run = std::function<Result<Outcome>(Context&)>;

struct Subcommand {
  std::string name{};
  std::string sentence{};
  std::function<Run(Definition&)> add{};  // defines the options; the answer runs the command with what was parsed
};
// In the order in which help lists them.
std::vector<Subcommand> subcommands();

// Answers the exit code. The arguments are those after the program's name.
int run_command_line(const std::vector<std::string>& arguments, Context& context);

std::string tool_version();  // 0.1.0

}  // namespace cudnn_install
