// With the real dpkg-deb, on a package that the test makes.
#include <algorithm>
#include <filesystem>

#include "cli/survey.h"
#include "support/catch.h"
#include "support/scratch.h"

using namespace cudnn_install;

namespace {

const std::string name = "cudnn-local-repo-ubuntu2204-8.9.6.50";

std::string small_installer(const Scratch& scratch) {
  const std::string folder = "tree/var/" + name + "/";
  std::filesystem::create_directories(scratch.at(folder));
  std::filesystem::create_directories(scratch.at("tree/DEBIAN"));
  scratch.write(folder + "cudnn-local-0315540C-keyring.gpg", "key");
  scratch.write(folder + "libcudnn8_8.9.6.50-1+cuda12.2_amd64.deb", "package");
  scratch.write("tree/DEBIAN/control", "Package: " + name +
                                           "\nVersion: 1.0-1\nArchitecture: amd64\nMaintainer: Ada <ada@example.org>\n"
                                           "Description: a local installer\n");
  REQUIRE(::chmod(scratch.at("tree/DEBIAN").c_str(), 0755) == 0);  // dpkg-deb refuses others
  RealProcesses processes;
  const auto built = processes.run(
      {.argv = {"dpkg-deb", "--root-owner-group", "--build", scratch.at("tree"), scratch.at("installer.deb")}});
  REQUIRE(built);
  CHECK(built->err.empty());
  REQUIRE(built->status == 0);
  return scratch.at("installer.deb");
}

}  // namespace

TEST_CASE("a local installer tells its package and the packages that it brings", "[installer_facts]") {
  const Scratch scratch;
  RealProcesses processes;
  const auto facts = installer_facts({.method = "deb-local", .archives = {small_installer(scratch)}}, processes);
  REQUIRE(facts);
  REQUIRE(*facts);
  CHECK((*facts)->package == PackageVersion{name, "1.0-1"});
  const std::vector<std::string>& files = (*facts)->files;
  for (const std::string file : {"cudnn-local-0315540C-keyring.gpg", "libcudnn8_8.9.6.50-1+cuda12.2_amd64.deb"}) {
    INFO(file);
    CHECK(std::find(files.begin(), files.end(), "/var/" + name + "/" + file) != files.end());
  }
}

TEST_CASE("a local installer that is not there is a mistake of the command line", "[installer_facts]") {
  RealProcesses processes;
  const auto facts = installer_facts({.method = "deb-local", .archives = {"/no/such/file.deb"}}, processes);
  REQUIRE_FALSE(facts);
  CHECK(rendered(facts.error()) == "error: no local installer '/no/such/file.deb'\n  hint: name a file that exists");
}

TEST_CASE("a web address is not looked into", "[installer_facts]") {
  RealProcesses processes;
  const auto facts = installer_facts({.method = "deb-local", .archives = {"https://x.example/a.deb"}}, processes);
  REQUIRE(facts);
  CHECK_FALSE(facts->has_value());
}
