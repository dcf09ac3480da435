#include <memory>

#include "cli/change.h"
#include "cli/commands.h"
#include "cli/request.h"

namespace cudnn_install {

namespace {

struct PlanOptions {
  OutputOptions output{};
  PlaceOptions place{};
  ChoiceOptions choice{};
  ShowOptions show{};
};

Result<Outcome> run(const PlanOptions& options, Context& context) {
  auto request = request_from(options.choice, options.place);
  if (!request) {
    return tl::unexpected(request.error());
  }
  const auto survey =
      surveyed(*request, {.choice = options.choice, .place = options.place, .host_file = options.show.host}, context);
  if (!survey) {
    return tl::unexpected(survey.error());
  }
  warn(survey->warnings, options.output, context);
  if (survey->state.standstill == Standstill::open_journal) {
    warn({"an interrupted run is to be settled first; the next install, upgrade, rollback or uninstall does that"},
         options.output, context);
  }
  const auto plan = plan_install(*request, survey->situation());
  if (!plan) {
    return tl::unexpected(plan.error());
  }
  return shown(*plan, options.show, options.output);
}

}  // namespace

Run add_plan(Definition& definition) {
  auto options = std::make_shared<PlanOptions>();
  add_choice_options(definition, options->choice);
  add_place_options(definition, options->place);
  definition.text({.names = "--host",
                   .value = "FILE",
                   .text = "Plan for the machine whose host --json record is in FILE",
                   .group = "Where"},
                  options->show.host);
  add_show_options(definition, options->show);
  add_output_options(definition, options->output);
  return [options](Context& context) { return run(*options, context); };
}

}  // namespace cudnn_install
