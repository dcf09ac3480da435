#include "recipe/recipe.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("a product is read with its layouts and components", "[product_loader]") {
  const Loaded<Product> product = load_product({.file = "x.yaml", .text = R"(product: cudnn8
title: cuDNN 8
major: 8
front: libcudnn
layouts:
  - from: "8.3"
    until: "8"
    top: cudnn-${platform}-${version}_cuda${variant}-archive
    include: include
    library: lib
    license: LICENSE
    suffixes: [.tar.xz]
  - from: "8.0"
    until: "8.2"
    platforms: [linux-sbsa]
    refused: nobody knows
components:
  - {name: runtime, globs: ["${lib}/lib*.so.*"]}
headers: [cudnn]
libraries: [libcudnn]
version_header: ${include}/cudnn_version.h
)"});
  REQUIRE(product);
  CHECK(*product == Product{.name = "cudnn8",
                            .title = "cuDNN 8",
                            .major = 8,
                            .front = "libcudnn",
                            .layouts = {{.from = Version::parse("8.3").value(),
                                         .until = Version::parse("8").value(),
                                         .top = "cudnn-${platform}-${version}_cuda${variant}-archive",
                                         .include = "include",
                                         .library = "lib",
                                         .license = "LICENSE",
                                         .suffixes = {".tar.xz"}},
                                        {.from = Version::parse("8.0").value(),
                                         .until = Version::parse("8.2").value(),
                                         .platforms = {"linux-sbsa"},
                                         .refused = "nobody knows"}},
                            .components = {{.name = "runtime", .globs = {"${lib}/lib*.so.*"}}},
                            .headers = {"cudnn"},
                            .libraries = {"libcudnn"},
                            .version_header = "${include}/cudnn_version.h"});
}

TEST_CASE("a product with a guide of its own is packages alone, one for each CUDA", "[product_loader]") {
  const std::string text = R"(product: cuda-compat
title: Compatibility
guide: {document: A guide, section: "3.2.1"}
packages:
  sets:
    - {kind: runtime, name: {deb: "c-${dashed}", rpm: "c-${major}"}, summary: s, holds: [libraries]}
)";
  const Loaded<Product> product = load_product({.file = "x.yaml", .text = text});
  REQUIRE(product);
  CHECK(*product == Product{.name = "cuda-compat",
                            .title = "Compatibility",
                            .document = "A guide",
                            .section = "3.2.1",
                            .packages = {.sets = {{.kind = "runtime",
                                                   .name = {.deb = "c-${dashed}", .rpm = "c-${major}"},
                                                   .summary = "s",
                                                   .holds = {"libraries"}}}}});
}

TEST_CASE("such a product may tell of archives, whose files lie in a prefix of their own", "[product_loader]") {
  const std::string text = R"(product: cuda-compat
title: Compatibility
guide: {document: A guide, section: "3.2.1"}
packages:
  sets:
    - {kind: runtime, name: {deb: c, rpm: c}, summary: s, holds: [libraries]}
files:
  front: libcuda
  prefix: /usr/local/cuda-${cuda}/compat
  archives:
    - {kind: redist, top: "c-${platform}-${version}_${cuda}", library: compat, license: LICENSE}
    - {kind: runfile, section: "3.2.2", license: LICENSE}
  libraries:
    - {stem: libcuda, links: [libcuda.so.1, libcuda.so]}
    - {stem: libother}
)";
  const Loaded<Product> product = load_product({.file = "x.yaml", .text = text});
  REQUIRE(product);
  CHECK(product->front == "libcuda");
  CHECK(product->files ==
        OwnFiles{.prefix = "/usr/local/cuda-${cuda}/compat",
                 .archives = {{.kind = "redist",
                               .top = "c-${platform}-${version}_${cuda}",
                               .library = "compat",
                               .license = "LICENSE"},
                              {.kind = "runfile", .section = "3.2.2", .license = "LICENSE"}},
                 .libraries = {{.stem = "libcuda", .links = {"libcuda.so.1", "libcuda.so"}}, {.stem = "libother"}}});
}
