// Plans that leave a package's version open within a range of driver versions.
#pragma once

#include <string>

#include "base/error.h"
#include "plan/plan.h"
#include "transaction/package_system.h"

namespace cudnn_install {

// `unsupported` where the repositories have none.
Result<std::string> newest_that_serves(const PackageSystem& system, const PackageWork& work);

// In all steps, too.
void set_version(Plan& plan, const std::string& version);

// What stands stays, where it serves; nothing for plans that leave nothing open.
void keep_version(Plan& plan, const PackageReceipt& standing);

}  // namespace cudnn_install
