#include <algorithm>

#include "recipe/embedded.h"
#include "recipe/explain.h"
#include "recipe/recipe.h"
#include "release/release.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::string all_rendered(const std::vector<Error>& errors) {
  std::string text;
  for (const Error& error : errors) {
    text += rendered(error) + '\n';
  }
  return text;
}

Recipes all_recipes() {
  Loaded<Recipes> recipes = load_recipes(embedded_recipes());
  CHECK((recipes ? "" : all_rendered(recipes.error())) == "");
  return recipes.value_or(Recipes());
}

template <class T>
std::vector<std::string> names_of_all(const std::vector<T>& recipes) {
  std::vector<std::string> names;
  for (const T& recipe : recipes) {
    names.push_back(recipe.name);
  }
  return names;
}

}  // namespace

TEST_CASE("the binary holds the recipes of the source tree", "[good_recipes]") {
  const Result<std::vector<SourceText>> files = recipes_in(SOURCE_DIR "/recipes");
  REQUIRE(files);
  const std::vector<SourceText> embedded = embedded_recipes();
  REQUIRE(embedded.size() == files->size());
  for (std::size_t i = 0; i < embedded.size(); ++i) {
    CHECK(std::string(SOURCE_DIR "/") + embedded[i].file == (*files)[i].file);
    CHECK(embedded[i].text == (*files)[i].text);
  }
}

TEST_CASE("all recipes load together", "[good_recipes]") {
  const Recipes recipes = all_recipes();
  CHECK(names_of_all(recipes.distros) ==
        std::vector<std::string>{"amzn2023", "azurelinux3", "debian11", "debian12", "debian13", "fedora", "generic",
                                 "kylin10", "opensuse", "rhel10", "rhel7", "rhel8", "rhel9", "sles15", "ubuntu1804",
                                 "ubuntu2004", "ubuntu2204", "ubuntu2404", "windows"});
  CHECK(names_of_all(recipes.methods) ==
        std::vector<std::string>{"apt-network", "deb-local", "rpm-local", "rpm-network", "tar"});
  CHECK(names_of_all(recipes.products) == std::vector<std::string>{"cuda-compat", "cudnn8", "cudnn9"});
}

TEST_CASE("the rows of the guide are marked as such", "[good_recipes]") {
  std::vector<std::string> rows;
  for (const Distro& distro : all_recipes().distros) {
    if (distro.in_guide) {
      rows.push_back(distro.name);
    }
  }
  CHECK(rows == std::vector<std::string>{"debian11", "rhel7", "rhel8", "rhel9", "ubuntu1804", "ubuntu2004",
                                         "ubuntu2204", "windows"});
}

TEST_CASE("every Linux is offered the tar method, and each way is offered or refused at most once", "[good_recipes]") {
  for (const Distro& distro : all_recipes().distros) {
    INFO(distro.name);
    const bool offers_tar = std::ranges::find(distro.methods, "tar") != distro.methods.end();
    CHECK(offers_tar == (distro.name != "windows"));
  }
}

TEST_CASE("every distribution with package tools says how packages for it are made, and how new its glibc is",
          "[good_recipes]") {
  for (const Distro& distro : all_recipes().distros) {
    INFO(distro.name);
    const bool packed = distro.family != PackageFamily::none;
    CHECK(distro.packing.compression.empty() != packed);
    CHECK(distro.glibc.has_value() == packed);
    CHECK((distro.packing.area.empty() || distro.family == PackageFamily::apt));
    const bool reads_zstd = std::ranges::find(distro.compression, "zstd") != distro.compression.end();
    CHECK((!packed || distro.packing.compression == (reads_zstd ? "zstd" : "xz")));
    CHECK((!packed || distro.packing.threads > 0));  // with none, zstd and xz take as many as the machine has
  }
}

TEST_CASE("the tar method is the guide's, clause by clause", "[good_recipes]") {
  const Recipes recipes = all_recipes();
  const Method* tar = find_method(recipes, "tar");
  REQUIRE(tar != nullptr);
  CHECK(tar->document == "cuDNN Installation Guide 8.9.6");
  CHECK(tar->section == "1.3.1");
  CHECK(tar->prerequisites == std::vector<Prerequisite>{{.name = "driver", .clause = {"1.1.1", ""}},
                                                        {.name = "toolkit", .clause = {"1.1.2", ""}},
                                                        {.name = "zlib", .clause = {"1.1.3", ""}}});
  REQUIRE(tar->steps.size() == 4);
  CHECK(tar->steps[0].step == StepTemplate(UnpackTemplate{"${archive}"}));
  CHECK(tar->steps[0].clause == Clause{"1.3.1", "step 2"});
  CHECK(tar->steps[1].step == StepTemplate(CopyTemplate{"${include}/cudnn*.h", "${cuda}/include", Links::follow}));
  CHECK(tar->steps[2].step == StepTemplate(CopyTemplate{"${lib}/libcudnn*", "${cuda}/lib64", Links::keep}));
  CHECK(tar->steps[3].step ==
        StepTemplate(ChmodTemplate{"a+r", {"${cuda}/include/cudnn*.h", "${cuda}/lib64/libcudnn*"}}));
  for (std::size_t i = 1; i < tar->steps.size(); ++i) {
    CHECK(tar->steps[i].clause == Clause{"1.3.1", "step 3"});
  }
}

