// The walls round the reader child.
#pragma once

#include "system/archive_reader.h"

namespace cudnn_install {

// Called in the child: gives up every right but computing and using the descriptors that are open. Answers which walls
// stand; where a kernel has neither, the caller decides what may be read.
Protection walled_in(int parent);

}  // namespace cudnn_install
