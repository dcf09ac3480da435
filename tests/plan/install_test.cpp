#include "builders.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

using Words = std::vector<std::string>;

Receipt holding(const std::vector<Installation>& installations) {
  return {.id = "r", .installations = installations};
}

}  // namespace

TEST_CASE("a plan says what goes where", "[install]") {
  World world;

  const auto plan = world.holding("8.9.6.50").install();

  REQUIRE(told(plan) == "a plan");
  CHECK(plan->verb == Verb::install);
  CHECK(plan->method == "tar");
  CHECK(plan->title == "cuDNN 8.9.6.50 for CUDA 12 into /usr/local/cuda");
  CHECK(plan->document == "cuDNN Installation Guide 8.9.6");
  CHECK(plan->distro == "ubuntu2204");
  CHECK(plan->root == "/");
  CHECK(plan->prefix == "/usr/local/cuda");
  CHECK(plan->include == "/usr/local/cuda-12.2/targets/x86_64-linux/include");
  CHECK(plan->library == "/usr/local/cuda-12.2/targets/x86_64-linux/lib");
  CHECK(plan->components == Words{"runtime", "dev", "static"});
  CHECK(plan->replaces == std::nullopt);
  CHECK_FALSE(plan->keep_previous);
  CHECK(plan->notes.empty());
}

TEST_CASE("the demo payload is called by its name", "[install]") {
  World world;
  world.holding("8.9.6.50").glance->demo = true;

  const auto plan = world.install();

  CHECK(plan->title == "demo payload of cuDNN 8.9.6.50 for CUDA 12 into /usr/local/cuda");
  CHECK(plan->wanted->demo);
}

TEST_CASE("another build of the same major is replaced", "[install]") {
  World world;
  world.holding("8.9.6.50").receipt = holding({installed("8.9.5.30", "11", {"lib64/libcudnn.so"})});

  const auto plan = world.install();

  CHECK(plan->replaces == "8.9.5.30");
  CHECK(plan->title == "cuDNN 8.9.6.50 for CUDA 12 into /usr/local/cuda, in place of 8.9.5.30 for CUDA 11");
}

TEST_CASE("the same build again is the same plan, and nothing is removed", "[install]") {
  World world;
  const auto first = world.holding("8.9.6.50").install();
  Installation same = installed("8.9.6.50", "12", {"lib64/libcudnn.so"});
  same.source.sha256 = first->wanted->sha256.value_or(Sha256{});
  world.receipt = holding({same});

  const auto again = world.install();

  CHECK(again->replaces == "8.9.6.50");
  CHECK(again->title == first->title);
  CHECK(again->documented == first->documented);
  CHECK(again->effective == first->effective);
}

TEST_CASE("other bytes of the same version take its place", "[install]") {
  World world;
  world.holding("8.9.6.50").receipt = holding({installed("8.9.6.50", "12", {"lib64/libcudnn_extra.so"})});

  const auto plan = world.install();

  CHECK(plan->title == "cuDNN 8.9.6.50 for CUDA 12 into /usr/local/cuda, in place of 8.9.6.50 for CUDA 12");
}

TEST_CASE("another major goes beside it", "[install]") {
  World world;
  world.holding("9.19.0.56").receipt = holding({installed("8.9.6.50", "12", {"lib64/libcudnn.so"})});

  const auto plan = world.install();

  CHECK(plan->replaces == std::nullopt);
  CHECK(plan->notes == Words{"cuDNN 8.9.6.50 for CUDA 12 stays beside it; names without a version will lead to "
                             "9.19.0.56"});
}

