// The GPUs that `compat` asks about.
#pragma once

#include <string>
#include <vector>

#include "cli/cli.h"
#include "compat/tables.h"
#include "host/root_view.h"

namespace cudnn_install {

// Those of the machine, each kind once. One that is in no table has the brand that its name shows, or none.
std::vector<Gpu> gpus_of_machine(const CompatTables& tables, Context& context, const RootView& view);

// A name or a compute capability, as typed; a name that is not known is `usage`, with the nearest ones.
Result<Gpu> gpu_of(const CompatTables& tables, const std::string& typed);

}  // namespace cudnn_install
