#include "cli/log.h"

#include <sys/stat.h>
#include <unistd.h>

#include <regex>

#include "console.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("a log is appended to, one escaped line each, readable by its owner alone", "[log_test]") {
  const ScratchDirectory scratch;
  put(scratch / "log", "older\n");
  {
    const auto log = Log::open(scratch / "log");
    REQUIRE(log);
    (*log)->line("two\nlines");
    (*log)->trouble("bad");
  }
  const std::string stamp = R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z \d+ )";
  CHECK(std::regex_match(text_in(scratch / "log"),
                         std::regex("older\n" + stamp + R"(info: two\\x0alines)" + "\n" + stamp + "error: bad\n")));
  REQUIRE(Log::open(scratch / "new"));
  struct stat facts {};
  REQUIRE(::stat((scratch / "new").c_str(), &facts) == 0);
  CHECK((facts.st_mode & 07777U) == 0600);
}

TEST_CASE("a log is never written through a link, into a pipe or into a missing directory", "[log_test]") {
  const ScratchDirectory scratch;
  put(scratch / "target", "");
  REQUIRE(::symlink("target", (scratch / "link").c_str()) == 0);
  const auto link = Log::open(scratch / "link");
  REQUIRE_FALSE(link);
  CHECK(rendered(link.error()) ==
        "error: the log file '" + (scratch / "link") + "' is a link\n  hint: name the file that it points to");
  REQUIRE(::mkfifo((scratch / "pipe").c_str(), 0600) == 0);
  CHECK_FALSE(Log::open(scratch / "pipe"));
  const auto missing = Log::open(scratch / "no/log");
  REQUIRE_FALSE(missing);
  CHECK(missing.error().what == "cannot open the log file '" + (scratch / "no/log") + "': No such file or directory");
}
