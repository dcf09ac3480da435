// What is run: without questions, without trust in what nobody signed, and no more than what is said.
#include <algorithm>

#include "packages/package_manager_words.h"
#include "packages/words.h"

namespace cudnn_install {

namespace {

bool speaks(const Manager& manager, std::string_view family) {
  return manager.speaks == family;
}

// apt and dpkg start maintainer scripts, which may ask by debconf or restart services by needrestart.
Words quiet(const Words& words) {
  return with({"env", "DEBIAN_FRONTEND=noninteractive", "NEEDRESTART_SUSPEND=1"}, words);
}

// Whatever the machine's configuration allows, bytes that nobody signed are not taken here.
Words apt_get() {
  return quiet({"apt-get", "-y", "-q", "-o", "APT::Color=0", "-o", "Dpkg::Use-Pty=0", "-o", "DPkg::Lock::Timeout=60",
                "-o", "Dpkg::Options::=--force-confold", "-o", "APT::Get::AllowUnauthenticated=0", "-o",
                "Acquire::AllowInsecureRepositories=0", "-o", "Acquire::AllowWeakRepositories=0", "-o",
                "Acquire::AllowDowngradeToInsecureRepositories=0"});
}

Words apt_install(const Words& options) {
  return with(with(apt_get(), {"--no-install-recommends", "--allow-downgrades"}), options);
}

// name=version for apt and zypper, name-version for the yum family.
Words specs(const Manager& manager, const std::vector<PackageVersion>& wanted) {
  const std::string between = uses_dpkg(manager) || speaks(manager, "zypper") ? "=" : "-";
  Words words;
  std::transform(wanted.begin(), wanted.end(), std::back_inserter(words), [&](const PackageVersion& package) {
    return package.version.empty() ? package.name : package.name + between + package.version;
  });
  return words;
}

enum class Ask { yes, no };

Words yum_family(const Manager& manager, Ask answer, const Words& more) {
  return with({manager.speaks, answer == Ask::yes ? "-y" : "--assumeno"}, more);
}

Words zypper(const Words& more) {
  return with({"zypper", "-n"}, more);
}

// Recommended packages are more than what is said; a licence is agreed to before any of this runs.
Words zypper_install(const Words& options) {
  return zypper(with({"install", "--no-recommends", "--oldpackage", "--auto-agree-with-licenses"}, options));
}

// Weak dependencies are more than what is said; yum 3 and tdnf have none.
Words yum_install_options(const Manager& manager) {
  if (speaks(manager, "dnf5")) {
    return {"--setopt=install_weak_deps=False", "install", "--allow-downgrade"};
  }
  return speaks(manager, "dnf") ? Words{"--setopt=install_weak_deps=False", "install"} : Words{"install"};
}

Words yum_remove_options(const Manager& manager) {
  if (speaks(manager, "dnf5")) {
    return {"remove", "--no-autoremove"};
  }
  return speaks(manager, "tdnf") ? Words{"--noautoremove", "remove"}
                                 : Words{"--setopt=clean_requirements_on_remove=False", "remove"};
}

}  // namespace

bool uses_dpkg(const Manager& manager) {
  return manager.speaks == "apt";
}

Words refresh_command(const Manager& manager, const std::string& source) {
  if (uses_dpkg(manager)) {
    const Words one = {"-o", "Dir::Etc::sourcelist=" + source, "-o", "Dir::Etc::sourceparts=-",
                       "-o", "APT::Get::List-Cleanup=0"};
    return with(with(with(apt_get(), one), manager.strict_refresh ? Words{"--error-on=any"} : Words()), {"update"});
  }
  if (speaks(manager, "zypper")) {  // without --gpg-auto-import-keys, which trusts any key that the repository offers
    return zypper({"refresh", source});
  }
  const Words one = {"--disablerepo=*", "--enablerepo=" + source};
  if (speaks(manager, "tdnf")) {
    return yum_family(manager, Ask::yes, with(one, {"--refresh", "makecache"}));
  }
  // Neither skipped when it cannot be had nor taken from a cache that is young enough.
  const Words strictly = {"--setopt=skip_if_unavailable=0", "--setopt=metadata_expire=1"};
  return yum_family(manager, Ask::yes, with(with(one, strictly), {"makecache"}));
}

Words simulation_command(const Manager& manager, const std::vector<PackageVersion>& wanted) {
  if (uses_dpkg(manager)) {
    return with(apt_install({"--simulate", "install"}), specs(manager, wanted));
  }
  if (speaks(manager, "zypper")) {
    return with(with({"zypper", "-n", "--xmlout"}, {"install", "--no-recommends", "--oldpackage", "--dry-run"}),
                specs(manager, wanted));
  }
  return yum_family(manager, Ask::no, with(yum_install_options(manager), specs(manager, wanted)));
}

Words removal_simulation_command(const Manager& manager, const Words& names) {
  if (uses_dpkg(manager)) {
    return with(with(apt_get(), {"-o", "APT::Get::AutomaticRemove=0", "--simulate", "purge"}), names);
  }
  if (speaks(manager, "zypper")) {
    return with({"zypper", "-n", "--xmlout", "remove", "--no-clean-deps", "--dry-run"}, names);
  }
  return yum_family(manager, Ask::no, with(yum_remove_options(manager), names));
}

Words download_command(const Manager& manager, const std::vector<PackageVersion>& wanted) {
  if (uses_dpkg(manager)) {
    return with(apt_install({"--download-only", "install"}), specs(manager, wanted));
  }
  if (speaks(manager, "zypper")) {
    return with(zypper_install({"--download-only"}), specs(manager, wanted));
  }
  const Words only = with(yum_install_options(manager), {"--downloadonly"});
  return yum_family(manager, Ask::yes, with(only, specs(manager, wanted)));
}

Words install_command(const Manager& manager, const std::vector<PackageVersion>& wanted) {
  if (uses_dpkg(manager)) {
    return with(apt_install({"--no-remove", "install"}), specs(manager, wanted));
  }
  if (speaks(manager, "zypper")) {
    return with(zypper_install({}), specs(manager, wanted));
  }
  return yum_family(manager, Ask::yes, with(yum_install_options(manager), specs(manager, wanted)));
}

Words removal_command(const Manager& manager, const Words& names) {
  if (uses_dpkg(manager)) {
    // What a dead run left half unpacked goes too.
    return with(quiet({"dpkg", "--force-remove-reinstreq", "--purge"}), names);
  }
  if (speaks(manager, "zypper")) {
    return with(zypper({"remove", "--no-clean-deps"}), names);
  }
  return yum_family(manager, Ask::yes, with(yum_remove_options(manager), names));
}

Words file_install_command(const Manager& manager, const Words& files) {
  return uses_dpkg(manager) ? with(quiet({"dpkg", "--force-confold", "-i"}), files)
                            : with({"rpm", "-U", "--oldpackage", "--replacepkgs"}, files);
}

Words file_simulation_command(const Manager& manager, const Words& files) {
  return uses_dpkg(manager) ? with(apt_install({"--simulate", "install"}), files)
                            : with({"rpm", "-U", "--test", "--oldpackage", "--replacepkgs"}, files);
}

Words fetch_command(const Manager& manager, const PackageVersion& package, const std::string& directory) {
  const std::string spec = specs(manager, {package}).front();
  if (uses_dpkg(manager)) {  // it writes into its working directory
    return with(with({"env", "--chdir=" + directory}, apt_get()), {"download", spec});
  }
  if (speaks(manager, "zypper")) {
    return {"zypper",          "-n",           "--pkg-cache-dir", directory,         "install",
            "--no-recommends", "--oldpackage", "--force",         "--download-only", spec};
  }
  if (speaks(manager, "dnf5")) {
    return {"dnf5", "-y", "download", "--destdir=" + directory, spec};
  }
  return yum_family(manager, Ask::yes, {"--downloadonly", "--downloaddir=" + directory, "reinstall", spec});
}

Words web_file_command(const Manager& manager, const std::string& url, const std::string& file) {
  return uses_dpkg(manager) ? Words{"/usr/lib/apt/apt-helper", "download-file", url, file} : Words();
}

}  // namespace cudnn_install
