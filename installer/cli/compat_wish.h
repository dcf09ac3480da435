// From the compatibility decision to a wish that a plan can be made of; an error of `unsupported` where a package would
// not help, with the reasons, the clause and what to do instead.
#pragma once

#include "cli/compat.h"
#include "cli/compat_archive.h"
#include "cli/compat_package.h"
#include "plan/plan.h"

namespace cudnn_install {

// The package that the decision names for all of the GPUs.
Result<CompatWish> compat_wish(const CompatTables& tables, const CompatQuestions& asked);
// The package in hand, whose library the questions are about.
Result<CompatWish> compat_wish(const CompatTables& tables, const CompatQuestions& asked, const PackageInHand& package);

// The archive in hand, in the same way.
Result<CompatWish> compat_wish(const CompatTables& tables, const CompatQuestions& asked, const ArchiveInHand& archive);

}  // namespace cudnn_install
