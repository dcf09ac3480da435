// What has to be there before the packages themselves can be installed: a local installer or the package with keyring
// and source, keys, the source file, the index. Each change is declared to the run first.
#pragma once

#include "base/error.h"
#include "plan/plan.h"
#include "transaction/package_run.h"

namespace cudnn_install {

// The plan's steps up to InstallPackages. Stops between them if the run is interrupted.
Result<void> arrange(const Plan& plan, PackageRun& run);

}  // namespace cudnn_install
