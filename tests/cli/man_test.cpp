#include <string>

#include "cli/arguments.h"
#include "console.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::string page() {
  Console console;
  REQUIRE(console.run({"man"}) == 0);
  return console.out.str();
}

std::string with_hyphens(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    escaped += c == '-' ? std::string("\\-") : std::string(1, c);
  }
  return escaped;
}

}  // namespace

TEST_CASE("the manual page has every command, option and exit code", "[man_test]") {
  const std::string text = page();
  for (const CommandText& command : command_texts()) {
    CAPTURE(command.name);
    CHECK(text.find("\\fB" + command.name + "\\fR") != std::string::npos);
    for (const OptionText& option : command.options) {
      CAPTURE(option.names);
      CHECK(text.find(with_hyphens(option.text)) != std::string::npos);
    }
  }
  for (const int code : {0, 1, 2, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 70}) {
    CHECK(text.find("\n\\fB" + std::to_string(code) + "\\fR\n") != std::string::npos);
  }
}

TEST_CASE("groff finds nothing to complain of in the manual page", "[man_test]") {
  RealProcesses processes;
  if (processes.find("groff").empty()) {
    WARN("groff is not installed: the page was not rendered");
    return;
  }
  const ScratchDirectory scratch;
  put(scratch / "page.1", page());
  const auto rendered_page = processes.run({.argv = {"groff", "-man", "-ww", "-Tascii", "-P-c", scratch / "page.1"}});
  REQUIRE(rendered_page);
  CHECK(rendered_page->err.empty());
  CHECK(rendered_page->out.find("cudnn-install verify --json") != std::string::npos);
}
