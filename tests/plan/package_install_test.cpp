// On the built-in recipes and the built-in catalogue: what the packages of real systems are called is their point.
#include "builders.h"
#include "plan/parts.h"
#include "recipe/embedded.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

// Ubuntu 22.04 with CUDA 12.2, and the method.
World world_of(const std::string& method) {
  static const Recipes recipes = load_recipes(embedded_recipes()).value();
  static const Catalogue catalogue(embedded_recipes());
  World world;
  world.recipes = recipes;
  world.catalogue = catalogue;
  world.request.method = method;
  return world;
}

World rpm_world(const std::string& method, const std::string& id, const std::string& version_id) {
  World world = world_of(method);
  world.host.os = {.id = id, .version_id = version_id};
  world.host.package_manager = "dnf";
  return world;
}

World with_installer(World world, const std::string& package, const std::vector<std::string>& files) {
  world.request.archives = {"in/" + package + "_1.0-1_amd64.deb"};
  world.request.allow_unverified = true;
  world.installer = InstallerFacts{.package = {package, "1.0-1"},
                                   .files = {"/etc/apt/sources.list.d/x.list", "/var/" + package + "/x-keyring.gpg"}};
  for (const std::string& file : files) {
    world.installer->files.push_back("/var/" + package + "/" + file);
  }
  return world;
}

World deb_world() {
  return with_installer(world_of("deb-local"), "cudnn-local-repo-ubuntu2204-8.9.6.50",
                        {"libcudnn8-dev_8.9.6.50-1+cuda12.2_amd64.deb", "libcudnn8_8.9.6.50-1+cuda12.2_amd64.deb"});
}

PackageReceipt receipt_of(const std::string& version) {
  return {.id = "0123", .method = "apt-network", .product = "cudnn8", .version = version, .cuda = "12.2"};
}

std::vector<std::string> names_in(const Result<Plan>& plan) {
  std::vector<std::string> names;
  for (const PackageVersion& each : plan ? plan->packages->packages : std::vector<PackageVersion>()) {
    names.push_back(each.name + " " + each.version);
  }
  return names;
}

}  // namespace

TEST_CASE("a network plan shows the guide's wildcard and performs the resolved build", "[package_install]") {
  World world = world_of("apt-network");
  world.request.cudnn = version("8.9.6");
  const auto plan = world.install();
  REQUIRE(told(plan) == "a plan");
  const std::string tree = "https://developer.download.nvidia.com/compute/cuda/repos/ubuntu2204/x86_64";
  CHECK(in_words(plan->documented) ==
        std::vector<std::string>{"fetch " + tree + "/cuda-keyring_1.1-1_all.deb and install it",
                                 "refresh the package lists", "install libcudnn8 8.9.6.*-1+cuda12.2",
                                 "install libcudnn8-dev 8.9.6.*-1+cuda12.2",
                                 "install libcudnn8-samples 8.9.6.*-1+cuda12.2"});
  const std::string all =
      "libcudnn8 8.9.6.50-1+cuda12.2, libcudnn8-dev 8.9.6.50-1+cuda12.2, libcudnn8-samples 8.9.6.50-1+cuda12.2";
  CHECK(in_words(plan->effective) ==
        std::vector<std::string>{"fetch " + tree + "/cuda-keyring_1.1-1_all.deb and install it",
                                 "refresh the package list of /etc/apt/sources.list.d/cuda-ubuntu2204-x86_64.list",
                                 "install " + all, "hold " + all});
  CHECK(std::get<InstallPackageFile>(plan->effective[0].step).package == PackageVersion{"cuda-keyring", "1.1-1"});
  CHECK(plan->packages->fingerprint == "EB693B3035CD5710E231E123A4B469963BF863CC");
  CHECK(plan->prefix.empty());
}

TEST_CASE("--cuda picks the suffix, whatever its minor is", "[package_install]") {
  World world = world_of("apt-network");
  world.request.cudnn = version("8.9.6");
  world.request.cuda = version("11.4");
  world.request.components = {"runtime"};
  CHECK(names_in(world.install()) == std::vector<std::string>{"libcudnn8 8.9.6.50-1+cuda11.8"});
}

