#include <map>

#include "verify/installed_tree.h"

using namespace cudnn_install;

namespace {

using Lines = std::vector<std::string>;

// The real stub of cuDNN 8's front library with its chain of links.
struct Installed {
  InstalledTree tree;
  Installation installation;

  Installed() {
    tree.write("lib64/libcudnn.so.8.9.6", content_of(STUBS "/set/libcudnn.so.8.9.6"));
    tree.link("lib64/libcudnn.so.8", "libcudnn.so.8.9.6");
    tree.link("lib64/libcudnn.so", "libcudnn.so.8");
    installation = tree.installation({"lib64/libcudnn.so.8.9.6", "lib64/libcudnn.so.8", "lib64/libcudnn.so"});
#if defined(__aarch64__)
    installation.platform = "linux-sbsa";
#elif defined(__powerpc64__)
    installation.platform = "linux-ppc64le";
#endif
  }
  [[nodiscard]] Lines chains() const { return lines(broken_chains(installation, tree.prefix()), tree.prefix()); }
};

}  // namespace

TEST_CASE("a whole chain has nothing to tell", "[chains]") {
  const Installed installed;
  CHECK(installed.chains() == Lines{});
}

TEST_CASE("a library need not have a full name and two links", "[chains]") {
  InstalledTree tree;
  tree.write("lib/libcudnn.so.8", content_of(STUBS "/set/libcudnn.so.8.9.6"));
  tree.link("lib/libcudnn.so", "libcudnn.so.8");
  Installation installation = tree.installation({"lib/libcudnn.so.8", "lib/libcudnn.so"});
  installation.platform = Installed().installation.platform;
  CHECK(lines(broken_chains(installation, tree.prefix()), tree.prefix()) == Lines{});
}

TEST_CASE("a link into nothing breaks every chain that goes through it", "[chains]") {
  const Installed installed;
  std::filesystem::remove(installed.tree.at("lib64/libcudnn.so.8.9.6"));
  CHECK(installed.chains() ==
        Lines{"broken-chain lib64/libcudnn.so.8: leads to 'libcudnn.so.8.9.6', which is not there",
              "broken-chain lib64/libcudnn.so: leads to 'libcudnn.so.8.9.6', which is not there"});
}

TEST_CASE("links that leave the directory or run in a circle are broken", "[chains]") {
  const Installed installed;
  installed.tree.link("lib64/libcudnn.so.8", "/usr/lib/libcudnn.so.8");
  installed.tree.link("lib64/libcudnn.so", "libcudnn.so");
  CHECK(
      installed.chains() ==
      Lines{
          "broken-chain lib64/libcudnn.so.8.9.6: is opened as 'libcudnn.so.8', but that name is not there or leads to "
          "another file",
          "broken-chain lib64/libcudnn.so.8: leads out of its directory, to '/usr/lib/libcudnn.so.8'",
          "broken-chain lib64/libcudnn.so: leads in a circle"});
}

TEST_CASE("a link that was made a copy is told by the name that the loader opens", "[chains]") {
  const Installed installed;
  installed.tree.write("lib64/libcudnn.so.8", content_of(STUBS "/set/libcudnn.so.8.9.6"));
  CHECK(
      installed.chains() ==
      Lines{
          "broken-chain lib64/libcudnn.so.8.9.6: is opened as 'libcudnn.so.8', but that name is not there or leads to "
          "another file"});
}

TEST_CASE("files for another machine and files that are no libraries are told", "[chains]") {
  Installed installed;
  const std::string here = installed.installation.platform;
  const std::map<std::string, std::string> machines{
      {"linux-x86_64", "x86_64"}, {"linux-sbsa", "aarch64"}, {"linux-ppc64le", "ppc64le"}};
  for (const auto& [platform, machine] : machines) {
    installed.installation.platform = platform;
    CHECK(installed.chains() == (platform == here ? Lines{}
                                                  : Lines{"wrong-elf lib64/libcudnn.so.8.9.6: is for " +
                                                          machines.at(here) + ", expected " + machine}));
  }
  installed.installation.platform = here;
  installed.tree.write("lib64/libcudnn.so.8.9.6", "a page that asks for a password");
  CHECK(installed.chains() == Lines{"wrong-elf lib64/libcudnn.so.8.9.6: not an ELF file"});
}
