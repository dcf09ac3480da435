#include <sys/stat.h>

#include <regex>

#include "payload.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::string without_times(const std::string& text) {
  return std::regex_replace(text, std::regex(R"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"), "WHEN");
}

}  // namespace

TEST_CASE("status tells what is installed, at one prefix or at all that are known", "[status_test]") {
  Bench bench;
  CHECK(bench.console.run({"status"}) == 0);
  CHECK(bench.out() == "nothing is installed by cudnn-install here\n");
  REQUIRE(bench.put_in(older_archive) == 0);
  REQUIRE(bench.put_in(newer_archive, {"--yes", "--quiet"}, "upgrade") == 0);
  const std::string expected =
      bench.prefix +
      "\n  demo payload of cuDNN 8.9.7.29 for CUDA 12, linux-x86_64, method tar, 51 paths, WHEN\n"
      "  rollback brings back demo payload of cuDNN 8.9.6.50 for CUDA 12\n";
  CHECK(bench.run("status") == 0);
  CHECK(without_times(bench.out()) == expected);
  CHECK(bench.console.run({"status"}) == 0);
  CHECK(without_times(bench.out()) == expected);
}

TEST_CASE("status --check names what is not as recorded", "[status_test]") {
  Bench bench;
  REQUIRE(bench.put_in(older_archive) == 0);
  CHECK(bench.run("status", {"--check"}) == 0);
  std::filesystem::remove(bench.prefix + "/include/cudnn.h");
  CHECK(bench.run("status") == 0);
  CHECK(bench.run("status", {"--check"}) == 12);
  CHECK(bench.out().find("  missing include/cudnn.h") != std::string::npos);
}

TEST_CASE("a journal that nobody can read needs a person", "[status_test]") {
  Bench bench;
  REQUIRE(bench.put_in(older_archive) == 0);
  put(bench.prefix + "/.cudnn-install/journal", "torn");
  CHECK(bench.run("status") == 20);
  CHECK(bench.out().find("  an interrupted run cannot be settled before a person has looked\n") != std::string::npos);
  CHECK(bench.run("uninstall", {"--yes"}) == 20);
}
