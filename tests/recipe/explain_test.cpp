#include "recipe/explain.h"

#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("the list groups recipes by kind", "[explain]") {
  CHECK(listed({.distros = {{.name = "debian12", .title = "Debian 12"}},
                .methods = {{.name = "tar", .title = "tar file"}},
                .products = {{.name = "cudnn8", .title = "cuDNN 8"}}}) ==
        "methods:\n"
        "  tar                tar file\n"
        "distros:\n"
        "  debian12           Debian 12\n"
        "products:\n"
        "  cudnn8             cuDNN 8\n");
}

TEST_CASE("a method is explained in the guide's order, with clauses and notes", "[explain]") {
  const Method method{
      .name = "tar",
      .title = "tar file",
      .document = "the guide",
      .section = "1.3.1",
      .prerequisites = {{.name = "zlib", .clause = {"1.1.3", ""}}},
      .steps = {{.step = UnpackTemplate{"${archive}"}, .clause = {"1.3.1", "step 2"}, .note = "as it is"},
                {.step = CopyTemplate{"${lib}/lib*", "${cuda}/lib64", Links::keep}, .clause = {"1.3.1", "step 3"}},
                {.step = ChmodTemplate{"a+r", {"a", "b"}}, .clause = {"1.3.1", "step 3"}}}};
  CHECK(explained(method) ==
        "method tar: tar file\n"
        "the guide, section 1.3.1\n"
        "\n"
        "needs first:\n"
        "  1.1.3              zlib\n"
        "\n"
        "steps:\n"
        "  1.3.1 step 2       tar -xvf ${archive}\n"
        "                     note: as it is\n"
        "  1.3.1 step 3       cp -P ${lib}/lib* ${cuda}/lib64\n"
        "  1.3.1 step 3       chmod a+r a b\n");
}

TEST_CASE("a distro is explained key by key", "[explain]") {
  const Distro distro{.name = "debian12",
                      .title = "Debian 12",
                      .match = {{.id = "debian", .versions = {Version::parse("12").value()}}, {.id = "other"}},
                      .like = {"debian"},
                      .family = PackageFamily::apt,
                      .arch = {{"sbsa", "arm64"}, {"x86_64", "x86_64"}},
                      .prerequisites = {{"zlib", "zlib1g"}},
                      .glibc = Version::parse("2.36").value(),
                      .packing = {.compression = "xz", .level = 6, .threads = 2},
                      .library_directory = "/usr/lib/${triplet}",
                      .compression = {"xz"},
                      .methods = {"tar"},
                      .refused = {{"rpm-local", "no rpm here"}}};
  CHECK(explained(distro) ==
        "distro debian12: Debian 12\n"
        "  recognised by      ID=debian VERSION_ID=12\n"
        "  recognised by      ID=other\n"
        "  fall-back for      debian\n"
        "  row of the guide   no\n"
        "  package manager    apt\n"
        "  repositories       sbsa (arm64), x86_64\n"
        "  prerequisites      zlib (zlib1g)\n"
        "  library directory  /usr/lib/${triplet}\n"
        "  glibc              2.36\n"
        "  reads              xz\n"
        "  packed with        xz -6, 2 threads\n"
        "  methods            tar\n"
        "  not rpm-local      no rpm here\n");
}

TEST_CASE("a package method is explained with the tree that it takes packages from", "[explain]") {
  const Method method{.name = "rpm-network",
                      .title = "over the network",
                      .document = "the guide",
                      .section = "1.3.4.2",
                      .tree = "https://packages.example/repos",
                      .steps = {{.step = InstallFileTemplate{.file = "${archive}"}, .clause = {"1", "step 1"}},
                                {.step = InstallFileTemplate{.url = "${repository}/k.deb"}, .clause = {"1", "step 2"}},
                                {.step = CopyKeyringTemplate{"/var/*/k.gpg", "/etc/k"}, .clause = {"1", "step 3"}},
                                {.step = AddRepositoryTemplate{"${repository}/x.repo"}, .clause = {"1", "step 4"}},
                                {.step = RefreshTemplate{}, .clause = {"1", "step 5"}},
                                {.step = InstallPackageTemplate{"runtime"}, .clause = {"1", "step 6"}}}};
  CHECK(explained(method) ==
        "method rpm-network: over the network\n"
        "the guide, section 1.3.4.2\n"
        "repositories below https://packages.example/repos\n"
        "\n"
        "needs first:\n"
        "\n"
        "steps:\n"
        "  1 step 1           install the package file ${archive}\n"
        "  1 step 2           install the package file ${repository}/k.deb\n"
        "  1 step 3           cp /var/*/k.gpg /etc/k\n"
        "  1 step 4           add the repository ${repository}/x.repo\n"
        "  1 step 5           refresh the package lists\n"
        "  1 step 6           install the package: runtime\n");
}

TEST_CASE("a distro tells how its manager is spoken to and what its repository is called", "[explain]") {
  const Distro distro{.name = "azurelinux3",
                      .title = "Azure Linux 3",
                      .family = PackageFamily::tdnf,
                      .manager = {.speaks = "tdnf"},
                      .repository = {.word = "azl3"},
                      .methods = {"tar"}};
  const std::string text = explained(distro);
  CHECK(text.find("  package manager    tdnf\n  spoken to as       tdnf, holds no version\n") != std::string::npos);
  CHECK(text.find("  called there       azl3\n") != std::string::npos);
}

TEST_CASE("a product is explained with its archives", "[explain]") {
  const Version first = Version::parse("8.0").value();
  const Version last = Version::parse("8.2").value();
  const Product product{.name = "cudnn8",
                        .title = "cuDNN 8",
                        .layouts = {{.from = first,
                                     .until = last,
                                     .top = "cuda",
                                     .include = "include",
                                     .library = "lib64",
                                     .license = "LICENSE",
                                     .suffixes = {".tgz"}},
                                    {.from = first, .until = last, .platforms = {"linux-sbsa"}, .refused = "unknown"}},
                        .components = {{.name = "runtime", .globs = {"${lib}/x", "${lib}/y"}}},
                        .headers = {"cudnn"},
                        .libraries = {"libcudnn"},
                        .version_header = "${include}/v.h"};
  CHECK(explained(product) ==
        "product cudnn8: cuDNN 8\n"
        "\n"
        "archives:\n"
        "  8.0 to 8.2.x: cuda/{include, lib64, LICENSE}, .tgz\n"
        "  8.0 to 8.2.x for linux-sbsa: refused, unknown\n"
        "\n"
        "components:\n"
        "  runtime            ${lib}/x, ${lib}/y\n"
        "\n"
        "files of every release:\n"
        "  headers            cudnn\n"
        "  libraries          libcudnn\n"
        "  version header     ${include}/v.h\n");
}
