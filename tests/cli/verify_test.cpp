#include "payload.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("libraries of another system are not loaded here", "[verify_test]") {
  Bench bench;
  CHECK(bench.run("verify", {"--load", "--root", bench.scratch.path()}) == 2);
  CHECK(bench.err() ==
        "error: --load opens the libraries on this system, and --root names another one\n"
        "  hint: leave --load out, or run verify there\n");
}

TEST_CASE("verify finds all as installed, then what was changed", "[verify_test]") {
  Bench bench;
  CHECK(bench.run("verify") == 1);
  CHECK(bench.out() == "nothing is installed here: there is nothing to verify\n");
  REQUIRE(bench.put_in(older_archive) == 0);
  CHECK(bench.run("verify", {"--load"}) == 0);
  const std::string head = "demo payload of cuDNN 8.9.6.50 for CUDA 12 at " + bench.prefix + ": 51 paths\n";
  CHECK(bench.out() == head + "  loads: cuDNN 8.9.6 with CUDA 12.2, 7 libraries\n  all as installed\n");
  put(bench.prefix + "/include/cudnn.h", "edited\n");
  CHECK(bench.run("verify") == 12);
  CHECK(bench.out().find(head + "  1 finding:\n  changed include/cudnn.h") == 0);
  CHECK(bench.run("verify", {"--json"}) == 12);
  CHECK(bench.out().find("\"damage\": \"changed\"") != std::string::npos);
}
