#include "console.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("releases are listed, and the archives of one are shown", "[releases_test]") {
  Console console;
  CHECK(console.run({"releases"}) == 0);
  CHECK(("\n" + console.out.str()).find("\n8.9.6.50\n") != std::string::npos);
  CHECK(console.run({"releases", "8.9.6"}) == 0);
  CHECK(console.out.str().find("cudnn-linux-x86_64-8.9.6.50_cuda12-archive.tar.xz\n  cudnn, linux-x86_64, CUDA 12\n") !=
        std::string::npos);
  CHECK(console.run({"releases", "7.1"}) == 2);
  CHECK(console.run({"releases", "eight"}) == 2);
}