TEST_CASE("the package methods are the guide's, clause by clause", "[good_recipes]") {
  const Recipes recipes = all_recipes();
  const auto told = [&](const std::string& name) {
    std::vector<std::string> lines;
    for (const MethodStep& step : find_method(recipes, name)->steps) {
      lines.push_back(step.clause.section + " " + step.clause.step + ": " + described(step.step));
    }
    return lines;
  };
  CHECK(
      told("deb-local") ==
      std::vector<std::string>{"1.3.2 step 2: install the package file ${archive}",
                               "1.3.2 step 3: cp /var/cudnn-local-repo-*/cudnn-local-*-keyring.gpg /usr/share/keyrings",
                               "1.3.2 step 4: refresh the package lists", "1.3.2 step 5: install the package: runtime",
                               "1.3.2 step 6: install the package: dev", "1.3.2 step 7: install the package: samples"});
  CHECK(told("rpm-local") == std::vector<std::string>{"1.3.3 step 2: install the package file ${archive}",
                                                      "1.3.3 step 3: refresh the package lists",
                                                      "1.3.3 step 4: install the package: runtime",
                                                      "1.3.3 step 5: install the package: dev",
                                                      "1.3.3 step 6: install the package: samples"});
  CHECK(told("apt-network") ==
        std::vector<std::string>{
            "1.3.4.1 step 1: install the package file ${repository}/cuda-keyring_1.1-1_all.deb",
            "1.3.4.1 step 1: refresh the package lists", "1.3.4.1 step 2: install the package: runtime",
            "1.3.4.1 step 2: install the package: dev", "1.3.4.1 step 2: install the package: samples"});
  CHECK(told("rpm-network") ==
        std::vector<std::string>{
            "1.3.4.2 step 1: add the repository ${repository}/cuda-${distro}.repo",
            "1.3.4.2 step 1: refresh the package lists", "1.3.4.2 step 2: install the package: runtime",
            "1.3.4.2 step 2: install the package: dev", "1.3.4.2 step 2: install the package: samples"});
}

TEST_CASE("each distribution's manager is spoken to as it is", "[good_recipes]") {
  const Recipes recipes = all_recipes();
  const auto manager = [&](const std::string& name) { return find_distro(recipes, name)->manager; };
  CHECK(manager("ubuntu1804") == Manager{.speaks = "apt", .strict_refresh = false, .pin = "preferences"});
  CHECK(manager("ubuntu2004") == Manager{.speaks = "apt", .strict_refresh = false, .pin = "preferences"});
  CHECK(manager("debian11") == Manager{.speaks = "apt", .strict_refresh = true, .pin = "preferences"});
  CHECK(manager("rhel7") == Manager{.speaks = "yum", .pin = "versionlock"});
  CHECK(manager("rhel9") == Manager{.speaks = "dnf", .pin = "versionlock"});
  CHECK(manager("fedora") == Manager{.speaks = "dnf5", .pin = "versionlock"});
  CHECK(manager("sles15") == Manager{.speaks = "zypper", .pin = "zypper-lock"});
  CHECK(manager("azurelinux3") == Manager{.speaks = "tdnf"});
  CHECK(manager("generic") == Manager{});
}

TEST_CASE("every release of the catalogue loads, and its product has a layout for it", "[good_recipes]") {
  const Recipes recipes = all_recipes();
  const Catalogue catalogue(embedded_recipes());
  CHECK(catalogue.versions().size() >= 73);
  for (const Version& version : catalogue.versions()) {
    INFO(version.text());
    const Result<Release> release = catalogue.release(version);
    CHECK((release ? "" : rendered(release.error())) == "");
    const Product* product = find_product(recipes, static_cast<int>(version.major()));
    REQUIRE(product != nullptr);
    CHECK(find_layout(*product, version, "linux-x86_64") != nullptr);
  }
}

TEST_CASE("the layouts say what the archives of the catalogue are called", "[good_recipes]") {
  const Recipes recipes = all_recipes();
  const Catalogue catalogue(embedded_recipes());
  for (const Version& version : catalogue.versions()) {
    const Release release = catalogue.release(version).value_or(Release());
    const Product* product = find_product(recipes, static_cast<int>(version.major()));
    REQUIRE(product != nullptr);
    for (const Artifact& artifact : release.artifacts) {
      const Layout* layout = find_layout(*product, version, artifact.platform);
      if (artifact.component != "cudnn" || !artifact.platform.starts_with("linux-") || !layout->refused.empty()) {
        continue;
      }
      const std::string top = filled_in(
          layout->top, {{"platform", artifact.platform}, {"version", version.text()}, {"variant", artifact.cuda}});
      INFO(artifact.file);
      CHECK(artifact.file.ends_with(layout->suffixes.front()));
      CHECK((top == "cuda" || artifact.file == top + layout->suffixes.front()));
    }
  }
}
