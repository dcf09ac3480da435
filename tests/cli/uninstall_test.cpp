#include "payload.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("uninstall takes out what install put in, and nothing is left to take", "[uninstall_test]") {
  Bench bench;
  put(bench.prefix + "/include/cudnn.h", "hand-made\n");
  put(bench.prefix + "/lib64/libother.so", "foreign\n");
  REQUIRE(bench.put_in(older_archive) == 0);
  CHECK(text_in(bench.prefix + "/include/cudnn.h") != "hand-made\n");
  CHECK(bench.run("uninstall", {"--yes", "--quiet"}) == 0);
  CHECK(bench.out() == "took cuDNN 8.9.6.50 for CUDA 12 out of " + bench.prefix + "\n");
  CHECK(text_in(bench.prefix + "/include/cudnn.h") == "hand-made\n");
  CHECK(text_in(bench.prefix + "/lib64/libother.so") == "foreign\n");
  CHECK(bench.run("uninstall", {"--yes"}) == 0);
  CHECK(bench.out() == "nothing is installed at " + bench.prefix + "\n");
}

TEST_CASE("where nothing is installed, the prefixes that hold something are named", "[uninstall_test]") {
  Bench bench;
  REQUIRE(bench.put_in(older_archive) == 0);
  const std::string other = bench.scratch / "other";
  CHECK(bench.console.run({"uninstall", "--yes", "--prefix", other}) == 0);
  CHECK(bench.out() == "nothing is installed at " + other + "; there is one with --prefix " + bench.prefix + "\n");
}
