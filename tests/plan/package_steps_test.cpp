// The steps of the package methods in every form that a plan is shown in.
#include "builders.h"
#include "plan/parts.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

const Manager apt{.speaks = "apt", .strict_refresh = true, .pin = "preferences"};
const Manager dnf{.speaks = "dnf", .pin = "versionlock"};

std::vector<std::string> lines_of(const Step& step, const Manager& manager) {
  return commands_for(step, {.sudo = "sudo ", .work = "\"$work\"", .manager = manager});
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("package steps in words", "[package_steps]") {
  CHECK(described(InstallPackageFile{.file = "a.deb"}) == "install the package file a.deb");
  CHECK(described(InstallPackageFile{.url = "https://x/a.deb"}) == "fetch https://x/a.deb and install it");
  CHECK(described(CopyKeyring{"/var/*/k.gpg", "/k"}) == "copy the keyring /var/*/k.gpg to /k");
  CHECK(described(AddRepository{.repository = {.url = "https://x/r", .key = "/k"}}) ==
        "add the repository https://x/r, signed with /k");
  CHECK(described(RefreshIndex{}) == "refresh the package lists");
  CHECK(described(RefreshIndex{"a"}) == "refresh the package list of a");
  CHECK(described(InstallPackages{{{"a", "1"}, {"b", "2"}}}) == "install a 1, b 2");
  CHECK(described(HoldPackages{{{"a", "1"}}}) == "hold a 1");
  CHECK(described(RemovePackages{{"a", "b"}}) == "remove the packages a, b");
}

TEST_CASE("package steps as the guide's commands", "[package_steps]") {
  CHECK(lines_of(InstallPackageFile{.file = "a b.deb"}, apt) == Lines{"sudo dpkg -i 'a b.deb'"});
  CHECK(lines_of(InstallPackageFile{.file = "-a.rpm"}, dnf) == Lines{"sudo rpm -i ./-a.rpm"});
  CHECK(lines_of(InstallPackageFile{.url = "https://x/a.deb"}, apt) ==
        Lines{"wget -P \"$work\" https://x/a.deb", "sudo dpkg -i \"$work\"/a.deb"});
  CHECK(lines_of(CopyKeyring{"/var/a b-*/k-*.gpg", "/usr/k"}, apt) == Lines{"sudo cp /var/'a b-'*/k-*.gpg /usr/k/"});
  CHECK(lines_of(AddRepository{.url = "https://x/a.repo"}, dnf) ==
        Lines{"sudo yum-config-manager --add-repo https://x/a.repo"});
  CHECK(lines_of(RefreshIndex{"alone"}, dnf) == Lines{"sudo yum clean all"});
  CHECK(lines_of(InstallPackages{{{"a", "1.*-1"}, {"b", "2"}}}, dnf) ==
        Lines{"sudo yum install 'a-1.*-1'", "sudo yum install b-2"});
  CHECK(lines_of(RemovePackages{{"a", "b"}}, dnf) == Lines{"sudo yum remove a b"});
}

TEST_CASE("a source of ours is written line by line, after its key", "[package_steps]") {
  const AddRepository step{.repository = {.id = "a", .url = "https://x/r", .key = "/usr/share/keyrings/a.gpg"},
                           .keyring = "/in hand.gpg"};
  CHECK(lines_of(step, apt) ==
        Lines{"sudo install -D -m 0644 '/in hand.gpg' /usr/share/keyrings/a.gpg",
              "printf '%s\\n' \\\n  'deb [signed-by=/usr/share/keyrings/a.gpg] https://x/r/ /' |\n"
              "  sudo tee /etc/apt/sources.list.d/a.list >/dev/null"});
}

TEST_CASE("a version is held by a file or by a command", "[package_steps]") {
  const HoldPackages step{{{"a", "1"}}};
  const Lines file = lines_of(step, apt);
  REQUIRE(file.size() == 1);
  CHECK(file[0].starts_with("printf '%s\\n'"));
  CHECK(file[0].ends_with(" |\n  sudo tee /etc/apt/preferences.d/cudnn-install-cudnn >/dev/null"));
  REQUIRE(lines_of(step, dnf).size() == 1);
  CHECK(lines_of(step, dnf)[0].find("versionlock add a-1") != std::string::npos);
  CHECK(lines_of(step, {.speaks = "tdnf"}).empty());
}

TEST_CASE("package steps are not fused with anything", "[package_steps]") {
  const std::vector<PlannedStep> steps = {
      {.step = InstallPackageFile{.file = "a.deb"}}, {.step = RefreshIndex{}}, {.step = InstallPackages{{{"a", "1"}}}}};
  CHECK(fused(steps) == steps);
}

TEST_CASE("package steps have a record each", "[package_steps]") {
  Plan plan;
  plan.packages = PackageWork{.manager = apt, .product = "cudnn8", .packages = {{"a", "1"}}};
  for (const Step& step : std::vector<Step>{InstallPackageFile{}, CopyKeyring{}, AddRepository{}, RefreshIndex{},
                                            InstallPackages{}, HoldPackages{}, RemovePackages{}}) {
    plan.documented.push_back({.step = step});
  }
  const std::string text = to_json(plan);
  for (const char* word : {"install_package_file", "copy_keyring", "add_repository", "refresh_index",
                           "install_packages", "hold_packages", "remove_packages"}) {
    INFO(word);
    CHECK(text.find("\"do\": \"" + std::string(word) + "\"") != std::string::npos);
  }
  CHECK(text.find("\"speaks\": \"apt\"") != std::string::npos);
}
