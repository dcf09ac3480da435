#include "cli/change.h"

#include <sys/utsname.h>

#include <ostream>
#include <utility>

#include "base/text.h"
#include "cli/header_check.h"
#include "cli/records.h"
#include "cli/request.h"
#include "cli/terminal.h"
#include "system/signals.h"
#include "transaction/package_transaction.h"

namespace cudnn_install {

namespace {

Talk talk_of(const OutputOptions& output) {
  return output.quiet ? Talk::quiet : Talk::normal;
}

Result<TransactionOptions> options_for(const std::string& root, const ChangeCommand& command, Context& context) {
  auto state = state_directory(root, context);
  if (!state) {
    return tl::unexpected(state.error());
  }
  auto timeout = checked_lock_timeout(command.change.lock_timeout);
  if (!timeout) {
    return tl::unexpected(timeout.error());
  }
  TransactionOptions options;
  options.trust = command.change.trust_prefix ? Trust::given : Trust::checked;
  options.lock_timeout = *timeout;
  options.state = std::move(*state);
  options.tool = tool_version();
  return options;
}

// Where the text is to be found.
std::string licence_place(const Plan& plan) {
  if (plan.packages) {
    return "'/usr/share/doc/" + plan.packages->packages.front().name + "' in the packages";
  }
  const std::string below = plan.wanted->top.empty() ? "" : plan.wanted->top + "/";
  return "'" + below + plan.wanted->license + "' in '" + plan.wanted->location + "'";
}

std::string licence_name(const Plan& plan) {
  const bool cudnn = plan.wanted ? plan.wanted->front == "libcudnn" : !plan.packages || !plan.packages->range;
  return cudnn ? "NVIDIA's cuDNN licence" : "NVIDIA's CUDA licence";
}

// The digest of the text is added by the transaction, which reads the archive.
Result<LicenceRecord> licence(const Plan& plan, const ChangeOptions& change, Context& context) {
  const bool brings = plan.wanted ? !plan.wanted->demo : plan.packages && plan.verb != Verb::uninstall;
  if (!brings) {
    return LicenceRecord{};
  }
  LicenceRecord accepted{.accepted = true, .text = {}, .when = context.now(), .user = context.caller.name};
  if (change.accept_license || context.variable("CUDNN_INSTALL_ACCEPT_LICENSE") == "1") {
    return accepted;
  }
  const std::string place = licence_place(plan);
  auto answer = asked(context, "do you accept " + licence_name(plan) + ", " + printable(place) + "?",
                      "read it, then add --accept-license or set CUDNN_INSTALL_ACCEPT_LICENSE=1");
  if (!answer) {
    return tl::unexpected(answer.error());
  }
  if (!*answer) {
    return failure(Fault::usage, licence_name(plan) + " was not accepted: nothing was done", "its text is " + place);
  }
  return accepted;
}

Result<void> consent(const Plan& plan, const ChangeCommand& command, Context& context) {
  if (!command.output.quiet) {
    context.err << to_text(plan, command.output.verbose ? Explain::yes : Explain::no) << '\n' << std::flush;
  }
  if (command.change.yes) {
    return {};
  }
  auto answer = asked(context, "go on?", "look at the plan with --dry-run, then add --yes");
  if (!answer) {
    return tl::unexpected(answer.error());
  }
  return *answer ? Result<void>{} : failure(Fault::usage, "not agreed to: nothing was done");
}

// A catalogue entry without the file in hand.
Error download_needed(const Plan& plan, const Wanted& wanted) {
  const std::string file = wanted.location.substr(wanted.location.rfind('/') + 1);
  std::string command = "cudnn-install " + std::string(name_of(plan.verb)) + " --archive " + shell_word(file) +
                        " --prefix " + shell_word(plan.prefix);
  std::string check;
  if (wanted.sha256) {
    check = " (sha256 " + wanted.sha256->hex() + ")";
    command += " --sha256 " + wanted.sha256->hex();
  }
  if (plan.root != "/") {
    command += " --root " + shell_word(plan.root);
  }
  return {.fault = Fault::network,
          .what = "downloading is not part of this build yet: '" + wanted.location + "'" + check,
          .hint = "fetch it by hand, then run: " + command};
}

std::string sentence(const Plan& plan, const Done& done) {
  const std::string version = done.chosen.empty() ? "" : ", version " + done.chosen.front().version;
  if (done.change == Change::none) {
    return "unchanged: " + plan.title + version;
  }
  switch (plan.verb) {
    case Verb::install:
      return "installed " + plan.title + version;
    case Verb::upgrade:
      return "upgraded to " + plan.title;
    case Verb::uninstall:
      return "took " + plan.title;
    case Verb::rollback:  // without a previous version it takes the newest out
      return (plan.title.rfind("back to ", 0) == 0 ? "went " : "took ") + plan.title;
  }
  return plan.title;
}

void tell_after(const Plan& plan, const Done& done, Context& context) {
  for (const std::string& sentence : done.left) {
    context.err << printable(sentence) << '\n';
  }
  for (const std::string& path : done.kept_aside) {
    context.err << "kept aside: " << printable(path) << " (uninstall brings it back)\n";
  }
  if (done.change == Change::made && plan.wanted && plan.wanted->demo) {
    context.err << "this is the demo payload, not NVIDIA cuDNN\n";
  }
}

// Programs of another processor do not run here, and a package manager is one.
Result<void> same_machine(const Plan& plan, const Host& host) {
  utsname names{};
  if (!plan.packages || plan.root == "/" || uname(&names) != 0 || host.machine == names.machine) {
    return {};
  }
  return failure(Fault::unsupported,
                 "'" + plan.root + "' is a system for " + printable(host.machine) + ", this machine is " +
                     static_cast<const char*>(names.machine),
                 "run cudnn-install on such a machine, or take the tar method, which runs nothing of that system");
}

Result<void> can_go_on(const Plan& plan) {
  if (plan.wanted && is_url(plan.wanted->location)) {
    return tl::unexpected(download_needed(plan, *plan.wanted));
  }
  return {};
}

Result<void> settle_first(const Request& request, Survey& survey, const ChangeCommand& command, Context& context) {
  if (command.change.dry_run) {
    return {};
  }
  auto options = options_for(request.root, command, context);
  if (!options) {
    return tl::unexpected(options.error());
  }
  Plan place;
  place.root = request.root;
  place.prefix = request.prefix;
  watch_signals();
  const Effects effects{.files = context.files, .processes = context.processes};
  auto sentences = settle_open(place, *options, effects);
  options->state = package_state(request.root, context);
  const auto packages = sentences && context.caller.root
                            ? settle_packages(request.root, *options, effects)
                            : sentences.map([](const auto&) { return std::vector<std::string>(); });
  if (!packages) {
    return tl::unexpected(packages.error());
  }
  sentences->insert(sentences->end(), packages->begin(), packages->end());
  Progress progress(context, talk_of(command.output));
  for (const std::string& text : *sentences) {
    progress.show({.kind = Event::Kind::settled, .text = text});
  }
  if (auto looked = look_at_packages(request, survey, context); !looked) {
    return looked;
  }
  if (!sentences->empty() || survey.state.standstill == Standstill::open_journal) {
    auto state = prefix_state(request.root, request.prefix);
    if (!state) {
      return tl::unexpected(state.error());
    }
    survey.state = std::move(*state);
  }
  return {};
}

// With what the verb does before it; that is taken back where the plan was not carried out.
Result<Done> performed(const Plan& plan, const ChangeVerb& verb, const TransactionOptions& options, Context& context) {
  if (auto ready = verb.first ? verb.first(plan) : Result<void>(); !ready) {
    return tl::unexpected(ready.error());
  }
  auto done = perform(plan, options, {.files = context.files, .processes = context.processes});
  if (done || done.error().fault == Fault::needs_settling || !verb.first_back) {
    return done;
  }
  const auto back = verb.first_back(plan);
  return back ? done : tl::unexpected(during(std::move(done.error()), "go back (" + back.error().what + ")"));
}

Result<Outcome> carried_out(const Plan& plan, const ChangeCommand& command, const Expectation& expected,
                            const ChangeVerb& verb, Context& context) {
  if (command.change.dry_run) {
    return shown(plan, command.show, command.output);
  }
  auto options = options_for(plan.root, command, context);
  if (!options) {
    return tl::unexpected(options.error());
  }
  if (plan.packages) {
    options->state = package_state(plan.root, context);
  }
  if (auto possible = can_go_on(plan); !possible) {
    return tl::unexpected(possible.error());
  }
  if (auto agreed = consent(plan, command, context); !agreed) {
    return tl::unexpected(agreed.error());
  }
  auto accepted = licence(plan, command.change, context);
  if (!accepted) {
    return tl::unexpected(accepted.error());
  }
  options->licence = std::move(*accepted);
  options->instead = expected.instead;
  Progress progress(context, talk_of(command.output));
  options->report = [&progress](const Event& event) { progress.show(event); };
  watch_signals();
  const auto done = performed(plan, verb, *options, context);
  if (!done) {
    return tl::unexpected(done.error());
  }
  if (!command.output.quiet) {
    tell_after(plan, *done, context);
    warn(header_warnings(plan, context), command.output, context);
  }
  return Outcome{.text = sentence(plan, *done) + "\n", .record = change_record(plan, *done), .fault = {}};
}

}  // namespace

void warn(const std::vector<std::string>& warnings, const OutputOptions& output, Context& context) {
  for (const std::string& warning : warnings) {
    if (!output.quiet) {
      context.err << "warning: " << printable(warning) << '\n';
    }
  }
}

Result<Outcome> shown(const Plan& plan, const ShowOptions& show, const OutputOptions& output) {
  const std::string format = output.json ? "json" : show.format;
  const std::string record = format == "json" ? to_json(plan) : "";
  if (format == "json") {
    return Outcome{.text = record, .record = record, .fault = {}};
  }
  if (format == "text") {
    const bool explain = show.explain || output.verbose;
    return Outcome{.text = to_text(plan, explain ? Explain::yes : Explain::no), .record = {}, .fault = {}};
  }
  if (format == "sh") {
    return Outcome{.text = to_shell(plan), .record = {}, .fault = {}};
  }
  if (format == "dockerfile") {
    return Outcome{.text = to_dockerfile(plan), .record = {}, .fault = {}};
  }
  const std::string near = nearest(format, {"text", "sh", "json", "dockerfile"});
  return failure(Fault::usage, "--format does not know '" + format + "'",
                 near.empty() ? "it knows: text, sh, json, dockerfile" : "did you mean '" + near + "'?");
}

Result<Outcome> run_change(const ChangeCommand& command, const ChangeVerb& verb, Context& context) {
  auto request = request_from(command.choice, command.place);
  if (!request) {
    return tl::unexpected(request.error());
  }
  request->keep_previous = !command.change.drop_previous;
  request->compat = verb.compat;
  auto survey = surveyed(*request, verb.look, context);
  if (!survey) {
    return tl::unexpected(survey.error());
  }
  if (auto settled = settle_first(*request, *survey, command, context); !settled) {
    return tl::unexpected(settled.error());
  }
  if (auto answer = verb.nothing_to_do ? verb.nothing_to_do(*request, *survey) : std::nullopt; answer) {
    return std::move(*answer);
  }
  warn(survey->warnings, command.output, context);
  const auto plan = verb.planner(*request, survey->situation());
  if (!plan) {
    return tl::unexpected(plan.error());
  }
  if (auto same = same_machine(*plan, survey->host); !same && !command.change.dry_run) {
    return tl::unexpected(same.error());
  }
  if (plan->packages) {
    return carried_out(*plan, command, {}, verb, context);
  }
  const auto expected = expectation_of(*request, survey->book.catalogue);
  return expected ? carried_out(*plan, command, *expected, verb, context) : tl::unexpected(expected.error());
}

}  // namespace cudnn_install
