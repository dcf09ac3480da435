#include "plan/package_plan.h"

#include <algorithm>

#include "builders.h"
#include "recipe/embedded.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

const Recipes& real_recipes() {
  static const Recipes recipes = load_recipes(embedded_recipes()).value();
  return recipes;
}

PayloadFile file(const std::string& path, const std::string& bytes = "") {
  return {.path = path,
          .entry = {.mode = 0644, .size = 10, .sha256 = Sha256::of(std::string_view(bytes.empty() ? path : bytes))}};
}

PayloadFile link(const std::string& path, const std::string& target) {
  return {.path = path, .entry = {.kind = EntryKind::link, .mode = 0777, .target = target}};
}

void add_library(Payload& payload, const std::string& stem, const std::string& major, const std::string& full) {
  PayloadFile real = file("lib/" + stem + ".so." + full);
  real.needs = LibraryNeeds{.name = stem + ".so." + full,
                            .soname = stem + ".so." + major,
                            .needed = {"libc.so.6"},
                            .versions = {{"libc.so.6", {"GLIBC_2.14"}}}};
  payload.files.push_back(link("lib/" + stem + ".so", stem + ".so." + major));
  payload.files.push_back(link("lib/" + stem + ".so." + major, stem + ".so." + full));
  payload.files.push_back(std::move(real));
}

Payload payload_of(const std::string& major, const std::string& full) {
  Payload payload{.license = "LICENSE", .glibc = version("2.14"), .glibc_user = "libcudnn.so." + full};
  for (const std::string stem : {"cudnn", "cudnn_version"}) {
    payload.files.push_back(file("include/" + stem + ".h", stem));
    payload.files.push_back(file("include/" + stem + "_v" + major + ".h", stem));
  }
  add_library(payload, "libcudnn", major, full);
  payload.files.push_back(file("lib/libcudnn_ops_static.a"));
  payload.files.push_back(link("lib/libcudnn_ops_static_v" + major + ".a", "libcudnn_ops_static.a"));
  return payload;
}

Wanted wanted_of(const std::string& release, const std::string& cuda, const std::string& platform = "linux-x86_64") {
  return {.version = version(release), .cuda = cuda, .platform = platform};
}

struct Packing8 {
  Payload payload = payload_of("8", "8.9.6");
  Wanted wanted = wanted_of("8.9.6.50", "12");
  PackageRequest request{.distros = {"debian12", "rhel9"}};

  [[nodiscard]] Result<PackagePlan> plan() const {
    return package_plan(request, real_recipes(), wanted).and_then([&](PackagePlan plan) {
      return filled(std::move(plan), real_recipes(), payload);
    });
  }
  [[nodiscard]] std::string told() const {
    const auto made = plan();
    return made ? "a plan" : std::string(name_of(made.error().fault)) + ": " + made.error().what;
  }
};

std::vector<std::string> files_of(const PackagePlan& plan) {
  std::vector<std::string> files;
  for (const PackageTarget& target : plan.targets) {
    for (const PackageDescription& package : target.packages) {
      files.push_back(package.file);
    }
  }
  return files;
}

std::vector<std::string> paths_of(const PackageDescription& package) {
  std::vector<std::string> paths;
  for (const PackagedPath& path : package.paths) {
    paths.push_back(path.path + (path.from.empty() ? " -> " + path.target : " = " + path.from));
  }
  return paths;
}

std::vector<std::string> alternatives_of(const PackageDescription& package) {
  std::vector<std::string> lines;
  for (const Alternative& each : package.alternatives.entries) {
    lines.push_back(each.name + " " + each.link + " " + each.path);
  }
  return lines;
}

using Texts = std::vector<std::string>;

}  // namespace

TEST_CASE("packages have NVIDIA's names for each architecture and format", "[package_plan]") {
  Packing8 packing;
  CHECK(files_of(packing.plan().value()) ==
        Texts{"libcudnn8_8.9.6.50-1+cuda12.2_amd64.deb", "libcudnn8-dev_8.9.6.50-1+cuda12.2_amd64.deb",
              "libcudnn8-samples_8.9.6.50-1+cuda12.2_amd64.deb", "libcudnn8-8.9.6.50-1.cuda12.2.x86_64.rpm",
              "libcudnn8-devel-8.9.6.50-1.cuda12.2.x86_64.rpm", "libcudnn8-samples-8.9.6.50-1.cuda12.2.x86_64.rpm"});
  packing.wanted = wanted_of("8.9.6.50", "11", "linux-ppc64le");
  packing.request.distros = {"ubuntu2204", "rhel8"};
  CHECK(files_of(packing.plan().value()).front() == "libcudnn8_8.9.6.50-1+cuda11.8_ppc64el.deb");
  CHECK(files_of(packing.plan().value()).back() == "libcudnn8-samples-8.9.6.50-1.cuda11.8.ppc64le.rpm");
}

