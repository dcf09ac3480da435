// The command line's definitions, and the walk over them that the manual page and the completions are made from.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/definition.h"

namespace cudnn_install {

// One command that can be typed: "install", "recipe check".
struct CommandText {
  std::string name{};
  std::string sentence{};
  std::vector<OptionText> options{};
};

std::vector<CommandText> command_texts();

// The values that completions offer for a value name (ARCH → x86_64 …); empty: free text, a file or a directory.
std::vector<std::string> offered_values(const std::string& value_name);

// Either a command to run, or a text that was asked for by --help and --version.
struct Parsed {
  Run run{};
  std::string text{};
  std::string log_file{};
};
Result<Parsed> parsed(const std::vector<std::string>& arguments);

}  // namespace cudnn_install
