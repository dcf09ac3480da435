#include "verify/load_child.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>

#include "verify/installed_tree.h"

using namespace cudnn_install;

namespace {

LoadReport report_of(const std::string& file, std::chrono::seconds limit = std::chrono::seconds(20)) {
  return loaded_in_child({STUBS "/rogue/" + file}, limit);
}

}  // namespace

TEST_CASE("a library that dies in its constructor kills the child alone", "[load_child]") {
  const LoadReport report = report_of("ABORTS");
  CHECK(report.text == "open 0\n");
  REQUIRE(WIFSIGNALED(report.status));
  CHECK(WTERMSIG(report.status) == SIGABRT);
  CHECK_FALSE(report.timed_out);
}

TEST_CASE("a library that never ends is killed with what it started", "[load_child]") {
  const auto start = std::chrono::steady_clock::now();
  const LoadReport report = report_of("HANGS", std::chrono::seconds(1));
  CHECK(report.text == "open 0\n");
  CHECK(report.timed_out);
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(10));
}

TEST_CASE("foreign code finds no privileges, no environment and no open files", "[load_child]") {
  // given a descriptor that a child could inherit
  const int inherited = ::open("/dev/null", O_RDONLY);
  ::setenv("LD_LIBRARY_PATH", "/nowhere", 1);
  const LoadReport report = report_of("TALKS");
  ::unsetenv("LD_LIBRARY_PATH");
  ::close(inherited);
  const std::string user = ::getuid() == 0 ? "2000081537" : std::to_string(::getuid());
  CHECK(report.text ==
        "open 0\nuid " + user + ", no new privileges 1, LD_LIBRARY_PATH unset, descriptor 4 closed\nopened 0\ndone\n");
}

TEST_CASE("what cannot be opened is told in the loader's words, and the rest goes on", "[load_child]") {
  const LoadReport report =
      loaded_in_child({"/nowhere/libcudnn.so.8", STUBS "/set/libcudnn.so.8.9.6"}, std::chrono::seconds(20));
  CHECK(report.text ==
        "open 0\n"
        "failed 0 /nowhere/libcudnn.so.8: cannot open shared object file: No such file or directory\n"
        "open 1\nopened 1\ncall 1 0\nanswer 1 0 8906\ncall 1 1\nanswer 1 1 12020\n"
        "mapped " STUBS "/set/libcudnn.so.8.9.6\ndone\n");
  CHECK(report.status == 0);
}