TEST_CASE("cuDNN 9 names the CUDA major and splits headers and static libraries off", "[package_plan]") {
  Packing8 packing;
  packing.payload = payload_of("9", "9.19.0");
  packing.wanted = wanted_of("9.19.0.56", "13", "linux-sbsa");
  const PackagePlan plan = packing.plan().value();
  CHECK(files_of(plan) ==
        Texts{"libcudnn9-cuda-13_9.19.0.56-1_arm64.deb", "libcudnn9-headers-cuda-13_9.19.0.56-1_arm64.deb",
              "libcudnn9-dev-cuda-13_9.19.0.56-1_arm64.deb", "libcudnn9-static-cuda-13_9.19.0.56-1_arm64.deb",
              "libcudnn9-samples_9.19.0.56-1_all.deb", "libcudnn9-cuda-13-9.19.0.56-1.aarch64.rpm",
              "libcudnn9-headers-cuda-13-9.19.0.56-1.aarch64.rpm", "libcudnn9-devel-cuda-13-9.19.0.56-1.aarch64.rpm",
              "libcudnn9-static-cuda-13-9.19.0.56-1.aarch64.rpm", "libcudnn9-samples-9.19.0.56-1.noarch.rpm"});
  const PackageDescription& fixed = plan.targets[0].packages[3];
  CHECK(paths_of(fixed) == Texts{"/usr/lib/aarch64-linux-gnu/libcudnn_ops_static.a = lib/libcudnn_ops_static.a",
                                 "/usr/lib/aarch64-linux-gnu/libcudnn_ops_static_v9.a -> libcudnn_ops_static.a"});
  CHECK(plan.targets[0].packages[2].depends ==
        Texts{"libcudnn9-cuda-13 (= 9.19.0.56-1)", "libcudnn9-headers-cuda-13 (= 9.19.0.56-1)"});
  CHECK(plan.targets[1].packages[2].depends ==
        Texts{"libcudnn9-cuda-13(aarch-64) = 9.19.0.56-1", "libcudnn9-headers-cuda-13(aarch-64) = 9.19.0.56-1"});
  CHECK(plan.targets[0].packages[2].alternatives.priority == 91900);
}

TEST_CASE("libraries go to the directory of the distribution, links with them", "[package_plan]") {
  const PackagePlan plan = Packing8().plan().value();
  const PackageDescription& deb = plan.targets[0].packages[0];
  CHECK(paths_of(deb) == Texts{"/usr/lib/x86_64-linux-gnu/libcudnn.so.8 -> libcudnn.so.8.9.6",
                               "/usr/lib/x86_64-linux-gnu/libcudnn.so.8.9.6 = lib/libcudnn.so.8.9.6"});
  CHECK(deb.shlibs == Texts{"libcudnn 8 libcudnn8 (>= 8.9.6.50)"});
  CHECK(deb.depends == Texts{"libc6 (>= 2.14)"});
  CHECK(deb.recommends == Texts{"libcublas-12-2 | libcublas12", "cuda-nvrtc-12-2 | libnvrtc12"});
  CHECK(deb.multi_arch == "same");
  const PackageDescription& rpm = plan.targets[1].packages[0];
  CHECK(paths_of(rpm).front() == "/usr/lib64/libcudnn.so.8 -> libcudnn.so.8.9.6");
  CHECK(rpm.depends.empty());
  CHECK(rpm.recommends == Texts{"libcublas.so.12()(64bit)", "libnvrtc.so.12()(64bit)"});
}

TEST_CASE("only names with the major are files of dev; the plain ones are alternatives", "[package_plan]") {
  const PackagePlan plan = Packing8().plan().value();
  const PackageDescription& dev = plan.targets[0].packages[1];
  CHECK(paths_of(dev) == Texts{"/usr/include/x86_64-linux-gnu/cudnn_v8.h = include/cudnn_v8.h",
                               "/usr/include/x86_64-linux-gnu/cudnn_version_v8.h = include/cudnn_version_v8.h",
                               "/usr/lib/x86_64-linux-gnu/libcudnn_ops_static_v8.a = lib/libcudnn_ops_static.a"});
  CHECK(dev.alternatives.priority == 80906);
  CHECK(alternatives_of(dev) ==
        Texts{"libcudnn /usr/include/cudnn.h /usr/include/x86_64-linux-gnu/cudnn_v8.h",
              "libcudnn_so /usr/lib/x86_64-linux-gnu/libcudnn.so /usr/lib/x86_64-linux-gnu/libcudnn.so.8",
              "libcudnn_ops_stlib /usr/lib/x86_64-linux-gnu/libcudnn_ops_static.a "
              "/usr/lib/x86_64-linux-gnu/libcudnn_ops_static_v8.a",
              "cudnn_version_h /usr/include/cudnn_version.h /usr/include/x86_64-linux-gnu/cudnn_version_v8.h"});
  CHECK(dev.multi_arch.empty());
  CHECK(alternatives_of(plan.targets[1].packages[1]).front() ==
        "libcudnn /usr/include/cudnn.h /usr/include/cudnn_v8.h");
}

