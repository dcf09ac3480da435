// install and upgrade: the same way, but upgrade keeps what it replaces.
#include <memory>
#include <utility>

#include "cli/change.h"
#include "cli/commands.h"

namespace cudnn_install {

namespace {

Result<Outcome> run(const ChangeCommand& command, Planner planner, Context& context) {
  return run_change(
      command, {.look = {.choice = command.choice, .place = command.place}, .planner = std::move(planner)}, context);
}

std::shared_ptr<ChangeCommand> add_options(Definition& definition) {
  auto command = std::make_shared<ChangeCommand>();
  add_choice_options(definition, command->choice);
  add_place_options(definition, command->place);
  add_change_options(definition, command->change);
  add_license_option(definition, command->change);
  add_show_options(definition, command->show);
  add_output_options(definition, command->output);
  return command;
}

}  // namespace

Run add_install(Definition& definition) {
  auto command = add_options(definition);
  return [command](Context& context) { return run(*command, plan_install, context); };
}

Run add_upgrade(Definition& definition) {
  auto command = add_options(definition);
  definition.flag({.names = "--no-keep-previous",
                   .value = {},
                   .text = "Keep nothing for rollback; saves the disk space of one version",
                   .group = "How"},
                  command->change.drop_previous);
  return [command](Context& context) { return run(*command, plan_upgrade, context); };
}

}  // namespace cudnn_install
