#include "builders.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

PrerequisiteLine line(const World& world, std::size_t index) {
  return world.install()->prerequisites.at(index);
}

}  // namespace

TEST_CASE("what is there is satisfied", "[prerequisites]") {
  World world;
  world.holding("8.9.6.50");

  CHECK(line(world, 0) == PrerequisiteLine{"driver", {"1.1.1", ""}, Standing::satisfied, "driver 535.104.05, loaded"});
  CHECK(line(world, 1) ==
        PrerequisiteLine{"toolkit", {"1.1.2", ""}, Standing::satisfied, "CUDA 12.2.140 in /usr/local/cuda"});
  CHECK(line(world, 2) == PrerequisiteLine{"zlib", {"1.1.3", ""}, Standing::satisfied, "libz.so.1 is there"});
}

TEST_CASE("an installed driver and a loaded one are two things until the machine restarts", "[prerequisites]") {
  World world;
  world.holding("8.9.6.50");
  SECTION("another one is loaded") {
    world.host.driver.installed = version("580.95.05");
    CHECK(line(world, 0) ==
          PrerequisiteLine{"driver",
                           {"1.1.1", ""},
                           Standing::command,
                           "driver 580.95.05 is installed, but 535.104.05 is loaded until the machine "
                           "restarts; run: sudo reboot"});
  }
  SECTION("none is loaded") {
    world.host.driver.loaded.reset();
    world.host.root_user = true;
    CHECK(line(world, 0) == PrerequisiteLine{"driver",
                                             {"1.1.1", ""},
                                             Standing::command,
                                             "driver 535.104.05 is installed, but not loaded; run: reboot"});
  }
  SECTION("there is none") {
    world.host.driver = {};
    CHECK(line(world, 0) == PrerequisiteLine{"driver",
                                             {"1.1.1", ""},
                                             Standing::missing,
                                             "no NVIDIA driver here: needed to run programs, not to install"});
  }
}

TEST_CASE("a toolkit that is missing at the prefix is looked for elsewhere", "[prerequisites]") {
  World world;
  world.holding("8.9.6.50").prefix = PrefixFacts{
      .requested = "/opt/cuda", .resolved = "/opt/cuda", .include = "/opt/cuda/include", .library = "/opt/cuda/lib64"};
  SECTION("and found") {
    CHECK(line(world, 1) == PrerequisiteLine{"toolkit",
                                             {"1.1.2", ""},
                                             Standing::missing,
                                             "no CUDA toolkit in /opt/cuda; CUDA 12.2.140 is in /usr/local/cuda"});
  }
  SECTION("and not found") {
    world.host.toolkits.clear();
    CHECK(line(world, 1) ==
          PrerequisiteLine{"toolkit", {"1.1.2", ""}, Standing::missing, "no CUDA toolkit in /opt/cuda"});
  }
}

TEST_CASE("a toolkit of another major does not satisfy", "[prerequisites]") {
  World world;
  world.holding("8.9.6.50", "11").request.cuda = version("11");

  CHECK(line(world, 1) == PrerequisiteLine{"toolkit",
                                           {"1.1.2", ""},
                                           Standing::missing,
                                           "CUDA 12.2.140 in /usr/local/cuda, but the archive is for CUDA 11"});
}

TEST_CASE("zlib comes with the command of the distro's family", "[prerequisites]") {
  World world;
  world.holding("8.9.6.50").host.zlib = false;
  SECTION("apt") {
    CHECK(line(world, 2) ==
          PrerequisiteLine{"zlib", {"1.1.3", ""}, Standing::command, "run: sudo apt-get install zlib1g"});
  }
  SECTION("yum, as root") {
    world.request.distro = "rhel7";
    world.host.root_user = true;
    CHECK(line(world, 2) == PrerequisiteLine{"zlib", {"1.1.3", ""}, Standing::command, "run: yum install zlib"});
  }
  SECTION("dnf, zypper and tdnf") {
    Distro& distro = world.recipes.distros.front();
    for (const auto& [family, command] :
         {std::pair{PackageFamily::dnf, "dnf"}, std::pair{PackageFamily::zypper, "zypper"},
          std::pair{PackageFamily::tdnf, "tdnf"}}) {
      distro.family = family;
      CHECK(line(world, 2).detail == std::string("run: sudo ") + command + " install zlib1g");
    }
  }
  SECTION("a distro without a package for it") {
    world.host.os.id = "gentoo";
    world.host.os.id_like.clear();
    CHECK(line(world, 2) ==
          PrerequisiteLine{"zlib",
                           {"1.1.3", ""},
                           Standing::missing,
                           "libz.so.1 is not there, and the recipe 'generic' names no package for it"});
  }
}
