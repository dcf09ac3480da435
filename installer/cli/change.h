// What install, upgrade, uninstall and rollback have in common: settle, show, ask, perform, say.
#pragma once

#include "cli/cli.h"
#include "cli/options.h"
#include "cli/survey.h"
#include "plan/plan.h"
#include "transaction/transaction.h"

namespace cudnn_install {

struct ChangeCommand {
  OutputOptions output{};
  PlaceOptions place{};
  ChoiceOptions choice{};
  ShowOptions show{};
  ChangeOptions change{};
};

// The plan in the form that --format asks for.
Result<Outcome> shown(const Plan& plan, const ShowOptions& show, const OutputOptions& output);

// An interrupted run is carried to its end before anything new is planned: the receipt may change. Does nothing for
// --dry-run.
Result<void> settle_first(const Request& request, Survey& survey, const ChangeCommand& command, Context& context);

// For --dry-run the plan is the answer; else it is shown, asked about and performed.
Result<Outcome> carried_out(const Plan& plan, const ChangeCommand& command, Context& context);

void warn(const std::vector<std::string>& warnings, const OutputOptions& output, Context& context);

}  // namespace cudnn_install