TEST_CASE("a named version may go back, the newest never does", "[install]") {
  World world;
  world.receipt = holding({installed("8.9.7.29", "12", {})});
  const std::string refusal =
      "usage: cuDNN 8.9.7.29 is installed and newer than 8.9.6.50, the newest that was found (to go back on purpose, "
      "name it: --cudnn 8.9.6.50)";
  SECTION("an archive in hand is a name") {
    CHECK(world.holding("8.9.6.50").install()->notes == Words{"this goes back from 8.9.7.29 to 8.9.6.50"});
  }
  SECTION("--cudnn is a name") {
    world.request.cudnn = version("8.9.6");
    CHECK(told(world.install()) == "a plan");
  }
  SECTION("latest is none") {
    world.holding("8.9.6.50").request.latest = true;
    CHECK(told(world.install()) == refusal);
  }
  SECTION("nor is no name at all") {
    world.request.cuda = version("11");
    CHECK(told(world.install()) == refusal);
  }
  SECTION("nor an archive that is given to upgrade") {
    CHECK(told(world.holding("8.9.6.50").upgrade()) == refusal);
  }
}

TEST_CASE("the libraries may need no newer glibc than they will meet", "[install]") {
  World world;
  world.holding("8.9.6.50");
  SECTION("this system's") {
    CHECK(world.install()->glibc == version("2.35"));
  }
  SECTION("that of the distro that is named") {
    world.recipes.distros.at(1).glibc = version("2.17");
    world.request.distro = "rhel7";
    CHECK(world.install()->glibc == version("2.17"));
  }
  SECTION("a tree for another machine has one that is not known") {
    world.host.platform = "linux-sbsa";
    world.request.arch = "x86_64";
    CHECK(world.install()->glibc == std::nullopt);
  }
}

TEST_CASE("an unnamed distro falls back, and the plan says so", "[install]") {
  World world;
  world.holding("8.9.6.50").host.os = {.id = "gentoo", .version_id = "2.15"};

  const auto plan = world.install();

  CHECK(plan->distro == "generic");
  CHECK(plan->notes ==
        Words{"no recipe names ID=gentoo VERSION_ID=2.15; the tar method works on every Linux with glibc"});
}

TEST_CASE("distro and method can be named, and are refused where they do not fit", "[install]") {
  World world;
  world.holding("8.9.6.50");
  SECTION("another distro") {
    world.request.distro = "rhel7";
    CHECK(world.install()->distro == "rhel7");
  }
  SECTION("a distro that does not exist") {
    world.request.distro = "ubuntu2205";
    CHECK(told(world.install()) == "usage: unknown distro 'ubuntu2205' (did you mean 'ubuntu2204'?)");
  }
  SECTION("a distro that refuses the method") {
    world.request.distro = "windows";
    CHECK(told(world.install()) == "unsupported: the method tar does not fit Windows: it is for Linux");
  }
  SECTION("a distro that does not offer it") {
    world.recipes.distros[0].methods.clear();
    CHECK(told(world.install()) == "unsupported: the recipe 'ubuntu2204' does not offer the method tar");
  }
  SECTION("a method that does not exist") {
    world.request.method = "snap";
    CHECK(told(world.install()) ==
          "usage: unknown method 'snap' (to see the known ones, type: cudnn-install recipe list)");
  }
  SECTION("two archives") {
    world.request.archives.emplace_back("other.tar.xz");
    CHECK(told(world.install()) == "usage: the method tar takes one archive, and 2 are given");
  }
}

TEST_CASE("upgrade stays in the installed major and keeps the previous version", "[install]") {
  World world;
  world.receipt = holding({installed("8.9.5.30", "12", {})});

  const auto plan = world.upgrade();

  REQUIRE(told(plan) == "a plan");
  CHECK(plan->verb == Verb::upgrade);
  CHECK(plan->wanted->version == version("8.9.6.50"));
  CHECK(plan->replaces == "8.9.5.30");
  CHECK(plan->keep_previous);

  world.request.keep_previous = false;
  CHECK_FALSE(world.upgrade()->keep_previous);
  world.request.latest = true;
  CHECK(world.upgrade()->wanted->version == version("9.19.0.56"));
}

TEST_CASE("upgrade needs something to upgrade", "[install]") {
  World world;

  CHECK(told(world.holding("8.9.6.50").upgrade()) ==
        "usage: nothing to upgrade: cudnn-install has installed no cuDNN in '/usr/local/cuda' (to install one, type: "
        "cudnn-install --method tar)");
}
