// Finding CUDA toolkits in a root.
#pragma once

#include <string>
#include <vector>

#include "host/host.h"
#include "host/root_view.h"

namespace cudnn_install {

// What lies in one existing directory; without a version if nothing there tells one.
CudaToolkit toolkit_at(const RootView& view, const std::string& prefix, const std::string& resolved);

// Those of /usr/local and /opt, each directory once: the /usr/local/cuda link first, then newest first.
std::vector<CudaToolkit> toolkits_of_root(const RootView& view);

}  // namespace cudnn_install
