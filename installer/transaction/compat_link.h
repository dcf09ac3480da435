// The shared deployment of a CUDA forward-compatibility package: one link that a checked activation sets, and a file of
// the loader's configuration that names the link alone. Whatever stops a run in between leaves the link of before, or a
// link that the loader does not know of yet.
#pragma once

#include <string>

#include "base/error.h"
#include "system/files.h"
#include "system/processes.h"

namespace cudnn_install {

struct CompatPlace {
  std::string root = "/";
  Files& files;
  Processes& processes;
};

enum class LoaderUse { none, configured };
// `target` is the package's directory as the root sees it. Something else than a link of ours in the way is `conflict`.
Result<void> set_compat_link(const CompatPlace& place, const std::string& target, LoaderUse use);
// Takes back both; what is not ours is `conflict`, what is not there is fine.
Result<void> remove_compat_link(const CompatPlace& place);

}  // namespace cudnn_install