TEST_CASE("packages of cuDNN 9 carry the major, and what they need in the same version is named", "[package_install]") {
  World world = rpm_world("rpm-network", "rhel", "9.4");
  world.request.cudnn = version("9.19.0");
  CHECK(names_in(world.install()) ==
        std::vector<std::string>{"libcudnn9-cuda-12 9.19.0.56-1", "libcudnn9-headers-cuda-12 9.19.0.56-1",
                                 "libcudnn9-devel-cuda-12 9.19.0.56-1", "libcudnn9-samples 9.19.0.56-1"});
}

TEST_CASE("static libraries of cuDNN 8 are in dev, and the guide has no step for those of 9", "[package_install]") {
  World eight = world_of("apt-network");
  eight.request.cudnn = version("8.9.6");
  eight.request.components = {"static"};
  CHECK(names_in(eight.install()).back() == "libcudnn8-dev 8.9.6.50-1+cuda12.2");
  World nine = world_of("apt-network");
  nine.request.cudnn = version("9.19.0");
  nine.request.components = {"static"};
  const auto plan = nine.install();
  REQUIRE(told(plan) == "a plan");
  CHECK(described(plan->documented.back().step) == "install libcudnn9-static-cuda-12 9.19.0.*-1");
  CHECK_FALSE(plan->documented.back().clause.has_value());
}

TEST_CASE("a release whose suffix nobody knows asks for the minor", "[package_install]") {
  World world = world_of("apt-network");
  world.request.cudnn = version("8.9.5");
  CHECK(
      told(world.install()) ==
      "usage: which CUDA 12 the packages of cuDNN 8.9.5.30 are named after is not known (say it with its minor: --cuda "
      "12.2)");
  world.request.cuda = version("12.1");
  world.request.components = {"runtime"};
  CHECK(names_in(world.install()) == std::vector<std::string>{"libcudnn8 8.9.5.30-1+cuda12.1"});
}

TEST_CASE("without a version it is the newest that the repository brings", "[package_install]") {
  World world = rpm_world("rpm-network", "rhel", "7.9");
  CHECK(world.install()->packages->version == "9.0.0.312");
  world.request.repository = "https://mirror.example/repos";
  CHECK(Version::parse(world.install()->packages->version).value() > version("9.0.0.312"));
}

TEST_CASE("a pair that CUDA has and cuDNN lacks is refused with those that there are", "[package_install]") {
  World world = world_of("apt-network");
  world.request.distro = "ubuntu1804";
  world.request.arch = "sbsa";
  const std::string text = told(world.install());
  CHECK(
      text.starts_with("unsupported: there is no network repository with cuDNN for ubuntu1804/sbsa (there is one for "
                       "debian11/x86_64, ubuntu1804/x86_64, ubuntu2004/sbsa, ubuntu2004/x86_64, ubuntu2204/sbsa, "
                       "ubuntu2204/x86_64, "));
  World rpm = rpm_world("rpm-network", "rhel", "7.9");
  rpm.request.arch = "ppc64le";
  CHECK(told(rpm.install()).starts_with("unsupported: there is no network repository with cuDNN for rhel7/ppc64le"));
}

TEST_CASE("a mirror is https, or http on this machine", "[package_install]") {
  const auto told_of = [](const std::string& url) {
    const auto good = fetchable("--repository", url);
    return good ? std::string("fine") : std::string(name_of(good.error().fault));
  };
  for (const char* url : {"https://mirror.example/a", "http://127.0.0.1:8000", "http://127.8.0.1/a",
                          "http://localhost/a", "http://[::1]:80/a"}) {
    INFO(url);
    CHECK(told_of(url) == "fine");
  }
  for (const char* url :
       {"http://mirror.example/a", "file:///srv", "ftp://x/a", "https://", "http://127.0.0.1.example/a", "/srv",
        "http://127.0.0.1@mirror.example/a", "https://x/a b", "https://x/a\n[y]", "https://x/$releasever",
        "https://x/?a", "http://localhost.example/", "http://1.127.0.0/", ""}) {
    INFO(url);
    CHECK(told_of(url) == "usage");
  }
}

