// A forward-compatibility package in hand: what it is, and which libcuda it brings, without installing anything.
#pragma once

#include <string>

#include "base/package_manager.h"
#include "base/sha256.h"
#include "cli/cli.h"
#include "compat/decision.h"
#include "plan/plan.h"
#include "system/archive_reader.h"

namespace cudnn_install {

struct PackageInHand {
  PackageVersion package{};
  CompatLibrary library{};  // its path is the one that it will have
  Sha256 sha256{};          // of the file that was read
};
// What a .deb or .rpm says that it is; a local installer of CUDA is called cuda-repo-….
Result<PackageVersion> package_told(const std::string& file, Context& context);
// `told` is that; `expected` as for archives: a wrong digest is `integrity`.
Result<PackageInHand> package_in_hand(const PackageVersion& told, const std::string& file, const Expectation& expected);

}  // namespace cudnn_install
