#include "packages/package_manager_words.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

const Manager apt{.speaks = "apt", .strict_refresh = true, .pin = "preferences"};
const Manager dnf{.speaks = "dnf", .strict_refresh = false, .pin = "versionlock"};
const Manager dnf5{.speaks = "dnf5", .strict_refresh = false, .pin = "versionlock"};
const Manager yum{.speaks = "yum", .strict_refresh = false, .pin = "versionlock"};
const Manager zypper{.speaks = "zypper", .strict_refresh = false, .pin = "zypper-lock"};
const Manager tdnf{.speaks = "tdnf", .strict_refresh = false, .pin = ""};

const PackageVersion deb{"libcudnn8", "8.9.6.50-1+cuda12.2"};
const PackageVersion rpm{"libcudnn8", "8.9.6.50-1.cuda12.2"};

const std::string apt_get =
    "env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 apt-get -y -q -o APT::Color=0 -o Dpkg::Use-Pty=0 "
    "-o DPkg::Lock::Timeout=60 -o Dpkg::Options::=--force-confold -o APT::Get::AllowUnauthenticated=0 "
    "-o Acquire::AllowInsecureRepositories=0 -o Acquire::AllowWeakRepositories=0 "
    "-o Acquire::AllowDowngradeToInsecureRepositories=0 ";

std::string line(const Words& words) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

std::vector<Words> all_commands(const Manager& manager) {
  const PackageVersion& package = uses_dpkg(manager) ? deb : rpm;
  return {refresh_command(manager, "cuda"),
          simulation_command(manager, {package}),
          removal_simulation_command(manager, {"libcudnn8"}),
          download_command(manager, {package}),
          install_command(manager, {package}),
          removal_command(manager, {"libcudnn8"}),
          file_install_command(manager, {"/a"}),
          file_simulation_command(manager, {"/a"}),
          fetch_command(manager, package, "/d")};
}

}  // namespace

TEST_CASE("The guide's commands are its own words", "[commands]") {
  CHECK(line(documented_refresh(apt)) == "apt-get update");
  CHECK(line(documented_install(apt, deb)) == "apt-get install libcudnn8=8.9.6.50-1+cuda12.2");
  CHECK(line(documented_package_file(apt, "local.deb")) == "dpkg -i local.deb");
  CHECK(line(documented_removal(apt, {"libcudnn8"})) == "apt-get remove libcudnn8");
  for (const Manager& manager : {dnf, dnf5, yum}) {
    CHECK(line(documented_refresh(manager)) == "yum clean all");
    CHECK(line(documented_install(manager, rpm)) == "yum install libcudnn8-8.9.6.50-1.cuda12.2");
    CHECK(line(documented_package_file(manager, "local.rpm")) == "rpm -i local.rpm");
    CHECK(line(documented_removal(manager, {"libcudnn8"})) == "yum remove libcudnn8");
  }
  for (const Manager& manager : {dnf, yum}) {
    CHECK(line(documented_repository(manager, "https://x/cuda.repo")) ==
          "yum-config-manager --add-repo https://x/cuda.repo");
  }
  CHECK(line(documented_refresh(zypper)) == "zypper refresh");
  CHECK(line(documented_install(zypper, rpm)) == "zypper install libcudnn8=8.9.6.50-1.cuda12.2");
  CHECK(line(documented_repository(zypper, "https://x/cuda.repo")) == "zypper addrepo https://x/cuda.repo");
}

TEST_CASE("Where a system lacks the guide's commands, its own that do the same are shown", "[commands]") {
  CHECK(line(documented_repository(dnf5, "https://x/cuda-fedora42.repo")) ==
        "dnf config-manager addrepo --from-repofile=https://x/cuda-fedora42.repo");
  CHECK(line(documented_repository(tdnf, "https://x/cuda-azl3.repo")) ==
        "curl -fsSL -o /etc/yum.repos.d/cuda-azl3.repo https://x/cuda-azl3.repo");
  CHECK(line(documented_refresh(tdnf)) == "tdnf clean all");
  CHECK(line(documented_install(tdnf, rpm)) == "tdnf install libcudnn8-8.9.6.50-1.cuda12.2");
  CHECK(line(documented_removal(tdnf, {"libcudnn8"})) == "tdnf remove libcudnn8");
}

