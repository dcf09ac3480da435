// What main() finds: the terminal, the environment, who calls.
#pragma once

#include <string>
#include <string_view>

#include "cli/cli.h"

namespace cudnn_install {

// Descriptors 0 to 2 open (a file of ours must never get the number of stderr), umask 022, SIGPIPE and SIGXFSZ ignored.
// Answers what forbids to go on, or "": a setuid program would read its options from whoever calls it.
std::string_view prepare_process();

Context context_of_process(Files& files, Processes& processes);

}  // namespace cudnn_install
