// What is asked before anything is staged or committed.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "transaction/workplace.h"

namespace cudnn_install {

// Room for at least the packed size on every destination's file system, and inodes; room for `kept` bytes more where
// the kept files lie (storage).
Result<void> check_room(const std::string& archive, const Workplace& place, const std::vector<Destined>& destinations,
                        std::uint64_t kept);

// What it takes to keep all files of an installation: nothing where a second name does it, their size where that is a
// copy, on another file system or in a stack of layers.
std::uint64_t copied_to_keep(const Installation& installation, const Workplace& place,
                             const std::vector<Destined>& destinations);

// Paths below the root that dpkg or rpm put there are theirs: conflict, naming the package.
Result<void> check_owners(const Workplace& place, const std::vector<std::string>& paths);

}  // namespace cudnn_install
