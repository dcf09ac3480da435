// The prefixes that status and verify speak of.
#pragma once

#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/options.h"
#include "cli/records.h"

namespace cudnn_install {

// The prefix that was asked for, else every prefix that the index of this system, and that of the caller, knows.
// `findings` and `proofs` are left empty.
Result<std::vector<PrefixReport>> prefix_reports(const PlaceOptions& place, const Context& context);

// Where a prefix lies on the disk: resolved, and with the root before it.
std::string directory_of(const PlaceOptions& place, const std::string& prefix);

// cuDNN 8.9.6.50 for CUDA 12; cuda-compat-13-0 580.95.05 for CUDA 13.0
std::string title_of(const Installation& installation);

// "  loads: cuDNN 8.9.6 with CUDA 12.2, 7 libraries", one line each.
std::string text_of(const std::vector<LoadProof>& proofs);

// "  missing lib64/libcudnn.so.8: …", one line each.
std::string text_of(const std::vector<Finding>& findings);

}  // namespace cudnn_install