TEST_CASE("a key of its own replaces NVIDIA's, and apt is told the source by us", "[package_install]") {
  World world = world_of("apt-network");
  world.request.cudnn = version("8.9.6");
  world.request.repository = "http://127.0.0.1:8000/";
  world.request.key = "/keys/mirror.pub";
  const auto plan = world.install();
  REQUIRE(told(plan) == "a plan");
  CHECK(plan->packages->fingerprint.empty());
  CHECK(plan->effective[0].step ==
        Step(AddRepository{.repository = {.id = "cuda-ubuntu2204-x86_64",
                                          .title = "cuda-ubuntu2204-x86_64",
                                          .url = "http://127.0.0.1:8000/ubuntu2204/x86_64",
                                          .key = "/usr/share/keyrings/cuda-ubuntu2204-x86_64.asc"},
                           .keyring = "/keys/mirror.pub"}));
  CHECK(plan->documented[0].step == plan->effective[0].step);
}

TEST_CASE("the repository file of dnf is written by us with the key that goes with it", "[package_install]") {
  World world = rpm_world("rpm-network", "azurelinux", "3.0");
  const auto plan = world.install();
  REQUIRE(told(plan) == "a plan");
  const std::string url = "https://developer.download.nvidia.com/compute/cuda/repos/azl3/x86_64";
  CHECK(std::get<AddRepository>(plan->documented[0].step).url == url + "/cuda-azl3.repo");
  CHECK(plan->effective[0].step == Step(AddRepository{.repository = {.file = "cuda-azl3",
                                                                     .id = "cuda-azl3-x86_64",
                                                                     .title = "cuda-azl3-x86_64",
                                                                     .url = url,
                                                                     .key = url + "/D42D0685.pub"}}));
  CHECK(std::holds_alternative<InstallPackages>(plan->effective.back().step));
  CHECK(plan->notes.back() == "tdnf holds no version: an upgrade of the system may change it");
}

TEST_CASE("--no-pin leaves the version to the system", "[package_install]") {
  World world = world_of("apt-network");
  world.request.pin = false;
  CHECK(std::holds_alternative<InstallPackages>(world.install()->effective.back().step));
}

TEST_CASE("a local installer tells by its packages what it is", "[package_install]") {
  World world = deb_world();
  world.request.components = {"runtime"};
  const auto plan = world.install();
  REQUIRE(told(plan) == "a plan");
  CHECK(in_words(plan->documented) ==
        std::vector<std::string>{
            "install the package file in/cudnn-local-repo-ubuntu2204-8.9.6.50_1.0-1_amd64.deb",
            "copy the keyring /var/cudnn-local-repo-*/cudnn-local-*-keyring.gpg to /usr/share/keyrings",
            "refresh the package lists", "install libcudnn8 8.9.6.50-1+cuda12.2"});
  CHECK(plan->effective[1].step ==
        Step(CopyKeyring{"/var/cudnn-local-repo-ubuntu2204-8.9.6.50/x-keyring.gpg", "/usr/share/keyrings"}));
  CHECK(plan->effective[2].step == Step(RefreshIndex{"/etc/apt/sources.list.d/x.list"}));
}

TEST_CASE("a local installer of cuDNN 9 brings every CUDA, and this machine's is taken", "[package_install]") {
  World world = with_installer(world_of("deb-local"), "cudnn-local-repo-ubuntu2204-9.19.0",
                               {"libcudnn9-cuda-13_9.19.0.56-1_amd64.deb", "libcudnn9-cuda-12_9.19.0.56-1_amd64.deb"});
  world.request.components = {"runtime"};
  CHECK(world.install()->packages->cuda == "12");
  world.prefix.cuda.reset();
  world.host.toolkits.clear();
  CHECK(world.install()->packages->cuda == "13");
}

