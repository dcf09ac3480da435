#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/this_process.h"
#include "system/files.h"
#include "system/processes.h"

namespace {

constexpr int refused = static_cast<int>(cudnn_install::Fault::permission);
constexpr int our_bug = static_cast<int>(cudnn_install::Fault::internal);

}  // namespace

int main(int count, char** words) {
  try {
    if (const auto objection = cudnn_install::prepare_process(); !objection.empty()) {
      std::cerr << "error: " << objection << '\n';
      return refused;
    }
    cudnn_install::RealFiles files;
    cudnn_install::RealProcesses processes;
    cudnn_install::Context context = cudnn_install::context_of_process(files, processes);
    const std::vector<std::string> arguments(words + (count > 0 ? 1 : 0), words + count);
    return cudnn_install::run_command_line(arguments, context);
  } catch (const std::exception& thrown) {
    std::cerr << "error: unexpected: " << thrown.what() << "; this is a mistake in cudnn-install, please report it\n";
  } catch (...) {
    std::cerr << "error: unexpected; this is a mistake in cudnn-install, please report it\n";
  }
  return our_bug;
}
