#include "builders.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("musl is refused", "[fitness]") {
  World world;
  world.holding("8.9.6.50").host.libc = {.kind = LibcKind::musl};

  CHECK(
      told(world.install()) ==
      "unsupported: this system's C library is musl, and cuDNN needs glibc (install into a system or a container with "
      "glibc: --root DIR names another system's root)");
}

TEST_CASE("an aarch64 server and a Jetson are two platforms", "[fitness]") {
  World world;
  world.holding("8.9.6.50");
  const std::string file = archive_name("8.9.6.50", "12", "linux-sbsa");
  world.request.archives = {file};
  world.glance->top = file.substr(0, file.find(".tar"));
  world.host.machine = "aarch64";
  world.host.platform = "linux-aarch64";

  SECTION("so that the server's archive does not go to a Jetson") {
    CHECK(told(world.install()) ==
          "unsupported: the archive is for an aarch64 server (sbsa), this machine is a Jetson (aarch64) (take the "
          "archive "
          "for this machine; for another machine's tree say so with --arch)");
  }
  SECTION("unless --arch says that it is meant") {
    world.request.arch = "sbsa";
    CHECK(told(world.install()) == "a plan");
  }
  SECTION("and it goes to a server") {
    world.host.platform = "linux-sbsa";
    CHECK(told(world.install()) == "a plan");
  }
}

TEST_CASE("an archive for another CUDA than the toolkit's is refused unless --cuda insists", "[fitness]") {
  World world;
  world.holding("8.9.6.50", "11");
  const std::string both = "the archive is for CUDA 11, and the toolkit at '/usr/local/cuda' is CUDA 12.2.140";

  CHECK(told(world.install()) == "unsupported: " + both +
                                     " (take the archive for CUDA 12, choose the toolkit with --prefix, or insist with "
                                     "--cuda 11)");

  world.request.cuda = version("11");
  const auto plan = world.install();
  REQUIRE(told(plan) == "a plan");
  CHECK(plan->notes == std::vector<std::string>{both + "; --cuda says that this is wanted"});
}

TEST_CASE("a prefix without a toolkit is used, with a warning", "[fitness]") {
  World world;
  world.holding("8.9.6.50").prefix.cuda.reset();

  const auto plan = world.install();

  REQUIRE(told(plan) == "a plan");
  CHECK(plan->notes == std::vector<std::string>{"there is no CUDA toolkit at '/usr/local/cuda'; programs will have to "
                                                "find CUDA 12 elsewhere"});
}

TEST_CASE("the file system of the prefix must take files, and should let them run", "[fitness]") {
  World world;
  world.holding("8.9.6.50");
  SECTION("read-only") {
    world.prefix.read_only = true;
    CHECK(told(world.install()) ==
          "permission: '/usr/local/cuda' is on a read-only file system (mount it for writing, or choose another "
          "place: --prefix DIR)");
  }
  SECTION("noexec") {
    world.prefix.no_exec = true;
    CHECK(world.install()->notes ==
          std::vector<std::string>{"'/usr/local/cuda' is on a file system that is mounted noexec: the loader will "
                                   "refuse the libraries there"});
  }
}
