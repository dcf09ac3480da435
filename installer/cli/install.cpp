// install and upgrade: the same way, but upgrade keeps what it replaces.
#include <memory>

#include <CLI/CLI.hpp>

#include "cli/change.h"
#include "cli/commands.h"
#include "cli/request.h"

namespace cudnn_install {

namespace {

using Planner = Result<Plan> (*)(const Request&, const Situation&);

Result<Outcome> run(const ChangeCommand& command, Planner planner, Context& context) {
  auto request = request_from(command.choice, command.place);
  if (!request) {
    return tl::unexpected(request.error());
  }
  request->keep_previous = command.change.keep_previous;
  auto survey = surveyed(*request, command.choice, command.place, Books::open, context);
  if (!survey) {
    return tl::unexpected(survey.error());
  }
  if (auto settled = settle_first(*request, *survey, command, context); !settled) {
    return tl::unexpected(settled.error());
  }
  warn(survey->warnings, command.output, context);
  const auto plan = planner(*request, survey->situation());
  if (!plan) {
    return tl::unexpected(plan.error());
  }
  return carried_out(*plan, command, context);
}

std::shared_ptr<ChangeCommand> add_options(CLI::App& app) {
  auto command = std::make_shared<ChangeCommand>();
  add_choice_options(app, command->choice);
  add_place_options(app, command->place);
  add_change_options(app, command->change);
  add_license_option(app, command->change);
  add_show_options(app, command->show);
  add_output_options(app, command->output);
  return command;
}

}  // namespace

Run add_install(CLI::App& app) {
  auto command = add_options(app);
  return [command](Context& context) { return run(*command, plan_install, context); };
}

Run add_upgrade(CLI::App& app) {
  auto command = add_options(app);
  app.add_flag_callback(
         "--no-keep-previous", [command] { command->change.keep_previous = false; },
         "Keep nothing for rollback; saves the disk space of one version")
      ->group("How");
  return [command](Context& context) { return run(*command, plan_upgrade, context); };
}

}  // namespace cudnn_install
