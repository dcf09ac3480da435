#include "recipe/recipe.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

const std::string product_head = R"(product: cudnn9
title: cuDNN 9
major: 9
front: libcudnn
layouts:
  - {from: "9", until: "9", top: "x", include: include, library: lib, license: LICENSE, suffixes: [.tar.xz]}
components:
  - {name: runtime, globs: ["${lib}/lib*.so.*"]}
headers: [cudnn]
libraries: [libcudnn]
version_header: ${include}/cudnn_version.h
)";

Version version(const char* text) {
  return Version::parse(text).value();
}

}  // namespace

TEST_CASE("a product without packages is whole", "[package_loader]") {
  const Loaded<Product> product = load_product({.file = "x.yaml", .text = product_head});
  REQUIRE(product);
  CHECK(product->packages == ProductPackages());
}

TEST_CASE("the packages of a product are read with names, contents and relations", "[package_loader]") {
  const Loaded<Product> product = load_product({.file = "x.yaml", .text = product_head + R"(packages:
  release: {deb: "1+cuda${cuda}", rpm: "1.cuda${cuda}"}
  sets:
    - {kind: runtime, name: {deb: "lib9-${major}", rpm: lib9}, summary: libraries, holds: [libraries]}
    - kind: samples
      name: {deb: s, rpm: t}
      summary: samples
      holds: [samples, links]
      needs: [runtime]
      suits: [dev, headers]
      any_architecture: true
  cuda:
    - {release: "9.1", versions: ["11.8", "12.2"]}
  opened_late:
    - {cuda: "12", soname: libcublas.so.12, deb: ["libcublas-${dashed}", libcublas12]}
)"});
  REQUIRE(product);
  CHECK(product->packages ==
        ProductPackages{
            .release = {.deb = "1+cuda${cuda}", .rpm = "1.cuda${cuda}"},
            .sets = {{.kind = "runtime",
                      .name = {.deb = "lib9-${major}", .rpm = "lib9"},
                      .summary = "libraries",
                      .holds = {"libraries"}},
                     {.kind = "samples",
                      .name = {.deb = "s", .rpm = "t"},
                      .summary = "samples",
                      .holds = {"samples", "links"},
                      .needs = {"runtime"},
                      .suits = {"dev", "headers"},
                      .any_architecture = true}},
            .cuda = {{.release = version("9.1"), .versions = {version("11.8"), version("12.2")}}},
            .opened_late = {
                {.cuda = "12", .soname = "libcublas.so.12", .debs = {"libcublas-${dashed}", "libcublas12"}}}});
}
