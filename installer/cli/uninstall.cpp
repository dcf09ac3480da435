// uninstall and rollback: planned from the receipt alone.
#include <memory>
#include <utility>

#include "base/text.h"
#include "cli/change.h"
#include "cli/commands.h"
#include "cli/records.h"
#include "cli/request.h"

namespace cudnn_install {

namespace {

std::string elsewhere(const Request& request, const Context& context) {
  const auto state = state_directory(request.root, context);
  std::string places;
  for (const std::string& prefix : state ? known_prefixes(*state) : std::vector<std::string>{}) {
    places += (places.empty() ? "; there is one with --prefix " : ", ") + shell_word(printable(prefix));
  }
  return places;
}

Outcome nothing_installed(Verb verb, const Request& request, const Context& context) {
  return {.text = "nothing is installed at " + printable(request.prefix) + elsewhere(request, context) + "\n",
          .record = unchanged_record(verb, request.prefix),
          .fault = {}};
}

Result<Outcome> run(const ChangeCommand& command, Planner planner, Verb verb, Context& context) {
  const auto nothing = [&](const Request& request, const Survey& survey) -> std::optional<Outcome> {
    const std::optional<Receipt>& receipt = survey.state.receipt;
    if (!survey.package_receipts.empty() && !request.prefix_given) {
      return std::nullopt;
    }
    const bool in_progress = survey.state.standstill == Standstill::in_progress;
    if (in_progress || (receipt && !receipt->installations.empty())) {
      return std::nullopt;
    }
    return nothing_installed(verb, request, context);
  };
  const SurveyOptions look{.place = command.place, .books = Books::closed};
  return run_change(command, {.look = look, .planner = std::move(planner), .nothing_to_do = nothing}, context);
}

std::shared_ptr<ChangeCommand> add_options(Definition& definition) {
  auto command = std::make_shared<ChangeCommand>();
  add_place_options(definition, command->place);
  add_change_options(definition, command->change);
  add_show_options(definition, command->show);
  add_output_options(definition, command->output);
  return command;
}

}  // namespace

Run add_uninstall(Definition& definition) {
  auto command = add_options(definition);
  definition.text({.names = "--method",
                   .value = "METHOD",
                   .text = "Way that it was installed by, where files and packages are both there",
                   .group = "What"},
                  command->choice.method);
  definition.text(
      {.names = "--cudnn", .value = "VERSION", .text = "Which version, where several are installed", .group = "What"},
      command->choice.cudnn);
  return [command](Context& context) { return run(*command, plan_uninstall, Verb::uninstall, context); };
}

Run add_rollback(Definition& definition) {
  auto command = add_options(definition);
  return [command](Context& context) { return run(*command, plan_rollback, Verb::rollback, context); };
}

}  // namespace cudnn_install
