#include "cli/arguments.h"

#include <string>
#include <vector>

#include "console.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

struct Refusal {
  std::vector<std::string> arguments{};
  std::string text{};
};

}  // namespace

TEST_CASE("a wrong command line ends with 2 and says what is meant", "[arguments_test]") {
  const std::vector<Refusal> refusals = {
      {{"stauts"}, "error: unknown command 'stauts'\n  hint: did you mean 'status'?\n"},
      {{"frobnicate"}, "error: unknown command 'frobnicate'\n  hint: run: cudnn-install --help\n"},
      {{"status", "--chekc"}, "error: unknown option '--chekc' of 'status'\n  hint: did you mean '--check'?\n"},
      {{"status", "--archive", "x"},
       "error: unknown option '--archive' of 'status'\n  hint: run: cudnn-install status --help\n"},
      {{"status", "here"}, "error: unexpected argument 'here' to 'status'\n  hint: run: cudnn-install status --help\n"},
      {{"--prefix"}, "error: option '--prefix' needs a value\n  hint: run: cudnn-install install --help\n"},
      {{"--prefix", ""}, "error: option '--prefix' is empty\n  hint: run: cudnn-install install --help\n"},
      {{"--prefix", "/a", "--prefix", "/b"},
       "error: option '--prefix' is given more than once\n  hint: run: cudnn-install install --help\n"},
      {{"recipe"}, "error: 'recipe' needs a command\n  hint: run: cudnn-install recipe --help\n"},
      {{"recipe", "lisst"}, "error: unknown command 'lisst'\n  hint: did you mean 'list'?\n"},
      {{"recipe", "explain"}, "error: 'explain' needs NAME\n  hint: run: cudnn-install recipe explain --help\n"},
      {{"completion"}, "error: 'completion' needs SHELL\n  hint: run: cudnn-install completion --help\n"},
  };
  for (const Refusal& refusal : refusals) {
    Console console;
    CHECK(console.run(refusal.arguments) == 2);
    CHECK(console.err.str() == refusal.text);
    CHECK(console.out.str().empty());
  }
}

TEST_CASE("install is meant where no command is named", "[arguments_test]") {
  Console console;
  for (const std::vector<std::string>& arguments : {std::vector<std::string>{"--method", "taz"},
                                                    {"install", "--method", "taz"},
                                                    {"-q", "install", "--method", "taz"},
                                                    {"--method", "taz", "install"}}) {
    CHECK(console.run(arguments) == 2);
    CHECK(console.err.str() == "error: unknown method 'taz'\n  hint: did you mean 'tar'?\n");
  }
}

TEST_CASE("options may stand before the command", "[arguments_test]") {
  Console console;
  CHECK(console.run({"--root", "/nowhere", "status"}) == 2);
  CHECK(console.err.str() == "error: --root '/nowhere' is not a directory\n");
}

TEST_CASE("the version is the answer on standard output", "[arguments_test]") {
  Console console;
  CHECK(console.run({"--version"}) == 0);
  CHECK(console.out.str() == "cudnn-install " + tool_version() + "\n");
  CHECK(console.err.str().empty());
}

TEST_CASE("help of the tool names every command, help of a command every option", "[arguments_test]") {
  Console console;
  CHECK(console.run({"--help"}) == 0);
  for (const Subcommand& subcommand : subcommands()) {
    CHECK(console.out.str().find(subcommand.sentence) != std::string::npos);
  }
  CHECK(console.run({"upgrade", "--help"}) == 0);
  CHECK(console.out.str().find("--no-keep-previous") != std::string::npos);
}

TEST_CASE("every option is explained and every command has a sentence", "[arguments_test]") {
  std::vector<std::string> names;
  for (const CommandText& command : command_texts()) {
    names.push_back(command.name);
    CHECK_FALSE(command.sentence.empty());
    for (const OptionText& option : command.options) {
      CAPTURE(command.name, option.names);
      CHECK_FALSE(option.text.empty());
      CHECK(option.text.back() != '.');
    }
  }
  CHECK(names == std::vector<std::string>{"install",
                                          "upgrade",
                                          "rollback",
                                          "uninstall",
                                          "plan",
                                          "status",
                                          "verify",
                                          "switch",
                                          "doctor",
                                          "releases",
                                          "package",
                                          "host",
                                          "compat check",
                                          "compat matrix",
                                          "compat explain",
                                          "compat why",
                                          "compat install",
                                          "compat uninstall",
                                          "compat activate",
                                          "compat deactivate",
                                          "compat clauses",
                                          "recipe list",
                                          "recipe check",
                                          "recipe explain",
                                          "completion",
                                          "man"});
}
