#include "builders.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("a file that the catalogue names is held against the catalogue's digest", "[identity]") {
  World world;
  world.holding("8.9.6.50");

  const auto plan = world.install();

  REQUIRE(told(plan) == "a plan");
  const std::string file = archive_name("8.9.6.50", "12");
  CHECK(plan->wanted->version == version("8.9.6.50"));
  CHECK(plan->wanted->cuda == "12");
  CHECK(plan->wanted->platform == "linux-x86_64");
  CHECK(plan->wanted->product == "cudnn8");
  CHECK(plan->wanted->front == "libcudnn");
  CHECK(plan->wanted->top == "cudnn-linux-x86_64-8.9.6.50_cuda12-archive");
  CHECK(plan->wanted->license == "LICENSE");
  CHECK(plan->wanted->version_header == "include/cudnn_version.h");
  CHECK(plan->wanted->location == file);
  CHECK(plan->wanted->sha256 == digest_of(file));
  CHECK(plan->wanted->trust == "catalogue");
}

TEST_CASE("a given digest outranks the catalogue's", "[identity]") {
  World world;
  world.holding("8.9.6.50");
  world.request.sha256 = Sha256::of(std::string_view("another build"));

  const auto plan = world.install();

  REQUIRE(told(plan) == "a plan");
  CHECK(plan->wanted->sha256 == Sha256::of(std::string_view("another build")));
  CHECK(plan->wanted->trust == "given");
  CHECK(plan->wanted->version == version("8.9.6.50"));
}

TEST_CASE("a renamed file is known by its given digest", "[identity]") {
  World world;
  world.request.archives = {"/tmp/download (1).bin"};
  world.request.sha256 = digest_of(archive_name("8.9.6.50", "12"));

  const auto plan = world.install();

  REQUIRE(told(plan) == "a plan");
  CHECK(plan->wanted->version == version("8.9.6.50"));
  CHECK(plan->wanted->top == "cudnn-linux-x86_64-8.9.6.50_cuda12-archive");
}

TEST_CASE("a file of unknown digest is refused, and both ways on are named", "[identity]") {
  World world;
  world.holding("8.9.6.50");
  world.request.archives = {"mine.tar.xz"};

  CHECK(told(world.install()) ==
        "integrity: 'mine.tar.xz' is not in the catalogue, so its digest is unknown (give the digest that its source "
        "names: --sha256 HEX; or take it as it is: --allow-unverified)");
}

TEST_CASE("an unverified file is known by its top directory, and the plan says that nobody vouches for it",
          "[identity]") {
  World world;
  world.glance = ArchiveGlance{.top = "cudnn-linux-x86_64-9.99.1.2_cuda12-archive"};
  world.request.archives = {"mine.tar.xz"};
  world.request.allow_unverified = true;

  world.recipes.products[1].layouts[0].until = version("9.99.9");
  const auto plan = world.install();

  REQUIRE(told(plan) == "a plan");
  CHECK(plan->wanted->version == version("9.99.1.2"));
  CHECK(plan->wanted->trust == "unverified");
  CHECK(plan->wanted->sha256 == std::nullopt);
  CHECK(plan->notes == std::vector<std::string>{
                           "the archive is taken without a digest: nothing tells whether these are NVIDIA's bytes"});
}

TEST_CASE("allowing unverified files does not switch a known digest off", "[identity]") {
  World world;
  world.holding("8.9.6.50").request.allow_unverified = true;

  CHECK(world.install()->wanted->trust == "catalogue");
}

TEST_CASE("a file that nothing names is known by three options together", "[identity]") {
  World world;
  world.request.archives = {"mine.tar.xz"};
  world.request.allow_unverified = true;
  world.glance = ArchiveGlance{.top = "some $(where) else"};
  world.request.cudnn = version("8.9.6.50");
  world.request.cuda = version("12.2");
  const std::string refusal =
      "usage: cannot tell which release 'mine.tar.xz' is (say it: --cudnn 8.9.6.50 (four parts) --cuda 12 --arch "
      "x86_64)";

  CHECK(told(world.install()) == refusal);

  world.request.arch = "x86_64";
  const auto plan = world.install();
  REQUIRE(told(plan) == "a plan");
  CHECK(plan->wanted->version == version("8.9.6.50"));
  CHECK(plan->wanted->cuda == "12");
  CHECK(plan->wanted->top == "some $(where) else");

  world.request.cudnn = version("8.9.6");
  CHECK(told(world.install()) == refusal);
}

