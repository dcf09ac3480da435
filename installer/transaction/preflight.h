// What is asked before anything is staged or committed.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "transaction/workplace.h"

namespace cudnn_install {

// Room for at least the packed size on every destination's file system, and inodes (storage).
Result<void> check_room(const std::string& archive, const std::vector<Destined>& destinations);

// Paths below the root that dpkg or rpm put there are theirs: conflict, naming the package.
Result<void> check_owners(const Workplace& place, const std::vector<std::string>& paths);

}  // namespace cudnn_install