TEST_CASE("a local installer for something else is refused with the reason", "[package_install]") {
  World world = deb_world();
  world.request.distro = "debian11";
  CHECK(
      told(world.install()) ==
      "unsupported: 'in/cudnn-local-repo-ubuntu2204-8.9.6.50_1.0-1_amd64.deb' is for ubuntu2204, and this is Debian 11 "
      "(debian11) (take the one for debian11; for another system's root say so with --distro)");
  world = deb_world();
  world.host.machine = "aarch64";
  world.host.platform = "linux-sbsa";
  CHECK(
      told(world.install()) ==
      "unsupported: 'in/cudnn-local-repo-ubuntu2204-8.9.6.50_1.0-1_amd64.deb' is for amd64, this machine is an aarch64 "
      "server (sbsa) (take the one for this machine)");
  world = deb_world();
  world.request.cuda = version("11.8");
  CHECK(told(world.install()) ==
        "usage: 'in/cudnn-local-repo-ubuntu2204-8.9.6.50_1.0-1_amd64.deb' is for CUDA 12.2, and --cuda asks for 11.8 "
        "(take the installer for CUDA 11)");
  world = deb_world();
  world.installer->package.name = "cudnn-local-repo-cross-sbsa-ubuntu2204-8.9.6.50";
  CHECK(told(world.install()).find("is for cross-compiling") != std::string::npos);
  world = deb_world();
  world.request.allow_unverified = false;
  CHECK(told(world.install()).starts_with("integrity: "));
  world = deb_world();
  CHECK(told(world.install()) ==
        "unsupported: 'in/cudnn-local-repo-ubuntu2204-8.9.6.50_1.0-1_amd64.deb' does not bring libcudnn8-samples "
        "8.9.6.50-1+cuda12.2 (say what is to be installed of it: --components runtime)");
  world.request.archives.clear();
  CHECK(told(world.install()) ==
        "usage: the method deb-local needs the local installer in hand (fetch it from NVIDIA, then name it: --archive "
        "cudnn-local-repo-ubuntu2204-8.9.6.50_1.0-1_amd64.deb)");
}

TEST_CASE("systems that no package method fits are refused", "[package_install]") {
  World world = world_of("apt-network");
  world.host.libc.kind = LibcKind::musl;
  CHECK(told(world.install()).starts_with("unsupported: this system's C library is musl"));
  world = world_of("rpm-network");
  CHECK(told(world.install()).starts_with("unsupported: the method rpm-network does not fit Ubuntu 22.04"));
  world = world_of("apt-network");
  world.host.package_manager = "none";
  CHECK(told(world.install()).starts_with("unsupported: there is no package manager here"));
  world = world_of("apt-network");
  world.host.fixed_image = "ostree";
  CHECK(told(world.install()).starts_with("unsupported: this system's /usr is an image that is replaced as a whole"));
}

TEST_CASE("the title says what is replaced, and latest never goes back", "[package_install]") {
  World world = world_of("apt-network");
  world.request.cudnn = version("8.9.6");
  world.package_receipts = {receipt_of("8.9.7.29")};
  const auto plan = world.install();
  REQUIRE(told(plan) == "a plan");
  CHECK(plan->title == "cuDNN 8.9.6.50 for CUDA 12.2 as packages for Ubuntu 22.04, in place of 8.9.7.29 for CUDA 12.2");
  CHECK(plan->replaces == "0123");
  CHECK(plan->notes.front() == "this goes back from 8.9.7.29 to 8.9.6.50");
  world.request.cudnn.reset();
  world.package_receipts = {receipt_of("8.9.99.1")};
  CHECK(told(world.upgrade()).starts_with("usage: cuDNN 8.9.99.1 is installed and newer than 8.9.7.29"));
}

TEST_CASE("an upgrade stays within the major of what is installed", "[package_install]") {
  World world = world_of("apt-network");
  CHECK(told(world.upgrade()).starts_with("usage: nothing to upgrade"));
  world.package_receipts = {receipt_of("8.9.6.50")};
  CHECK(world.upgrade()->packages->version == "8.9.7.29");
}

TEST_CASE("a tar install at the CUDA directory is told as what shadows the packages", "[package_install]") {
  World world = world_of("apt-network");
  world.receipt = Receipt{.installations = {installed("8.9.5.30", "12", {"include/cudnn.h"})}};
  CHECK(world.install()->notes.front().starts_with("cuDNN 8.9.5.30 for CUDA 12 stays in "));
}