TEST_CASE("what was asked for must be what the archive is", "[identity]") {
  const std::string is =
      "usage: '" + archive_name("8.9.6.50", "12") + "' is cuDNN 8.9.6.50 for CUDA 12 on x86_64, but ";
  World world;
  world.holding("8.9.6.50");

  SECTION("another version") {
    world.request.cudnn = version("8.9.5");
    CHECK(told(world.install()) == is + "--cudnn asks for 8.9.5 (drop --cudnn, or give the archive of 8.9.5)");
  }
  SECTION("another CUDA") {
    world.request.cuda = version("11.8");
    CHECK(told(world.install()) == is + "--cuda asks for 11.8 (drop --cuda, or give the archive for CUDA 11)");
  }
  SECTION("another architecture") {
    world.request.arch = "sbsa";
    CHECK(told(world.install()) ==
          is + "--arch asks for sbsa (drop --arch, or give the archive for an aarch64 server (sbsa))");
  }
  SECTION("an architecture that does not exist") {
    world.request.arch = "mips";
    CHECK(told(world.install()) ==
          "usage: unknown architecture 'mips' (take one of x86_64, sbsa (aarch64 servers), ppc64le, aarch64-jetson)");
  }
}

TEST_CASE("a top directory that belies the file's name is refused before anything is read", "[identity]") {
  World world;
  world.holding("8.9.6.50");
  world.glance->top = "cudnn-linux-x86_64-8.9.6.50_cuda11-archive";

  CHECK(told(world.install()) ==
        "integrity: 'cudnn-linux-x86_64-8.9.6.50_cuda12-archive.tar.xz' should be "
        "'cudnn-linux-x86_64-8.9.6.50_cuda12-archive.tar.xz', but its top directory is "
        "'cudnn-linux-x86_64-8.9.6.50_cuda11-archive' (fetch it again from "
        "https://download.example/cudnn-linux-x86_64-8.9.6.50_cuda12-archive.tar.xz)");
}

TEST_CASE("archives that this method cannot install are refused by what they are", "[identity]") {
  World world;
  SECTION("for Windows") {
    world.request.archives = {"C/" + archive_name("8.9.6.50", "12", "windows-x86_64")};
    CHECK(told(world.install()) ==
          "unsupported: 'cudnn-windows-x86_64-8.9.6.50_cuda12-archive.zip' is an archive for Windows (take the archive "
          "whose name begins with cudnn-linux)");
  }
  SECTION("with a layout that the recipe refuses") {
    world.holding("8.2.4.15", "11.4").glance.reset();
    CHECK(told(world.install()) ==
          "unsupported: archives of cuDNN 8.2.4.15 for x86_64 cannot be installed: their top directory is 'cuda'");
  }
  SECTION("of a version whose layout is not known") {
    world.recipes.products[0].layouts.clear();
    CHECK(told(world.holding("8.9.6.50").install()) ==
          "unsupported: the recipe 'cudnn8' does not say how archives of cuDNN 8.9.6.50 for x86_64 are laid out");
  }
  SECTION("of a major that no recipe knows") {
    world.recipes.products.clear();
    CHECK(told(world.holding("8.9.6.50").install()) == "unsupported: no recipe knows cuDNN 8 (asked for 8.9.6.50)");
  }
}

TEST_CASE("a URL is known by the name of its file", "[identity]") {
  World world;
  world.request.archives = {"https://mirror.example/x/" + archive_name("8.9.6.50", "12") + "?token=1"};

  const auto plan = world.install();

  REQUIRE(told(plan) == "a plan");
  CHECK(plan->wanted->version == version("8.9.6.50"));
  CHECK(in_words(plan->documented).front() == "unpack " + archive_name("8.9.6.50", "12"));
}
