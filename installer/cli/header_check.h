// Whether a compiler's header and the loader's library are of one version, for verify, status and after an install.
#pragma once

#include <string>
#include <vector>

#include "cli/cli.h"
#include "plan/plan.h"
#include "receipt/package_receipt.h"
#include "verify/verify.h"

namespace cudnn_install {

// `root` is a checked one; `prefix` the CUDA directory as the system below it names it.
std::vector<Finding> headers_at(const std::string& root, const std::string& prefix);
// The header of the packages, and one that lies alone in the CUDA directory, where nvcc looks first.
Result<std::vector<Finding>> headers_of(const std::string& root, const PackageReceipt& receipt, Context& context);

// After a plan has been carried out: what is to be told, nothing where all fits or nothing can be known.
std::vector<std::string> header_warnings(const Plan& plan, Context& context);

}  // namespace cudnn_install
