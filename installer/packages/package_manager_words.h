// What to say to apt, dnf, yum, zypper and tdnf. Pure: the caller runs the commands (no shell, no terminal, LC_ALL=C),
// reads the answers with answers.h and asks the database what really happened.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/package_manager.h"

namespace cudnn_install {

using Words = std::vector<std::string>;  // an argument vector

bool uses_dpkg(const Manager& manager);  // else rpm

// --- as the guide has them, for people -----------------------------------------------------------------------------

Words documented_refresh(const Manager& manager);  // apt-get update | yum clean all | zypper refresh
Words documented_install(const Manager& manager, const PackageVersion& package);  // apt-get install libcudnn8=…
Words documented_package_file(const Manager& manager, const std::string& file);   // dpkg -i FILE | rpm -i FILE
Words documented_repository(const Manager& manager, const std::string& url);  // yum-config-manager --add-repo URL …
Words documented_removal(const Manager& manager, const Words& names);

// --- as they are run: never a question, no more than what is said --------------------------------------------------

// One source alone, and strictly where the manager can. `source` is the path of apt's list file, else a repository's
// id.
Words refresh_command(const Manager& manager, const std::string& source);
// What would happen; changes nothing. Versions may be older than the installed ones.
Words simulation_command(const Manager& manager, const std::vector<PackageVersion>& wanted);
Words removal_simulation_command(const Manager& manager, const Words& names);
// Into the manager's own cache; installs nothing.
Words download_command(const Manager& manager, const std::vector<PackageVersion>& wanted);
Words install_command(const Manager& manager, const std::vector<PackageVersion>& wanted);
// The packages alone: dependencies that they brought stay. dpkg purges, since our packages' configuration is ours, and
// refuses where another package needs one of them; dnf and zypper take that one along, so simulate first.
Words removal_command(const Manager& manager, const Words& names);
// Package files in hand, older ones too: dpkg -i, rpm -U --oldpackage --replacepkgs.
Words file_install_command(const Manager& manager, const Words& files);
Words file_simulation_command(const Manager& manager, const Words& files);
// A package that is installed, as a file in `directory` (zypper: in a folder below it), from where the repositories
// still serve it.
Words fetch_command(const Manager& manager, const PackageVersion& package, const std::string& directory);
// A file of the web into `file`, by the manager's own downloader; empty where it has none (apt alone has).
Words web_file_command(const Manager& manager, const std::string& url, const std::string& file);

// --- the database --------------------------------------------------------------------------------------------------

Words version_query(const Manager& manager, const Words& names);            // read by installed_versions()
Words package_file_query(const Manager& manager, const std::string& file);  // read by package_in_file()
Words package_file_list(const Manager& manager, const std::string& file);   // read by files_in_package()
Words audit_query(const Manager& manager);                                  // read by audit_findings()
Words installed_files_query(const Manager& manager, const Words& names);    // one path a line
Words check_query(const Manager& manager, const Words& names);              // dpkg -V | rpm -V; read by changed_files()
Words manual_query(const Manager& manager, const Words& names);             // apt-mark showmanual; empty for rpm
Words mark_automatic_command(const Manager& manager, const Words& names);   // empty for rpm
Words key_query(const Manager& manager);                                    // gpg-pubkey packages; empty for dpkg
// A public key's file into rpm's database, and keys out of it by the names that key_query() has; empty for dpkg. zypper
// has to know the key before its first refresh: left to itself it would take whatever key a repository offers.
Words key_import_command(const Manager& manager, const std::string& file);
Words key_removal_command(const Manager& manager, const Words& keys);
Words repair_command(const Manager& manager);  // dpkg --configure -a; empty for rpm

// --- files ---------------------------------------------------------------------------------------------------------

struct TextFile {
  std::string path{};  // below the root
  std::string text{};
  bool operator==(const TextFile&) const = default;
};
TextFile repository_file(const Manager& manager, const Repository& repository);
// What holds `packages` in their versions, where that is a file of its own (preferences); "" path where it is not.
TextFile pin_file(const Manager& manager, const std::string& product, const std::vector<PackageVersion>& packages);
// Where holding is a command or a line in a shared file: the lock of one package (versionlock, zypper-lock).
Words lock_command(const Manager& manager, const PackageVersion& package);
Words unlock_command(const Manager& manager, const PackageVersion& package);
Words lock_query(const Manager& manager);  // read by locked_packages()

}  // namespace cudnn_install
