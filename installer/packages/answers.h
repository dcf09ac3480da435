// How to read what package managers and their databases answer (LC_ALL=C). Pure.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/package_manager.h"

namespace cudnn_install {

struct Answer {
  int status = 0;
  std::string out{};
  std::string err{};
};

// One line of a simulation. `from` is "" for a new package, `to` is "" for one that goes; `from` is "?" where a manager
// does not say what it replaces (dnf, yum, tdnf). rpm --test says nothing: no line where all would be well.
struct SimulatedChange {
  std::string name{};
  std::string from{};
  std::string to{};
  bool operator==(const SimulatedChange&) const = default;
};
// A manager that refuses is `package_manager` with its own words, in ours where we know them: refused().
Result<std::vector<SimulatedChange>> simulated_changes(const Manager& manager, const Answer& answer);

// Name → version of those that are installed and configured. Half-installed ones are in `broken`.
struct Installed {
  std::map<std::string, std::string> versions{};
  std::map<std::string, std::vector<std::string>> several{};  // rpm: a name that stands in more than one version
  std::vector<std::string> broken{};                          // dpkg: name and state
};
Installed installed_versions(const Manager& manager, std::string_view out);
Result<PackageVersion> package_in_file(const Manager& manager, const Answer& answer);
std::vector<std::string> files_in_package(const Manager& manager, std::string_view out);  // absolute paths
std::vector<std::string> audit_findings(const Manager& manager, const Answer& answer);    // empty: all is well
std::vector<std::string> changed_files(const Manager& manager,
                                       std::string_view out);  // absolute paths, no configuration
std::vector<std::string> listed_words(std::string_view out);   // one a line, as manual_query answers
std::vector<std::string> locked_packages(const Manager& manager, std::string_view out);  // names

// A refresh that failed although it ended with 0 (old index kept, repository ignored) is an error too. `source` is what
// refresh_command() was given; messages name it.
Result<void> refreshed(const Manager& manager, const std::string& source, const Answer& answer);
// An installation or removal: its status, and what it said in passing (scriptlets that failed and left 0). `what` goes
// on after "cannot": "install libcudnn8 8.9.6.50-1+cuda12.2".
Result<void> carried_through(const Manager& manager, const Answer& answer, const std::string& what);
// The reason in our words, with the code that it deserves: integrity (signatures, digests, keys), network, busy
// (another manager runs), storage, conflict (held or foreign packages), else package_manager.
Error refused(const Manager& manager, const Answer& answer, const std::string& what);

}  // namespace cudnn_install
