#include "recipe/recipe.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("a distro with every key is read whole", "[distro_loader]") {
  const Loaded<Distro> distro = load_distro({.file = "x.yaml", .text = R"(distro: debian12
title: Debian 12
match:
  - {id: debian, versions: ["12"]}
  - {id: devuan}
like: [debian]
family: apt
in_guide: true
arch: {x86_64: x86_64, sbsa: arm64}
prerequisites: {zlib: zlib1g}
library_directory: /usr/lib/${triplet}
compression: [gzip, xz]
manager: {speaks: apt, strict_refresh: true, pin: none}
repository:
  word: debian12
  key: 3bf863cc.pub
  fingerprint: EB693B3035CD5710E231E123A4B469963BF863CC
  module_hotfixes: true
  newest: "9.0"
methods: [tar, apt-network]
refused: {windows-zip: for Windows}
)"});
  REQUIRE(distro);
  CHECK(*distro == Distro{.name = "debian12",
                          .title = "Debian 12",
                          .match = {{.id = "debian", .versions = {Version::parse("12").value()}}, {.id = "devuan"}},
                          .like = {"debian"},
                          .family = PackageFamily::apt,
                          .manager = {.speaks = "apt", .strict_refresh = true},
                          .repository = {.word = "debian12",
                                         .key = "3bf863cc.pub",
                                         .fingerprint = "EB693B3035CD5710E231E123A4B469963BF863CC",
                                         .module_hotfixes = true,
                                         .newest = Version::parse("9.0").value()},
                          .in_guide = true,
                          .arch = {{"x86_64", "x86_64"}, {"sbsa", "arm64"}},
                          .prerequisites = {{"zlib", "zlib1g"}},
                          .library_directory = "/usr/lib/${triplet}",
                          .compression = {"gzip", "xz"},
                          .methods = {"tar", "apt-network"},
                          .refused = {{"windows-zip", "for Windows"}}});
}

TEST_CASE("a distro needs no more than its required keys", "[distro_loader]") {
  const Loaded<Distro> distro = load_distro(
      {.file = "x.yaml", .text = "distro: generic\ntitle: any Linux\nfamily: none\narch: {}\nmethods: [tar]\n"});
  REQUIRE(distro);
  CHECK(*distro == Distro{.name = "generic", .title = "any Linux", .methods = {"tar"}});
}

TEST_CASE("every package family has a name that a recipe can say", "[distro_loader]") {
  for (const PackageFamily family : {PackageFamily::none, PackageFamily::apt, PackageFamily::dnf, PackageFamily::yum,
                                     PackageFamily::zypper, PackageFamily::tdnf}) {
    const std::string name(name_of(family));
    const Loaded<Distro> distro =
        load_distro({.file = "x.yaml", .text = "distro: x\ntitle: x\nfamily: " + name + "\narch: {}\nmethods: []\n"});
    INFO(name);
    REQUIRE(distro);
    CHECK(distro->family == family);
  }
}

TEST_CASE("a distro says how packages for it are made", "[distro_loader]") {
  const Loaded<Distro> distro = load_distro({.file = "x.yaml", .text = R"(distro: rhel7
title: x
family: yum
arch: {}
glibc: "2.17"
compression: [gzip, xz]
packing: {compression: xz, level: 6, threads: 2, area: main, weak_depends: false}
methods: []
)"});
  REQUIRE(distro);
  CHECK(distro->glibc == Version::parse("2.17").value());
  CHECK(distro->packing ==
        Packing{.compression = "xz", .level = 6, .threads = 2, .area = "main", .weak_depends = false});
}
