#include "recipe/recipe.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("a method is read step by step, each with its clause", "[method_loader]") {
  const Loaded<Method> method = load_method({.file = "x.yaml", .text = R"(method: tar
title: tar file installation
guide: {document: the guide, section: 1.3.1}
prerequisites:
  - {name: zlib, clause: 1.1.3}
steps:
  - unpack: {archive: "${archive}"}
    clause: 1.3.1 step 2
    note: as it is
  - copy: {from: "${include}/*.h", to: "${cuda}/include"}
    clause: 1.3.1 step 3
  - copy: {from: "${lib}/lib*", to: "${cuda}/lib64", links: keep}
    clause: 1.3.1 step 3.1
  - chmod: {mode: a+r, paths: ["${cuda}/include/*.h"]}
    clause: 1.3.1
)"});
  REQUIRE(method);
  CHECK(*method ==
        Method{.name = "tar",
               .title = "tar file installation",
               .document = "the guide",
               .section = "1.3.1",
               .prerequisites = {{.name = "zlib", .clause = {"1.1.3", ""}}},
               .steps = {
                   {.step = UnpackTemplate{"${archive}"}, .clause = {"1.3.1", "step 2"}, .note = "as it is"},
                   {.step = CopyTemplate{"${include}/*.h", "${cuda}/include", Links::follow},
                    .clause = {"1.3.1", "step 3"}},
                   {.step = CopyTemplate{"${lib}/lib*", "${cuda}/lib64", Links::keep}, .clause = {"1.3.1", "step 3.1"}},
                   {.step = ChmodTemplate{"a+r", {"${cuda}/include/*.h"}}, .clause = {"1.3.1", ""}}}});
}

TEST_CASE("the steps of the package methods are read", "[method_loader]") {
  const Loaded<Method> method = load_method({.file = "x.yaml", .text = R"(method: rpm-network
title: over the network
guide: {document: the guide, section: 1.3.4}
tree: https://packages.example/repos
steps:
  - install-file: {file: "${archive}"}
    clause: 1.3.4 step 1
  - install-file: {url: "${repository}/keyring_1_all.deb"}
    clause: 1.3.4 step 2
  - copy-keyring: {from: /var/local-*/*-keyring.gpg, to: /usr/share/keyrings}
    clause: 1.3.4 step 3
  - add-repository: {url: "${repository}/cuda-${distro}.repo"}
    clause: 1.3.4 step 4
  - refresh: {}
    clause: 1.3.4 step 5
  - install-package: {kind: dev}
    clause: 1.3.4 step 6
)"});
  REQUIRE(method);
  CHECK(method->tree == "https://packages.example/repos");
  std::vector<StepTemplate> steps;
  for (const MethodStep& step : method->steps) {
    steps.push_back(step.step);
  }
  CHECK(steps == std::vector<StepTemplate>{InstallFileTemplate{.file = "${archive}"},
                                           InstallFileTemplate{.url = "${repository}/keyring_1_all.deb"},
                                           CopyKeyringTemplate{"/var/local-*/*-keyring.gpg", "/usr/share/keyrings"},
                                           AddRepositoryTemplate{"${repository}/cuda-${distro}.repo"},
                                           RefreshTemplate{}, InstallPackageTemplate{"dev"}});
}

TEST_CASE("a clause is a section, and perhaps a step of it", "[method_loader]") {
  const auto accepts = [](const std::string& clause) {
    const std::string start = "method: tar\ntitle: t\nguide: {document: d, section: 1.3.1}\nsteps:\n";
    const std::string step = "  - unpack: {archive: a}\n    clause: '" + clause + "'\n";
    return load_method({.file = "x.yaml", .text = start + step}).has_value();
  };
  for (const char* clause : {"1", "1.3", "1.3.1", "1.3.1 step 2", "10.20 step 3.4"}) {
    INFO(clause);
    CHECK(accepts(clause));
  }
  for (const char* clause : {".1", "1.", "1..2", "a", "1 step", "1 step ", "1  step 2", "1 Step 2", "step 2", "1.3 "}) {
    INFO(clause);
    CHECK_FALSE(accepts(clause));
  }
}
