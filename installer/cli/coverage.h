// recipe explain --coverage: both guides, clause by clause.
#pragma once

#include <string>

#include "cli/cli.h"

namespace cudnn_install {

// `guide` is installation, compatibility, or "" for both; `directory` holds other recipes than the built-in ones.
Result<Outcome> coverage(const std::string& guide, const std::string& directory, Context& context);

}  // namespace cudnn_install
