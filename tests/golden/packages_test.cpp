// The package methods: every distro with every architecture that it has a repository for, over the network and from a
// local installer, and every recorded machine. The texts are in the folder packages.
#include <algorithm>

#include "golden.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

const std::filesystem::path folder = std::filesystem::path(SOURCE_DIR) / "tests/golden/packages";

Result<Plan> planned(const Shelf& shelf, const Host& host, const Request& request,
                     const std::optional<InstallerFacts>& installer = {}) {
  const PrefixFacts prefix = prefix_of(host);
  const std::optional<Receipt> nothing;
  return plan_install(request, {.recipes = shelf.recipes,
                                .catalogue = shelf.catalogue,
                                .host = host,
                                .prefix = prefix,
                                .receipt = nothing,
                                .installer = installer});
}

bool is_deb(const Distro& distro) {
  return distro.family == PackageFamily::apt;
}

// The release that the guide is of, and for systems that came after it one that they have packages of.
std::string release_for(const Distro& distro) {
  return distro.in_guide ? "8.9.6.50" : "9.19.0.56";
}

// What a local installer for CUDA 12 holds of interest.
InstallerFacts installer_for(const Distro& distro, const std::string& arch) {
  const bool deb = is_deb(distro);
  const std::string release = release_for(distro);
  const bool eight = release.starts_with("8");
  const std::string id = distro.name + "-" + (eight ? release : release.substr(0, release.rfind('.')));
  const std::string name = "cudnn-local-repo-" + id;
  const std::string architecture = arch == "x86_64" ? (deb ? "amd64" : "x86_64")
                                   : arch == "sbsa" ? (deb ? "arm64" : "aarch64")
                                                    : (deb ? "ppc64el" : "ppc64le");
  const std::string version = release + (eight ? (deb ? "-1+cuda12.2" : "-1.cuda12.2") : "-1");
  const std::string place = "/var/" + name + "/";
  const std::vector<std::string> names =
      eight ? std::vector<std::string>{deb ? "libcudnn8-dev" : "libcudnn8-devel", "libcudnn8-samples", "libcudnn8"}
            : std::vector<std::string>{deb ? "libcudnn9-dev-cuda-12" : "libcudnn9-devel-cuda-12",
                                       "libcudnn9-headers-cuda-12", "libcudnn9-samples", "libcudnn9-cuda-12"};
  std::vector<std::string> files = {
      deb ? "/etc/apt/sources.list.d/cudnn-local-" + id + ".list" : "/etc/yum.repos.d/cudnn-local-" + id + ".repo",
      place + "0315540C.pub", place + "cudnn-local-0315540C-keyring.gpg"};
  for (const std::string& each : names) {
    const std::string full = deb ? each + "_" + version + "_" : each + "-" + version + ".";
    files.push_back(place + full + architecture + (deb ? ".deb" : ".rpm"));
  }
  return {.package = {name, "1.0-1"}, .files = files};
}

Request request_for(const Distro& distro, const std::string& arch, const std::string& method) {
  Request request{.method = method, .arch = arch, .distro = distro.name, .prefix = "/usr/local/cuda"};
  request.cuda = Version::parse("12.2").value();
  if (method.ends_with("-network")) {
    request.cudnn = Version::parse(release_for(distro)).value();
    return request;
  }
  const InstallerFacts facts = installer_for(distro, arch);
  const std::string& file = facts.files.back();
  const std::string last = file.substr(file.find_last_of(is_deb(distro) ? "_" : "."));
  const std::string architecture = is_deb(distro) ? last : file.substr(file.rfind('.', file.size() - 5));
  request.archives = {facts.package.name + (is_deb(distro) ? "_1.0-1" : "-1.0-1") + architecture};
  request.sha256 = Sha256::of(request.archives.front());
  return request;
}

Texts texts_of_recipes(const Shelf& shelf) {
  Texts texts;
  for (const Distro& distro : shelf.recipes.distros) {
    for (const std::string& method : distro.methods) {
      const bool local = method.ends_with("-local");
      for (const auto& [arch, word] : method == "tar" ? decltype(distro.arch){} : distro.arch) {
        const auto plan = planned(shelf, neutral_host(), request_for(distro, arch, method),
                                  local ? std::optional(installer_for(distro, arch)) : std::nullopt);
        const std::string name = method + "@" + distro.name + "-" + arch;
        texts[name + ".txt"] = page(plan);
        if (plan) {
          texts[name + ".sh"] = to_shell(*plan);
        }
        if (plan && arch == "x86_64" && (distro.name == "ubuntu2204" || distro.name == "rhel9")) {
          texts[name + ".json"] = to_json(*plan);
          texts[name + ".dockerfile"] = to_dockerfile(*plan);
        }
      }
    }
  }
  return texts;
}

// As somebody would say it who knows no version: the newest, over the network.
Texts texts_of_hosts(const Shelf& shelf) {
  Texts texts;
  for (const auto& each : std::filesystem::directory_iterator(std::filesystem::path(SOURCE_DIR) / "tests/hosts")) {
    const auto host = host_from_json(text_of(each.path()), each.path().filename());
    REQUIRE(host.has_value());
    const bool deb = host->package_manager == "apt";
    const auto plan =
        planned(shelf, *host, {.method = deb ? "apt-network" : "rpm-network", .prefix = "/usr/local/cuda"});
    texts["network@" + each.path().stem().string() + ".txt"] = page(plan);
  }
  return texts;
}

}  // namespace

TEST_CASE("every plan of a package method is as it was reviewed", "[packages]") {
  const Shelf shelf;
  Texts texts = texts_of_recipes(shelf);
  texts.merge(texts_of_hosts(shelf));
  compare(folder, texts);
}

TEST_CASE("the twelve pairs of the guide have a plan over the network", "[packages]") {
  const Shelf shelf;
  std::vector<std::string> pairs;
  for (const Distro& distro : shelf.recipes.distros) {
    for (const auto& [arch, word] :
         distro.in_guide&& distro.family != PackageFamily::none ? distro.arch : decltype(distro.arch){}) {
      const std::string method = is_deb(distro) ? "apt-network" : "rpm-network";
      const auto plan = planned(shelf, neutral_host(), request_for(distro, arch, method));
      INFO(distro.name << "/" << arch);
      CHECK((plan ? plan->packages->repository : rendered(plan.error())) ==
            "https://developer.download.nvidia.com/compute/cuda/repos/" + distro.name + "/" + word);
      pairs.push_back(distro.name + "/" + word);
    }
  }
  std::sort(pairs.begin(), pairs.end());
  CHECK(pairs == std::vector<std::string>{"debian11/x86_64", "rhel7/x86_64", "rhel8/ppc64le", "rhel8/sbsa",
                                          "rhel8/x86_64", "rhel9/sbsa", "rhel9/x86_64", "ubuntu1804/x86_64",
                                          "ubuntu2004/sbsa", "ubuntu2004/x86_64", "ubuntu2204/sbsa",
                                          "ubuntu2204/x86_64"});
}
