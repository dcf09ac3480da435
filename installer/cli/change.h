// What install, upgrade, uninstall and rollback have in common: settle, show, ask, perform, say.
#pragma once

#include <functional>
#include <optional>

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

using Planner = std::function<Result<Plan>(const Request&, const Situation&)>;

// One verb's way: what it looks at, how it plans, and how it answers where there is nothing to plan (may be empty).
struct ChangeVerb {
  SurveyOptions look{};
  Planner planner{};
  std::function<std::optional<Outcome>(const Request&, const Survey&)> nothing_to_do{};
  std::optional<CompatWish> compat{};  // what it is about, if not cuDNN
  // Done after all questions, just before the plan; and what takes that back where the plan is refused (both may be
  // empty).
  std::function<Result<void>(const Plan&)> first{};
  std::function<Result<void>(const Plan&)> first_back{};
};

// Looks at the machine, carries an interrupted run to its end (the receipt may change), plans, shows, asks, performs.
// For --dry-run the plan is the answer and nothing is settled.
Result<Outcome> run_change(const ChangeCommand& command, const ChangeVerb& verb, Context& context);

void warn(const std::vector<std::string>& warnings, const OutputOptions& output, Context& context);

}  // namespace cudnn_install