TEST_CASE("Nothing that is run waives a signature or a certificate", "[commands]") {
  for (const Manager& manager : {apt, dnf, dnf5, yum, zypper, tdnf}) {
    for (const Words& words : all_commands(manager)) {
      const std::string text = line(words);
      INFO(text);
      for (const char* bad :
           {"nogpgcheck", "no-gpg-check", "gpgcheck=0", "allow-unauthenticated", "trusted", "nosignature", "nodigest",
            "auto-import", "sslverify", "Verify-Peer", "--force-yes", "Unsigned"}) {
        CHECK(text.find(bad) == std::string::npos);
      }
    }
  }
}

TEST_CASE("Of apt's sources one alone is refreshed, strictly where apt can", "[commands]") {
  const std::string one = apt_get +
                          "-o Dir::Etc::sourcelist=/etc/apt/sources.list.d/cuda.list -o Dir::Etc::sourceparts=- "
                          "-o APT::Get::List-Cleanup=0 ";
  CHECK(line(refresh_command(apt, "/etc/apt/sources.list.d/cuda.list")) == one + "--error-on=any update");
  CHECK(line(refresh_command({.speaks = "apt"}, "/etc/apt/sources.list.d/cuda.list")) == one + "update");
}

TEST_CASE("Of rpm's sources one alone is refreshed, and not from a cache", "[commands]") {
  const std::string strictly = "--setopt=skip_if_unavailable=0 --setopt=metadata_expire=1 makecache";
  CHECK(line(refresh_command(dnf, "cuda")) == "dnf -y --disablerepo=* --enablerepo=cuda " + strictly);
  CHECK(line(refresh_command(dnf5, "cuda")) == "dnf5 -y --disablerepo=* --enablerepo=cuda " + strictly);
  CHECK(line(refresh_command(yum, "cuda")) == "yum -y --disablerepo=* --enablerepo=cuda " + strictly);
  CHECK(line(refresh_command(tdnf, "cuda")) == "tdnf -y --disablerepo=* --enablerepo=cuda --refresh makecache");
  CHECK(line(refresh_command(zypper, "cuda")) == "zypper -n refresh cuda");
}

TEST_CASE("apt is told exact versions, older ones too, and that nothing may go", "[commands]") {
  const std::string install = apt_get + "--no-install-recommends --allow-downgrades ";
  CHECK(line(simulation_command(apt, {deb, {"zlib1g", ""}})) ==
        install + "--simulate install libcudnn8=8.9.6.50-1+cuda12.2 zlib1g");
  CHECK(line(download_command(apt, {deb})) == install + "--download-only install libcudnn8=8.9.6.50-1+cuda12.2");
  CHECK(line(install_command(apt, {deb})) == install + "--no-remove install libcudnn8=8.9.6.50-1+cuda12.2");
  CHECK(line(file_simulation_command(apt, {"/a.deb"})) == install + "--simulate install /a.deb");
  CHECK(line(removal_simulation_command(apt, {"libcudnn8"})) ==
        apt_get + "-o APT::Get::AutomaticRemove=0 --simulate purge libcudnn8");
  CHECK(line(fetch_command(apt, deb, "/d")) == "env --chdir=/d " + apt_get + "download libcudnn8=8.9.6.50-1+cuda12.2");
  CHECK(line(web_file_command(apt, "https://x/y", "/z")) == "/usr/lib/apt/apt-helper download-file https://x/y /z");
}

TEST_CASE("dpkg removes and installs what is named, and nothing else", "[commands]") {
  const std::string quiet = "env DEBIAN_FRONTEND=noninteractive NEEDRESTART_SUSPEND=1 ";
  CHECK(line(removal_command(apt, {"a", "b"})) == quiet + "dpkg --force-remove-reinstreq --purge a b");
  CHECK(line(file_install_command(apt, {"/a.deb"})) == quiet + "dpkg --force-confold -i /a.deb");
  CHECK(line(repair_command(apt)) == quiet + "dpkg --force-confold --configure -a");
}