TEST_CASE("where package tools know no weak dependencies none are written", "[package_plan]") {
  Packing8 packing;
  packing.request.distros = {"rhel7"};
  const PackagePlan plan = packing.plan().value();
  CHECK(plan.targets[0].packages[0].recommends.empty());
  CHECK(plan.targets[0].packages[2].recommends.empty());
}

TEST_CASE("a distribution whose glibc is too old is refused by name", "[package_plan]") {
  Packing8 packing;
  packing.payload.glibc = version("2.27");
  CHECK(packing.told() == "a plan");
  packing.request.distros = {"rhel9", "rhel7"};
  CHECK(
      packing.told() ==
      "unsupported: 'libcudnn.so.8.9.6' needs glibc 2.27, and Red Hat Enterprise Linux 7 and its rebuilds (rhel7) has "
      "2.17");
}

TEST_CASE("a link chain that is not whole is refused", "[package_plan]") {
  const auto without = [](const std::string& path) {
    Packing8 packing;
    std::erase_if(packing.payload.files, [&](const PayloadFile& each) { return each.path == path; });
    return packing;
  };
  CHECK(without("lib/libcudnn.so").told() ==
        "archive: the link chain of 'libcudnn' is not whole: 'libcudnn.so' is no link to 'libcudnn.so.8'");
  CHECK(without("lib/libcudnn.so.8").told() ==
        "archive: the link chain of 'libcudnn' is not whole: 'libcudnn.so.8' is no link to 'libcudnn.so.8.9.6'");
  CHECK(without("lib/libcudnn.so.8.9.6").told() ==
        "archive: the link chain of 'libcudnn' is not whole: 'libcudnn.so.8.9.6' is no file of the archive");
  Packing8 flat;
  for (PayloadFile& each : flat.payload.files) {
    each.entry.kind = EntryKind::file;
  }
  CHECK(flat.told() ==
        "archive: the link chain of 'libcudnn' is not whole: 'libcudnn.so.8' is no link to 'libcudnn.so.8.9.6'");
}

TEST_CASE("a library of another version or name is refused", "[package_plan]") {
  Packing8 packing;
  packing.wanted = wanted_of("8.9.7.29", "12");
  CHECK(packing.told() ==
        "archive: the link chain of 'libcudnn' is not whole: 'libcudnn.so.8.9.7' is no file of the archive");
  Packing8 other;
  const auto real = std::find_if(other.payload.files.begin(), other.payload.files.end(),
                                 [](const PayloadFile& each) { return each.path == "lib/libcudnn.so.8.9.6"; });
  real->needs->soname = "libcudnn.so.7";
  CHECK(other.told() == "archive: 'libcudnn.so.8.9.6' calls itself 'libcudnn.so.7', expected 'libcudnn.so.8'");
}

TEST_CASE("headers and static libraries whose two names differ are refused, since one would be lost",
          "[package_plan]") {
  Packing8 packing;
  packing.payload.files[1] = file("include/cudnn_v8.h", "other");
  CHECK(packing.told() ==
        "archive: 'include/cudnn.h' and 'include/cudnn_v8.h' differ, and a package holds one of them");
  Packing8 twice;
  twice.payload.files.back() = file("lib/libcudnn_ops_static_v8.a");
  CHECK(twice.told() == "archive: 'libcudnn_ops_static.a' and 'libcudnn_ops_static_v8.a' are two files");
}

TEST_CASE("the CUDA that packages name is the recipe's, the archive's, or asked for", "[package_plan]") {
  Packing8 packing;
  CHECK(packing.plan()->cuda == "12.2");
  packing.request.cuda = version("12.4");
  CHECK(packing.plan()->cuda == "12.4");
  packing.request.cuda = version("11.8");
  CHECK(packing.told() == "usage: --cuda says 11.8, and the archive is for CUDA 12");
  packing.request.cuda.reset();
  packing.wanted = wanted_of("8.4.1.50", "11.6");
  packing.payload = payload_of("8", "8.4.1");
  CHECK(packing.plan()->cuda == "11.6");
  packing.wanted = wanted_of("8.7.0.84", "11");
  packing.payload = payload_of("8", "8.7.0");
  CHECK(packing.told() == "usage: which CUDA 11 the packages of cuDNN 8.7.0.84 are named after is not known");
}

TEST_CASE("no packages are made for what no recipe packs", "[package_plan]") {
  Packing8 packing;
  packing.request.distros = {"debian13", "ubuntu2244"};
  CHECK(packing.told() == "usage: no distribution 'ubuntu2244'");
  packing.request.distros = {"generic"};
  CHECK(packing.told() == "unsupported: no packages are made for 'generic': its recipe says nothing of 'packing'");
  packing.wanted.platform = "linux-aarch64";
  CHECK(packing.told() == "unsupported: no packages are made for the platform 'linux-aarch64'");
}
