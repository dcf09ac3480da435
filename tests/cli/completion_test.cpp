#include <string>

#include "base/text.h"
#include "cli/arguments.h"
#include "console.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::string script_for(const std::string& shell) {
  Console console;
  REQUIRE(console.run({"completion", shell}) == 0);
  return console.out.str();
}

// What a real bash offers for the last of `words`, one a line.
std::string offered(const std::string& words) {
  const ScratchDirectory scratch;
  put(scratch / "completion", script_for("bash"));
  put(scratch / "ask", "cd " + scratch.path() + " && . ./completion\nCOMP_WORDS=(" + words +
                           ")\nCOMP_CWORD=$((${#COMP_WORDS[@]} - 1))\n_cudnn_install\n"
                           "printf '%s\\n' \"${COMPREPLY[@]}\"\n");
  RealProcesses processes;
  const auto finished = processes.run({.argv = {"bash", scratch / "ask"}});
  REQUIRE(finished);
  CHECK(finished->status == 0);
  return finished->out;
}

}  // namespace

TEST_CASE("bash offers commands, then the options of the command, then values", "[completion_test]") {
  CHECK(offered("cudnn-install un") == "uninstall\n");
  CHECK(offered("cudnn-install re") == "releases\nrecipe\n");
  CHECK(offered("cudnn-install recipe ''") == "list\ncheck\nexplain\n");
  CHECK(offered("cudnn-install status --ch") == "--check\n");
  CHECK(offered("cudnn-install --ch") == "\n");
  CHECK(offered("cudnn-install --acc") == "--accept-license\n");
  CHECK(offered("cudnn-install recipe list --re") == "--recipes\n");
  CHECK(offered("cudnn-install plan --arch s") == "sbsa\n");
  CHECK(offered("cudnn-install completion f") == "fish\n");
}

TEST_CASE("bash offers files where a file is meant and directories where a directory is", "[completion_test]") {
  CHECK(offered("cudnn-install --archive comp") == "completion\n");
  CHECK(offered("cudnn-install --prefix comp") == "\n");
}

TEST_CASE("every command and long option is in every shell's script", "[completion_test]") {
  const std::string bash = script_for("bash");
  const std::string zsh = script_for("zsh");
  const std::string fish = script_for("fish");
  for (const CommandText& command : command_texts()) {
    for (const OptionText& option : command.options) {
      if (option.positional()) {
        continue;
      }
      const std::string name = option.names.substr(option.names.find("--"));
      CAPTURE(command.name, name);
      CHECK(bash.find(name) != std::string::npos);
      CHECK(zsh.find(name + "[") != std::string::npos);
      CHECK(fish.find(" -l " + name.substr(2)) != std::string::npos);
    }
  }
}

TEST_CASE("a shell that has no completions is a mistake of the command line", "[completion_test]") {
  Console console;
  CHECK(console.run({"completion", "bsh"}) == 2);
  CHECK(console.err.str() == "error: no completions for the shell 'bsh'\n  hint: did you mean 'bash'?\n");
}
