#include "builders.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

SubjectState is(const std::string& value) {
  return {.value = value};
}

// What apt-network did on a machine that had an older source list.
PackageReceipt receipt() {
  return {.id = "0123",
          .method = "apt-network",
          .product = "cudnn8",
          .version = "8.9.6.50",
          .cuda = "12.2",
          .platform = "linux-x86_64",
          .recipe = "ubuntu2204",
          .components = {"runtime", "dev"},
          .manager = {.speaks = "apt", .pin = "preferences"},
          .repository = "https://mirror.example/ubuntu2204/x86_64",
          .packages = {{"libcudnn8", "8.9.6.50-1+cuda12.2"}, {"libcudnn8-dev", "8.9.6.50-1+cuda12.2"}},
          .subjects = {{SubjectKind::file, "/etc/apt/sources.list.d/a.list", "source", is("old"), is("new")},
                       {SubjectKind::file, "/usr/share/keyrings/a.gpg", "keyring", std::nullopt, is("key")},
                       {SubjectKind::file, "/etc/same", "source", is("same"), is("same")},
                       {SubjectKind::package, "libcudnn8", "wanted", std::nullopt, is("8.9.6.50-1+cuda12.2")},
                       {SubjectKind::package, "libcudnn8-dev", "wanted", std::nullopt, is("8.9.6.50-1+cuda12.2")},
                       {SubjectKind::package, "libz", "dependency", is("1.2"), is("1.3")},
                       {SubjectKind::file, "/etc/apt/preferences.d/a", "pin", std::nullopt, is("pin")}}};
}

World world_with(const PackageReceipt& packages) {
  World world;
  world.package_receipts = {packages};
  return world;
}

}  // namespace

TEST_CASE("packages go backwards, and what stood before comes back", "[package_removal]") {
  World world = world_with(receipt());
  world.request.root = "/srv/root";
  const auto plan = world.uninstall();
  REQUIRE(told(plan) == "a plan");
  CHECK(plan->title == "cuDNN 8.9.6.50 for CUDA 12.2 out of the packages of this system");
  CHECK(plan->replaces == "0123");
  CHECK(plan->packages->version == "8.9.6.50");
  CHECK(plan->documented[0].step == Step(RemovePaths{{"/srv/root/etc/apt/preferences.d/a"}}));
  CHECK(plan->documented[1].step == Step(InstallPackages{{{"libz", "1.2"}}}));
  CHECK(plan->documented[2].step == Step(RemovePackages{{"libcudnn8-dev", "libcudnn8"}}));
  CHECK(plan->documented[3].step == Step(RemovePaths{{"/srv/root/usr/share/keyrings/a.gpg"}}));
  CHECK(plan->documented[4].step == Step(RestorePaths{{"/srv/root/etc/apt/sources.list.d/a.list"}, "kept files"}));
  CHECK(plan->documented.size() == 5);
  CHECK(plan->effective == plan->documented);
}

TEST_CASE("files at the prefix go first unless the packages are named by their method", "[package_removal]") {
  World world = world_with(receipt());
  world.receipt = Receipt{.installations = {installed("8.9.5.30", "12", {"include/cudnn.h"})}};
  CHECK(world.uninstall()->title == "cuDNN 8.9.5.30 for CUDA 12 out of /usr/local/cuda");
  world.request.method = "apt-network";
  CHECK(world.uninstall()->title == "cuDNN 8.9.6.50 for CUDA 12.2 out of the packages of this system");
}

TEST_CASE("packages that are not there leave nothing to do", "[package_removal]") {
  World world;
  world.request.method = "rpm-local";
  const auto plan = world.uninstall();
  REQUIRE(told(plan) == "a plan");
  CHECK(plan->title == "nothing that cudnn-install has installed as packages");
  CHECK(plan->documented.empty());
}
