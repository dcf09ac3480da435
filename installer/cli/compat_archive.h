// An archive in hand that is no package: which forward-compatibility libraries it brings, without installing anything.
#pragma once

#include <string>

#include "compat/decision.h"
#include "plan/plan.h"
#include "recipe/recipe.h"
#include "system/archive_reader.h"

namespace cudnn_install {

// redist or runfile by the file's name; "" for any other.
std::string archive_kind(const std::string& file);

struct ArchiveInHand {
  CompatArchive archive{};
  CompatLibrary library{};  // its path is the one in the archive
};
// `product` tells how archives of the kind are laid out; `expected` as for all archives: a wrong digest is `integrity`.
Result<ArchiveInHand> archive_in_hand(const std::string& file, const Product& product, const Expectation& expected);

}  // namespace cudnn_install
