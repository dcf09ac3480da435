#include <sys/stat.h>

#include <fstream>

#include "cli/cli.h"
#include "console.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("with --json an error is a record on standard output and still a text for people", "[command_line_test]") {
  Console console;
  CHECK(console.run({"status", "--json", "--chekc"}) == 2);
  CHECK(console.out.str() ==
        R"({
  "schema": 1,
  "error": {
    "fault": "usage",
    "code": 2,
    "what": "unknown option '--chekc' of 'status'",
    "hint": "did you mean '--check'?",
    "where": null,
    "activities": []
  }
}
)");
  CHECK(console.err.str() == "error: unknown option '--chekc' of 'status'\n  hint: did you mean '--check'?\n");
}

TEST_CASE("what was typed is escaped before it reaches the terminal", "[command_line_test]") {
  Console console;
  CHECK(console.run({"sta\x1b]0;x\atus"}) == 2);
  CHECK(console.err.str() == "error: unknown command 'sta\\x1b]0;x\\x07tus'\n  hint: run: cudnn-install --help\n");
}

TEST_CASE("an answer that cannot be written is no success", "[command_line_test]") {
  Console console;
  std::ofstream full("/dev/full");
  Context context{.in = console.in,
                  .out = full,
                  .err = console.err,
                  .files = console.files,
                  .processes = console.processes,
                  .terminal = {},
                  .environment = {},
                  .caller = {},
                  .now = {},
                  .log = {}};
  CHECK(run_command_line({"man"}, context) == 70);
  CHECK(console.err.str() == "error: cannot write the answer to standard output\n");
}

TEST_CASE("the log has the command line and how it ended", "[command_line_test]") {
  const ScratchDirectory scratch;
  Console console;
  console.context.environment["HOME"] = scratch.path();
  CHECK(console.run({"status", "--prefix", scratch / "pre fix", "--log-file", scratch / "log"}) == 0);
  const std::string log = text_in(scratch / "log");
  CHECK(log.find("info: cudnn-install " + tool_version() + ": status --prefix '" + (scratch / "pre fix") +
                 "' --log-file " + (scratch / "log") + "\n") != std::string::npos);
  CHECK(log.find("info: exit 0\n") != std::string::npos);
  CHECK(console.run({"status", "--root", "/no/such", "--log-file", scratch / "log"}) == 2);
  CHECK(text_in(scratch / "log").find("error: --root '/no/such' is not a directory\n") != std::string::npos);
}

TEST_CASE("a log file that cannot be opened ends the run before anything is done", "[command_line_test]") {
  const ScratchDirectory scratch;
  Console console;
  CHECK(console.run({"status", "--log-file", scratch / "no/log"}) == 17);
  CHECK(console.out.str().empty());
}
