// What a subcommand says about its options: the only face of CLI11 that the subcommands see.
#pragma once

#include <string>
#include <vector>

namespace CLI {  // NOLINT(readability-identifier-naming): the name is CLI11's own
class App;
}

namespace cudnn_install {

// One option, flag or positional argument (a name without '-').
struct OptionText {
  std::string names{};  // -y,--yes
  std::string value{};  // FILE; "" for a flag
  std::string text{};
  std::string group = "Options";  // heading in --help

  [[nodiscard]] bool positional() const { return names.rfind('-', 0) != 0; }
};

// The variables are filled when the command line is parsed and must live until then. Positional arguments are required
// unless they are `optional`.
class Definition {
 public:
  explicit Definition(CLI::App& app) : app_(app) {}

  void flag(const OptionText& option, bool& value);
  void text(const OptionText& option, std::string& value);
  void texts(const OptionText& option, std::vector<std::string>& values);  // may be given several times
  void optional(const OptionText& option, std::string& value);
  Definition nested(const std::string& name, const std::string& sentence);
  // True if this nested command is the one that was typed.
  [[nodiscard]] bool chosen() const;

 private:
  CLI::App& app_;
};

}  // namespace cudnn_install
