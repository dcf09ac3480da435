// Forward-compatibility libraries from an archive in hand, on the built-in recipes.
#include "builders.h"
#include "recipe/embedded.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

constexpr const char* place = "/usr/local/cuda-13.0/compat";
constexpr const char* top = "cuda_compat-linux-x86_64-580.95.05_cuda13.0-archive";

World holding(const std::string& kind, const std::vector<std::string>& names) {
  static const Recipes recipes = load_recipes(embedded_recipes()).value();
  World world;
  world.recipes = recipes;
  world.prefix = {.requested = place, .resolved = place};
  world.prefix.include = std::string(place) + "/include";
  world.prefix.library = std::string(place) + "/lib64";
  world.request.prefix = place;
  world.request.archives = {"in/hand"};
  world.request.compat = CompatWish{.cuda = version("13.0"), .driver = version("535.54.03"), .notes = {"because"}};
  world.request.compat->archive = CompatArchive{.kind = kind,
                                                .top = top,
                                                .driver = version("580.95.05"),
                                                .sha256 = digest_of("hand"),
                                                .vouched = true,
                                                .names = names};
  return world;
}

World redist() {
  return holding("redist", {"libcuda.so.580.95.05", "libcuda.so.1", "libcuda.so"});
}

World runfile() {
  return holding("runfile",
                 {"LICENSE", "libcuda.so.580.95.05", "libnvidia-nvvm.so.580.95.05", "libnvidia-ml.so.580.95.05"});
}

using Steps = std::vector<std::string>;

}  // namespace

TEST_CASE("a redist archive is copied into a directory of its own, as the package would", "[archive_compat]") {
  const auto plan = redist().install();
  REQUIRE(plan);
  const std::string directory = place;
  CHECK(plan->title == "cuda-compat-13-0 580.95.05 (CUDA 13.0 on driver 535.54.03) into " + directory);
  CHECK(plan->method == "redist");
  CHECK(plan->document == "CUDA Compatibility guide");
  CHECK(in_words(plan->documented) == Steps{"unpack in/hand", "make the directory " + directory,
                                            "copy compat/lib*.so* to " + directory + ", links as links"});
  CHECK(in_words(plan->effective).back() == "place from in/hand: compat/lib*.so* to " + directory);
  CHECK(plan->wanted->product == "cuda-compat-13-0");
  CHECK(plan->wanted->platform == "linux-x86_64");
  CHECK(plan->wanted->trust == "given");
  CHECK(plan->wanted->required == Steps{"compat/libcuda.so.580.95.05"});
  CHECK(plan->makes_parent);
  CHECK(directory_below(*plan, directory).empty());
}

TEST_CASE("of a runfile what a package has is taken, and the package's links are made", "[archive_compat]") {
  const auto plan = runfile().install();
  REQUIRE(plan);
  const std::string directory = place;
  CHECK(in_words(plan->documented) ==
        Steps{"extract the runfile in/hand", "make the directory " + directory,
              "copy libcuda.so.* to " + directory + ", links as links",
              "copy libnvidia-nvvm.so.* to " + directory + ", links as links",
              "make links in " + directory +
                  ": libcuda.so.1 to libcuda.so.580.95.05, libcuda.so to libcuda.so.1, libnvidia-nvvm.so.4 to "
                  "libnvidia-nvvm.so.580.95.05, libnvidia-nvvm.so to libnvidia-nvvm.so.4"});
  CHECK(plan->documented[0].clause == Clause{.section = "3.2.2", .step = "step 1"});
  CHECK(plan->documented[2].clause == Clause{.section = "3.2.2", .step = "step 2"});
  CHECK(plan->wanted->shape == Shape::runfile);
  CHECK(plan->wanted->top.empty());
  CHECK(to_shell(*plan).find("sh in/hand -x --target \"$work\"/driver\n") != std::string::npos);
  CHECK(to_shell(*plan).find("cp -P \"$work\"/driver/libcuda.so.* " + directory + "\n") != std::string::npos);
}

TEST_CASE("links that the archive lacks lead on from those that it has", "[archive_compat]") {
  const auto plan = holding("redist", {"libcuda.so.580.95.05", "libcuda.so.1"}).install();
  REQUIRE(plan);
  CHECK(in_words(plan->documented).back() == std::string("make links in ") + place + ": libcuda.so to libcuda.so.1");
}

TEST_CASE("a top directory that does not fit the library inside, and another platform, are refused",
          "[archive_compat]") {
  World odd = redist();
  odd.request.compat->archive->top = "cuda_compat-linux-x86_64-580.65.06_cuda13.0-archive";
  CHECK(told(odd.install()) ==
        "archive: the archive's top directory is 'cuda_compat-linux-x86_64-580.65.06_cuda13.0-archive', and with its "
        "libcuda, of driver 580.95.05 and CUDA 13.0, it should be such as "
        "'cuda_compat-linux-sbsa-580.95.05_cuda13.0-archive' (take the archive as NVIDIA made it)");
  World other = redist();
  other.request.arch = "sbsa";
  CHECK(told(other.install()) ==
        "usage: the archive is for x86_64, but --arch asks for sbsa (drop --arch, or give the archive for an aarch64 "
        "server (sbsa))");
  World foreign = redist();
  foreign.host.platform = "linux-sbsa";
  CHECK(told(foreign.install()).starts_with("unsupported: the archive is for x86_64, this machine is an aarch64"));
}

TEST_CASE("another build in its place goes, and going out names the libraries and not cuDNN", "[archive_compat]") {
  World world = redist();
  world.receipt = Receipt{.installations = {installed("580.65.06", "13.0", {"libcuda.so.580.65.06", "libcuda.so.1"})}};
  world.receipt->installations.front().product = "cuda-compat-13-0";
  world.prefix.exists = true;
  const auto plan = world.install();
  REQUIRE(plan);
  CHECK(plan->title.ends_with(", in place of 580.65.06 for CUDA 13.0"));
  CHECK(plan->replaces == "580.65.06");
  CHECK(in_words(plan->documented)[1] == "remove 2 names of the older build");
  world.request.compat.reset();
  world.request.prefix_given = true;
  const auto gone = world.uninstall();
  REQUIRE(gone);
  CHECK(gone->title == std::string("cuda-compat-13-0 580.65.06 for CUDA 13.0 out of ") + place);
  CHECK(in_words(gone->documented) == Steps{"remove 2 names"});
}
