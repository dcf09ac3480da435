// What to ask dpkg's and rpm's databases: one tab-separated line a package where the format is ours.
#include "packages/package_manager_words.h"
#include "packages/words.h"

namespace cudnn_install {

// rpm's %{EVR} leaves an absent epoch out.
Words version_query(const Manager& manager, const Words& names) {
  return uses_dpkg(manager)
             ? with({"dpkg-query", "-W", "-f", "${db:Status-Abbrev}\\t${Package}\\t${Version}\\n"}, names)
             : with({"rpm", "-q", "--qf", "%{NAME}\\t%{EVR}\\n"}, names);
}

Words package_file_query(const Manager& manager, const std::string& file) {
  return uses_dpkg(manager) ? Words{"dpkg-deb", "--showformat=${Package}\\t${Version}\\n", "--show", file}
                            : Words{"rpm", "-q", "--qf", "%{NAME}\\t%{EVR}\\n", "-p", file};
}

Words package_file_list(const Manager& manager, const std::string& file) {
  return uses_dpkg(manager) ? Words{"dpkg-deb", "--contents", file}
                            : Words{"rpm", "-q", "--qf", "[%{FILEMODES:perms} %{FILENAMES}\\n]", "-p", file};
}

// rpm has no half-installed state; what a dead run leaves there is a name in two versions. Only names like ours are
// asked for: a kernel stands there several times, and others' trouble would not hinder us.
Words audit_query(const Manager& manager) {
  return uses_dpkg(manager)
             ? Words{"dpkg", "--audit"}
             : Words{"rpm", "-q", "-a", "--qf", "%{NAME}.%{ARCH}\\t%{EVR}\\n", "*cudnn*", "cuda-compat-*"};
}

Words installed_files_query(const Manager& manager, const Words& names) {
  return uses_dpkg(manager) ? with({"dpkg-query", "-L"}, names) : with({"rpm", "-q", "-l"}, names);
}

Words check_query(const Manager& manager, const Words& names) {
  return with({uses_dpkg(manager) ? "dpkg" : "rpm", "-V"}, names);
}

Words manual_query(const Manager& manager, const Words& names) {
  return uses_dpkg(manager) ? with({"apt-mark", "showmanual"}, names) : Words();
}

Words mark_automatic_command(const Manager& manager, const Words& names) {
  return uses_dpkg(manager) ? with({"apt-mark", "auto"}, names) : Words();
}

Words key_query(const Manager& manager) {
  return uses_dpkg(manager) ? Words()
                            : Words{"rpm", "-q", "-a", "--qf", "%{NAME}-%{VERSION}-%{RELEASE}\\n", "gpg-pubkey"};
}

Words key_import_command(const Manager& manager, const std::string& file) {
  return uses_dpkg(manager) ? Words() : Words{"rpm", "--import", file};
}

Words key_removal_command(const Manager& manager, const Words& keys) {
  return uses_dpkg(manager) ? Words() : with({"rpm", "-e", "--allmatches"}, keys);
}

Words repair_command(const Manager& manager) {
  return uses_dpkg(manager) ? Words{"env",
                                    "DEBIAN_FRONTEND=noninteractive",
                                    "NEEDRESTART_SUSPEND=1",
                                    "dpkg",
                                    "--force-confold",
                                    "--configure",
                                    "-a"}
                            : Words();
}

}  // namespace cudnn_install