TEST_CASE("dnf is told exact versions, and never to clean up after itself", "[commands]") {
  CHECK(line(simulation_command(dnf, {rpm})) ==
        "dnf --assumeno --setopt=install_weak_deps=False install libcudnn8-8.9.6.50-1.cuda12.2");
  CHECK(line(install_command(dnf, {rpm})) ==
        "dnf -y --setopt=install_weak_deps=False install libcudnn8-8.9.6.50-1.cuda12.2");
  CHECK(line(download_command(dnf, {rpm})) ==
        "dnf -y --setopt=install_weak_deps=False install --downloadonly libcudnn8-8.9.6.50-1.cuda12.2");
  CHECK(line(removal_command(dnf, {"libcudnn8"})) ==
        "dnf -y --setopt=clean_requirements_on_remove=False remove libcudnn8");
  CHECK(line(removal_simulation_command(dnf, {"libcudnn8"})) ==
        "dnf --assumeno --setopt=clean_requirements_on_remove=False remove libcudnn8");
  CHECK(line(fetch_command(dnf, rpm, "/d")) ==
        "dnf -y --downloadonly --downloaddir=/d reinstall libcudnn8-8.9.6.50-1.cuda12.2");
  CHECK(line(file_install_command(dnf, {"/a.rpm"})) == "rpm -U --oldpackage --replacepkgs /a.rpm");
  CHECK(line(file_simulation_command(dnf, {"/a.rpm"})) == "rpm -U --test --oldpackage --replacepkgs /a.rpm");
  CHECK(web_file_command(dnf, "https://x/y", "/z").empty());
}

TEST_CASE("yum, dnf 5 and tdnf are told what they document (tdnf and yum 3 not run)", "[commands]") {
  CHECK(line(install_command(yum, {rpm})) == "yum -y install libcudnn8-8.9.6.50-1.cuda12.2");
  CHECK(line(install_command(dnf5, {rpm})) ==
        "dnf5 -y --setopt=install_weak_deps=False install --allow-downgrade libcudnn8-8.9.6.50-1.cuda12.2");
  CHECK(line(removal_command(dnf5, {"libcudnn8"})) == "dnf5 -y remove --no-autoremove libcudnn8");
  CHECK(line(fetch_command(dnf5, rpm, "/d")) == "dnf5 -y download --destdir=/d libcudnn8-8.9.6.50-1.cuda12.2");
  CHECK(line(install_command(tdnf, {rpm})) == "tdnf -y install libcudnn8-8.9.6.50-1.cuda12.2");
  CHECK(line(removal_command(tdnf, {"libcudnn8"})) == "tdnf -y --noautoremove remove libcudnn8");
}

TEST_CASE("zypper is told exact versions, and answers a simulation in XML", "[commands]") {
  CHECK(line(simulation_command(zypper, {rpm})) ==
        "zypper -n --xmlout install --no-recommends --oldpackage --dry-run libcudnn8=8.9.6.50-1.cuda12.2");
  CHECK(line(install_command(zypper, {rpm})) ==
        "zypper -n install --no-recommends --oldpackage --auto-agree-with-licenses libcudnn8=8.9.6.50-1.cuda12.2");
  CHECK(line(removal_simulation_command(zypper, {"libcudnn8"})) ==
        "zypper -n --xmlout remove --no-clean-deps --dry-run libcudnn8");
  CHECK(line(removal_command(zypper, {"libcudnn8"})) == "zypper -n remove --no-clean-deps libcudnn8");
  CHECK(line(fetch_command(zypper, rpm, "/d")) ==
        "zypper -n --pkg-cache-dir /d install --no-recommends --oldpackage --force --download-only "
        "libcudnn8=8.9.6.50-1.cuda12.2");
}

TEST_CASE("Each database is asked in its own words", "[commands]") {
  CHECK(version_query(apt, {"a"}) ==
        Words{"dpkg-query", "-W", "-f", "${db:Status-Abbrev}\\t${Package}\\t${Version}\\n", "a"});
  CHECK(version_query(zypper, {"a"}) == Words{"rpm", "-q", "--qf", "%{NAME}\\t%{EVR}\\n", "a"});
  CHECK(line(package_file_query(apt, "/f")) == "dpkg-deb --showformat=${Package}\\t${Version}\\n --show /f");
  CHECK(line(package_file_query(dnf, "/f")) == "rpm -q --qf %{NAME}\\t%{EVR}\\n -p /f");
  CHECK(line(audit_query(apt)) == "dpkg --audit");
  CHECK(line(check_query(apt, {"a"})) == "dpkg -V a");
  CHECK(line(check_query(dnf, {"a"})) == "rpm -V a");
  CHECK(line(manual_query(apt, {"a"})) == "apt-mark showmanual a");
  CHECK(line(mark_automatic_command(apt, {"a"})) == "apt-mark auto a");
  CHECK(line(key_import_command(zypper, "/k")) == "rpm --import /k");
  CHECK(line(key_removal_command(dnf, {"gpg-pubkey-1-2"})) == "rpm -e --allmatches gpg-pubkey-1-2");
  CHECK(
      (manual_query(dnf, {"a"}).empty() && mark_automatic_command(dnf, {"a"}).empty() && repair_command(dnf).empty()));
  CHECK((key_query(apt).empty() && key_import_command(apt, "/k").empty() && key_removal_command(apt, {"k"}).empty()));
}

