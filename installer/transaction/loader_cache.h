#pragma once

#include <vector>

#include "transaction/workplace.h"

namespace cudnn_install {

// Runs ldconfig (root only, and only if the loader's configuration below the root names one of the directories). The
// links are left as they are (-X): they are ours. May be repeated; a failure is not one of the installation.
void refresh_loader_cache(const Workplace& place, const std::vector<Destined>& destinations);

}  // namespace cudnn_install
