#pragma once

#include <vector>

#include "base/error.h"
#include "transaction/index.h"
#include "transaction/workplace.h"

namespace cudnn_install {

// Two prefixes may lead to one directory (a link on a shared lib64). Files of ours that lie there for the other prefix
// are in its receipt, so this one may not touch them: `conflict`, naming the other prefix.
Result<void> check_neighbours(const Workplace& place, const std::vector<Destined>& destinations,
                              const std::vector<IndexEntry>& entries);

}  // namespace cudnn_install
