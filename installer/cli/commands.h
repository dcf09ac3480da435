// One function a subcommand: it defines the options on its CLI::App and answers what runs it. A new subcommand is a
// file with such a function, a line here and a line in commands.cpp.
#pragma once

#include "cli/cli.h"

namespace cudnn_install {

Run add_install(CLI::App& app);
Run add_upgrade(CLI::App& app);
Run add_plan(CLI::App& app);
Run add_status(CLI::App& app);
Run add_verify(CLI::App& app);
Run add_uninstall(CLI::App& app);
Run add_rollback(CLI::App& app);
Run add_recipe(CLI::App& app);
Run add_releases(CLI::App& app);
Run add_host(CLI::App& app);
Run add_completion(CLI::App& app);
Run add_man(CLI::App& app);

}  // namespace cudnn_install
