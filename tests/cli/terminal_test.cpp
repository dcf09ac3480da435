#include "cli/terminal.h"

#include <chrono>

#include "console.h"
#include "support/catch.h"

using namespace cudnn_install;
using std::chrono::milliseconds;

namespace {

constexpr std::uint64_t mebibyte = 1ULL << 20U;

Event progress(std::uint64_t done, std::uint64_t total) {
  return {.kind = Event::Kind::progress, .text = "staging", .done = done, .total = total};
}

Event started(const std::string& text) {
  return {.kind = Event::Kind::started, .text = text};
}

void show_all(Context& context, Talk talk) {
  Progress shown(context, talk);
  shown.show({.kind = Event::Kind::waiting, .text = "process 17"});
  shown.show(started("staging"));
  for (std::uint64_t done = 0; done <= 8; ++done) {
    shown.show(progress(done * mebibyte, 8 * mebibyte));
  }
  shown.show({.kind = Event::Kind::note, .text = "odd\x1b[31m name"});
}

}  // namespace

TEST_CASE("a progress line has the share, a bar, the rate and the time that is left", "[terminal_test]") {
  CHECK(progress_line(progress(0, 100 * mebibyte), milliseconds(0), 80) ==
        "staging   0% [                              ] 0 bytes of 100 MiB");
  CHECK(progress_line(progress(50 * mebibyte, 100 * mebibyte), milliseconds(2000), 80) ==
        "staging  50% [#############             ] 50 MiB of 100 MiB, 25 MiB/s, 2 s left");
  CHECK(progress_line(progress(100 * mebibyte, 100 * mebibyte), milliseconds(4000), 80) ==
        "staging 100% [#########################] 100 MiB of 100 MiB, 25 MiB/s, 0 s left");
}

TEST_CASE("a progress line never outgrows the terminal", "[terminal_test]") {
  for (int width = 1; width < 120; ++width) {
    const std::string line = progress_line(progress(50 * mebibyte, 3000 * mebibyte), milliseconds(2000), width);
    CHECK(static_cast<int>(line.size()) < width);
  }
}

TEST_CASE("a total of nothing is no division", "[terminal_test]") {
  CHECK(progress_line(progress(0, 0), milliseconds(1000), 80).find("  0%") != std::string::npos);
}

TEST_CASE("without a terminal there are plain lines, one at each quarter", "[terminal_test]") {
  Console console;
  show_all(console.context, Talk::normal);
  CHECK(console.err.str() ==
        "waiting for process 17\n"
        "staging …\n"
        "staging: 25% of 8 MiB\n"
        "staging: 50% of 8 MiB\n"
        "staging: 75% of 8 MiB\n"
        "staging: 100% of 8 MiB\n"
        "odd\\x1b[31m name\n");
}

TEST_CASE("CI and TERM=dumb mean plain lines on a terminal too", "[terminal_test]") {
  for (const auto& [name, value] : {std::pair<std::string, std::string>{"CI", "true"}, {"TERM", "dumb"}}) {
    Console console;
    console.context.terminal.errors = true;
    console.context.environment[name] = value;
    show_all(console.context, Talk::normal);
    CHECK(console.err.str().find('\r') == std::string::npos);
    CHECK(console.err.str().find("staging: 25% of 8 MiB\n") != std::string::npos);
  }
}

TEST_CASE("on a terminal there is a bar that is taken away again, without colour if NO_COLOR says so",
          "[terminal_test]") {
  Console console;
  console.context.terminal.errors = true;
  show_all(console.context, Talk::normal);
  const std::string coloured = console.err.str();
  CHECK(coloured.find("\r\033[36mstaging ") != std::string::npos);
  CHECK(coloured.find("\r\033[Kodd\\x1b[31m name\n") != std::string::npos);
  console.err.str("");
  console.context.environment["NO_COLOR"] = "1";
  show_all(console.context, Talk::normal);
  CHECK(console.err.str().find("\rstaging ") != std::string::npos);
  CHECK(console.err.str().find("\033[36m") == std::string::npos);
}

TEST_CASE("quiet means quiet", "[terminal_test]") {
  Console console;
  console.context.terminal.errors = true;
  show_all(console.context, Talk::quiet);
  CHECK(console.err.str().empty());
}

TEST_CASE("a question is answered at a terminal, and nothing typed means no", "[terminal_test]") {
  for (const auto& [typed, meant] :
       {std::pair<std::string, bool>{"y\n", true}, {"yes\n", true}, {"n\n", false}, {"\n", false}, {"", false}}) {
    Console console;
    console.context.terminal = {.input = true, .errors = true, .width = 80};
    console.in.str(typed);
    const auto answer = asked(console.context, "go on?", "say so");
    REQUIRE(answer);
    CHECK(*answer == meant);
    CHECK(console.err.str() == "go on? [y/N] ");
  }
}

TEST_CASE("without a terminal a question is a mistake of the command line", "[terminal_test]") {
  Console console;
  console.context.terminal.errors = true;
  const auto answer = asked(console.context, "go on?", "add --yes");
  REQUIRE_FALSE(answer);
  CHECK(answer.error() == Error{.fault = Fault::usage, .what = "no terminal to ask: go on?", .hint = "add --yes"});
  CHECK(console.err.str().empty());
}
