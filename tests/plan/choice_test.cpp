#include "builders.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("without an archive the newest release that fits the toolkit is chosen", "[choice]") {
  World world;

  const auto plan = world.install();

  REQUIRE(told(plan) == "a plan");
  const std::string file = archive_name("9.19.0.56", "12");
  CHECK(plan->wanted->version == version("9.19.0.56"));
  CHECK(plan->wanted->cuda == "12");
  CHECK(plan->wanted->location == "https://download.example/" + file);
  CHECK(plan->wanted->sha256 == digest_of(file));
  CHECK(plan->wanted->trust == "catalogue");
  CHECK(plan->notes == std::vector<std::string>{"the archive is to be fetched from https://download.example/" + file});
}

TEST_CASE("a version prefix chooses the newest release below it", "[choice]") {
  World world;
  world.request.cudnn = version("8.9");

  CHECK(world.install()->wanted->version == version("8.9.6.50"));
}

TEST_CASE("--cuda chooses the variant, whatever the toolkit is", "[choice]") {
  World world;
  world.request.cuda = version("11.8");

  const auto plan = world.install();

  REQUIRE(told(plan) == "a plan");
  CHECK(plan->wanted->version == version("8.9.6.50"));
  CHECK(plan->wanted->cuda == "11");
}

TEST_CASE("--arch chooses the platform, whatever the machine is", "[choice]") {
  World world;
  world.request.arch = "sbsa";

  CHECK(world.install()->wanted->platform == "linux-sbsa");
}

TEST_CASE("a prefix without a toolkit takes the newest CUDA of the machine", "[choice]") {
  World world;
  world.prefix.cuda.reset();
  world.host.toolkits.push_back({"/usr/local/cuda-13.0", "/usr/local/cuda-13.0", version("13.0.2"), "version.json"});

  CHECK(world.install()->wanted->cuda == "13");
}

TEST_CASE("what cannot be chosen is said with what is missing", "[choice]") {
  World world;
  SECTION("no CUDA anywhere") {
    world.prefix.cuda.reset();
    world.host.toolkits.clear();
    CHECK(
        told(world.install()) ==
        "usage: no CUDA toolkit at '/usr/local/cuda' or elsewhere here, so the variant cannot be chosen (say for which "
        "CUDA: --cuda 12)");
  }
  SECTION("a machine that cuDNN is not made for") {
    world.host.machine = "riscv64";
    world.host.platform = "";
    CHECK(told(world.install()) ==
          "unsupported: there is no cuDNN for 'riscv64' (to plan for another machine, say which: --arch x86_64)");
  }
  SECTION("a version that does not exist") {
    world.request.cudnn = version("8.9.9");
    CHECK(told(world.install()) ==
          "usage: the catalogue knows no cuDNN 8.9.9 (to see what it knows, type: cudnn-install releases; or give a "
          "file: --archive FILE)");
  }
  SECTION("a version that exists for another CUDA alone") {
    world.request.cudnn = version("8.9");
    world.request.cuda = version("13");
    CHECK(told(world.install()) ==
          "unsupported: the catalogue has no cuDNN 8.9 for CUDA 13 on x86_64 (another --cudnn or --cuda may exist: "
          "cudnn-install releases)");
  }
  SECTION("a version that the recipe refuses") {
    world.request.cudnn = version("8.2");
    world.request.cuda = version("11");
    CHECK(told(world.install()) ==
          "unsupported: archives of cuDNN 8.2.4.15 for x86_64 cannot be installed: their top directory is 'cuda'");
  }
}
