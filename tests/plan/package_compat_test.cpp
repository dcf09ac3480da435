// Forward-compatibility packages, on the built-in recipes.
#include "builders.h"
#include "recipe/embedded.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

World world_of(const std::string& method) {
  static const Recipes recipes = load_recipes(embedded_recipes()).value();
  World world;
  world.recipes = recipes;
  world.request.method = method;
  world.request.compat = CompatWish{.cuda = version("13.0"),
                                    .driver = version("535.54.03"),
                                    .range = {.above = version("535.54.03"), .below = version("581")},
                                    .notes = {"because"}};
  return world;
}

World in_hand(const std::string& name, const std::string& number) {
  World world = world_of("deb-local");
  world.request.archives = {"in/" + name + ".deb"};
  world.request.compat->in_hand = PackageVersion{name, number};
  return world;
}

PackageReceipt receipt_of(const std::string& cuda, const std::string& driver) {
  const std::string product = "cuda-compat-" + cuda.substr(0, 2) + "-" + cuda.substr(3);
  return {.id = "0123", .product = product, .version = driver, .cuda = cuda, .packages = {{product, driver + "-1"}}};
}

std::vector<std::string> steps_of(const std::vector<PlannedStep>& steps) {
  std::vector<std::string> told;
  for (const PlannedStep& each : steps) {
    told.push_back(described(each.step) + (each.clause ? " (" + each.clause->section + ")" : ""));
  }
  return told;
}

using Steps = std::vector<std::string>;

}  // namespace

TEST_CASE("the package comes from the repository that cuDNN comes from, by a clause of its own guide",
          "[package_compat]") {
  const World world = world_of("apt-network");
  const auto plan = world.install();
  REQUIRE(plan);
  const std::string url = "https://developer.download.nvidia.com/compute/cuda/repos/ubuntu2204/x86_64";
  CHECK(plan->title == "cuda-compat-13-0 (CUDA 13.0 on driver 535.54.03) for Ubuntu 22.04");
  CHECK(plan->document == "CUDA Compatibility guide");
  CHECK(steps_of(plan->documented) == Steps{"fetch " + url + "/cuda-keyring_1.1-1_all.deb and install it",
                                            "refresh the package lists", "install cuda-compat-13-0 (3.2.1)"});
  CHECK(steps_of(plan->effective).back() == "hold cuda-compat-13-0");
  CHECK(plan->packages->product == "cuda-compat-13-0");
  CHECK(plan->packages->packages == std::vector<PackageVersion>{{"cuda-compat-13-0", ""}});
  CHECK(plan->packages->range == world.request.compat->range);
  CHECK(plan->prerequisites.empty());
  CHECK(plan->notes.front() == "because");
}

TEST_CASE("its version is open until the repository is asked", "[package_compat]") {
  const VersionRange range{.above = version("535.54.03"), .below = version("581")};
  CHECK(serves(range, version("580.95.05")));
  CHECK(serves(range, version("535.104.05")));
  CHECK_FALSE(serves(range, version("535.54.3")));
  CHECK_FALSE(serves(range, version("535.54.02")));
  CHECK_FALSE(serves(range, version("581")));
  CHECK_FALSE(serves(range, Version{}));
  const auto plan = world_of("apt-network").install();
  CHECK(to_shell(*plan).find("\nsudo apt-get install cuda-compat-13-0\n") != std::string::npos);
  CHECK(to_json(*plan).find(R"("above": "535.54.03")") != std::string::npos);
}

TEST_CASE("a package in hand is installed as the file that it is", "[package_compat]") {
  const auto plan = in_hand("cuda-compat-13-0", "580.95.05-1").install();
  REQUIRE(plan);
  CHECK(steps_of(plan->documented) == Steps{"install the package file in/cuda-compat-13-0.deb (3.2.1)"});
  CHECK(steps_of(plan->effective).back() == "hold cuda-compat-13-0 580.95.05-1");
  CHECK(plan->packages->version == "580.95.05");
  CHECK(plan->packages->in_hand);
}

TEST_CASE("a package whose name is not that of its library's CUDA is refused", "[package_compat]") {
  CHECK(told(in_hand("cuda-compat-12-8", "580.95.05-1").install()) ==
        "unsupported: 'in/cuda-compat-12-8.deb' is the package cuda-compat-12-8, and a libcuda of CUDA 13.0 is in "
        "cuda-compat-13-0 (take the package as NVIDIA made it)");
}

TEST_CASE("recipes without the product are told of", "[package_compat]") {
  World world = world_of("apt-network");
  std::erase_if(world.recipes.products, [](const Product& each) { return each.name == "cuda-compat"; });
  CHECK(told(world.install()).starts_with("unsupported: no recipe says how a forward-compatibility package is called"));
}

TEST_CASE("of several packages the one to go is named by its CUDA", "[package_compat]") {
  World world = world_of("tar");
  world.package_receipts = {receipt_of("12.8", "570.86.10"), receipt_of("13.0", "580.95.05")};
  CHECK(world.uninstall()->title == "cuda-compat-13-0 580.95.05 out of the packages of this system");
  world.request.compat->cuda.reset();
  CHECK(told(world.uninstall()) ==
        "usage: forward-compatibility packages of several CUDA versions are installed: 12.8, 13.0 (say which: --cuda "
        "13.0)");
  world.package_receipts.pop_back();
  CHECK(world.uninstall()->title == "cuda-compat-12-8 570.86.10 out of the packages of this system");
  world.package_receipts.clear();
  CHECK(told(world.uninstall()) == "usage: cudnn-install has installed no such forward-compatibility package");
}
