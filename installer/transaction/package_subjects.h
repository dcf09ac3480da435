// The subjects of a package method brought to one of their two states. Installation, its way back and uninstallation
// are this one thing; repeated, it does nothing more.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "receipt/package_receipt.h"
#include "transaction/package_system.h"

namespace cudnn_install {

enum class Side { before, after };
const std::optional<SubjectState>& state_on(Side side, const Subject& subject);

// After a run that was stopped, rpm's database cannot tell whether a package's files and scripts are whole: those that
// stand in their version are installed once more.
enum class Again { no, yes };

struct Bringing {
  Side side = Side::after;
  // A package that was there before us, and that somebody has moved to a third version since, is left there; on the way
  // forward of an installation none is.
  bool leaves_moved = false;
  Again again = Again::no;
  std::string cache{};  // directory with package files, as the root sees it
};

// What is neither as before nor as after was changed by somebody else and stays, and so does what others' packages need
// by now: one sentence each. Errors leave the rest undone.
Result<std::vector<std::string>> bring(const PackageSystem& system, const std::vector<Subject>& subjects,
                                       const Bringing& how);

// Only the locks of versions that are not to stay: zypper foresees nothing while they hold.
Result<void> release_locks(const PackageSystem& system, const std::vector<Subject>& subjects, Side side);

// Names of the packages among them.
Words package_names(const std::vector<Subject>& subjects);

bool has(const std::vector<std::string>& names, const std::string& name);

// Packages that are not ours and would go with `names`, by simulation.
Result<std::vector<std::string>> dependents(const PackageSystem& system, const Words& names);

}  // namespace cudnn_install