TEST_CASE("A source is bound to its key, and its index is checked by all but tdnf", "[commands]") {
  const Repository cuda{.id = "cuda-debian12-x86_64",
                        .title = "CUDA",
                        .url = "https://x/debian12/x86_64",
                        .key = "/usr/share/keyrings/cuda-archive-keyring.gpg"};
  CHECK(repository_file(apt, cuda) ==
        TextFile{"/etc/apt/sources.list.d/cuda-debian12-x86_64.list",
                 "deb [signed-by=/usr/share/keyrings/cuda-archive-keyring.gpg] https://x/debian12/x86_64/ /\n"});
  const std::string head =
      "[cuda-debian12-x86_64]\nname=CUDA\nbaseurl=https://x/debian12/x86_64\nenabled=1\ngpgcheck=1\n";
  const std::string key = "gpgkey=file:///usr/share/keyrings/cuda-archive-keyring.gpg\n";
  CHECK(repository_file(dnf, cuda) ==
        TextFile{"/etc/yum.repos.d/cuda-debian12-x86_64.repo", head + "repo_gpgcheck=1\n" + key});
  CHECK(repository_file(zypper, cuda) ==
        TextFile{"/etc/zypp/repos.d/cuda-debian12-x86_64.repo", head + "repo_gpgcheck=1\npkg_gpgcheck=1\n" + key});
  Repository hot = cuda;
  hot.file = "cuda-debian12";
  CHECK(repository_file(dnf, hot).path == "/etc/yum.repos.d/cuda-debian12.repo");
  hot.module_hotfixes = true;
  CHECK(repository_file(tdnf, hot).text == head + key + "module_hotfixes=1\n");
}

TEST_CASE("apt holds versions by a file of their own", "[commands]") {
  CHECK(pin_file(apt, "cudnn", {deb, {"libcudnn8-dev", deb.version}}) ==
        TextFile{"/etc/apt/preferences.d/cudnn-install-cudnn",
                 "# Written by cudnn-install: cudnn stays in the version that was installed.\n"
                 "\nPackage: libcudnn8\nPin: version 8.9.6.50-1+cuda12.2\nPin-Priority: 1001\n"
                 "\nPackage: libcudnn8-dev\nPin: version 8.9.6.50-1+cuda12.2\nPin-Priority: 1001\n"});
  CHECK(pin_file(dnf, "cudnn", {rpm}) == TextFile{});
  CHECK((lock_command(apt, deb).empty() && unlock_command(apt, deb).empty() && lock_query(apt).empty()));
}

TEST_CASE("dnf, yum and zypper hold versions by their own locks, tdnf by none", "[commands]") {
  CHECK(line(lock_command(dnf, rpm)) == "dnf -y versionlock add libcudnn8-8.9.6.50-1.cuda12.2");
  CHECK(line(unlock_command(yum, rpm)) == "yum -y versionlock delete libcudnn8-8.9.6.50-1.cuda12.2");
  CHECK(line(unlock_command(dnf5, rpm)) == "dnf5 -y versionlock delete libcudnn8");
  CHECK(line(lock_query(dnf)) == "dnf -q versionlock list");
  CHECK(line(lock_command(zypper, rpm)) == "zypper -n addlock libcudnn8");
  CHECK(line(unlock_command(zypper, rpm)) == "zypper -n removelock libcudnn8");
  CHECK(line(lock_query(zypper)) == "zypper -n --xmlout locks");
  CHECK((lock_command(tdnf, rpm).empty() && pin_file(tdnf, "cudnn", {rpm}) == TextFile{}));
}
