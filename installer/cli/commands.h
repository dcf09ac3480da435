// One function a subcommand: it defines the options and answers what runs it. A new subcommand is a
// file with such a function, a line here and a line in commands.cpp.
#pragma once

#include "cli/cli.h"

namespace cudnn_install {

Run add_install(Definition& definition);
Run add_upgrade(Definition& definition);
Run add_plan(Definition& definition);
Run add_status(Definition& definition);
Run add_verify(Definition& definition);
Run add_uninstall(Definition& definition);
Run add_rollback(Definition& definition);
Run add_recipe(Definition& definition);
Run add_releases(Definition& definition);
Run add_package(Definition& definition);
Run add_host(Definition& definition);
Run add_switch(Definition& definition);
Run add_doctor(Definition& definition);
Run add_compat(Definition& definition);
Run add_completion(Definition& definition);
Run add_man(Definition& definition);

}  // namespace cudnn_install
