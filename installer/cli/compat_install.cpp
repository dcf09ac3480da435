// compat install | uninstall: the package by the system's own manager, if the decision says that it helps.
#include <algorithm>
#include <memory>

#include "base/text.h"
#include "cli/change.h"
#include "cli/compat.h"
#include "cli/records.h"
#include "cli/request.h"
#include "host/root_view.h"
#include "transaction/compat_link.h"

namespace cudnn_install {

namespace {

constexpr const char* usual_toolkit = "/usr/local/cuda";

struct InstallOptions {
  ChangeCommand command{};
  std::string driver{};
  std::string gpu{};
};

// The CUDA that was said, else that of the toolkit which the usual link leads to.
Result<std::string> wanted_cuda(const std::string& typed, const Host& host) {
  if (!typed.empty()) {
    return typed;
  }
  const bool linked = !host.toolkits.empty() && host.toolkits.front().prefix == usual_toolkit;
  if (!linked || !host.toolkits.front().version || host.toolkits.front().version->size() < 2) {
    return failure(Fault::usage,
                   std::string("there is no CUDA toolkit at ") + usual_toolkit + ", so it is not clear which CUDA is meant",
                   "say --cuda X.Y");
  }
  return host.toolkits.front().version->first(2);
}

std::string sentence_of(const std::string& name, const CompatAnswer& answer) {
  std::string reasons;
  for (const std::string& reason : answer.reasons) {
    reasons += (reasons.empty() ? "" : "; ") + reason;
  }
  return name + " is not installed: " + reasons +
         (answer.clause.empty() ? "" : " (CUDA Compatibility guide, " + answer.clause + ")");
}

// Beside a refusal the answer's own advice.
Error refusal(const CompatQuestion& question, const CompatAnswer& answer) {
  std::string actions;
  for (const std::string& action : answer.actions) {
    actions += (actions.empty() ? "" : "; ") + action;
  }
  return {.fault = Fault::unsupported, .what = sentence_of(package_name(question.cuda), answer), .hint = actions};
}

const PackageOffer* offer_in(const CompatAnswer& answer) {
  if (answer.verdict == Verdict::forward) {
    return answer.package ? &*answer.package : nullptr;
  }
  const bool open = answer.verdict == Verdict::minor_version && !answer.options.empty() &&
                    answer.options.front().package;
  return open ? &*answer.options.front().package : nullptr;
}

void append(std::vector<std::string>& to, const std::vector<std::string>& from, const std::string& before) {
  for (const std::string& each : from) {
    to.push_back(before + each);
  }
}

std::vector<std::string> notes_of(const CompatQuestion& question, const CompatAnswer& answer,
                                  const PackageOffer& offer) {
  std::vector<std::string> notes;
  if (answer.verdict == Verdict::minor_version) {
    notes.push_back("driver " + question.driver.text() + " serves CUDA " + question.cuda.text() +
                    " by minor-version compatibility already");
    append(notes, answer.options.front().adds, "the package adds: ");
    append(notes, answer.options.front().limits, "");
  } else {
    notes = answer.reasons;
    append(notes, answer.limits, "");
    append(notes, answer.assumed, "assumed: ");
  }
  if (offer.cuda != question.cuda) {
    notes.push_back(package_name(question.cuda) + " does not serve on this driver; " + offer.name + " does, for CUDA " +
                    question.cuda.text() + " too");
  }
  notes.emplace_back("nothing uses it by itself; for an application: cudnn-install compat activate");
  return notes;
}

// What the decision says for all of the GPUs; an error where the package would not help.
Result<CompatWish> wish_of(const CompatTables& tables, const CompatQuestions& asked) {
  std::vector<CompatAnswer> answers;
  for (const CompatQuestion& question : asked.questions) {
    answers.push_back(decided(tables, question));
  }
  const CompatAnswer& answer = decisive(answers);
  const CompatQuestion& question = asked.questions.front();
  const PackageOffer* offer = offer_in(answer);
  if (offer == nullptr) {
    return tl::unexpected(refusal(question, answer));
  }
  for (const CompatAnswer& other : answers) {
    const PackageOffer* theirs = offer_in(other);
    if (theirs == nullptr || theirs->name != offer->name) {
      return failure(Fault::unsupported,
                     "the GPUs of this machine need different packages: " + offer->name + " and " +
                         (theirs == nullptr ? "none" : theirs->name),
                     "say which GPU it is for: --gpu NAME");
    }
  }
  CompatWish wish{.cuda = offer->cuda, .driver = question.driver};
  wish.range = {.above = question.driver, .below = Version::parse(offer->below).value_or(Version())};
  wish.notes = notes_of(question, answer, *offer);
  return wish;
}

Result<std::string> wanted_method(const std::string& typed, const Host& host) {
  if (typed.empty()) {
    return std::string(host.package_manager == "apt" ? "apt-network" : "rpm-network");
  }
  return typed.ends_with("-network")
             ? Result<std::string>(typed)
             : failure(Fault::usage, "forward-compatibility packages are not installed by the method '" + typed + "'",
                       "take apt-network or rpm-network, or leave --method out");
}

Result<Outcome> install(const InstallOptions& options, Context& context) {
  const auto root = checked_root(options.command.place.root);
  const auto tables = compat_tables(options.command.choice.recipes, context);
  if (!root || !tables) {
    return tl::unexpected(!root ? root.error() : tables.error());
  }
  const Host host = probed_host(*root);
  const auto method = wanted_method(options.command.choice.method, host);
  const auto cuda = wanted_cuda(options.command.choice.cuda, host);
  if (!method || !cuda) {
    return tl::unexpected(!method ? method.error() : cuda.error());
  }
  const CompatWords words{.cuda = *cuda,
                          .driver = options.driver,
                          .gpu = options.gpu,
                          .root = *root,
                          .recipes = options.command.choice.recipes};
  const auto asked = compat_questions(*tables, words, context);
  auto wish = asked ? wish_of(*tables, *asked) : Result<CompatWish>(tl::unexpected(asked.error()));
  if (!wish) {
    return tl::unexpected(wish.error());
  }
  ChangeCommand command = options.command;
  command.choice.method = *method;
  return run_change(command,
                    {.look = {.choice = command.choice, .place = command.place},
                     .planner = plan_install,
                     .compat = std::move(*wish)},
                    context);
}

// --- uninstall -----------------------------------------------------------------------------------------------------

// Whether the shared link leads into what goes.
bool link_leads_into(const Plan& plan) {
  const RootView view(plan.root);
  const auto target = view.resolved(std::string(shared_directory) + "/" + shared_link);
  return plan.packages && target && *target == view.resolved("/usr/local/cuda-" + plan.packages->cuda + "/compat");
}

Result<Plan> plan_without(const Request& request, const Situation& situation) {
  return plan_uninstall(request, situation).map([](Plan plan) {
    if (link_leads_into(plan)) {
      plan.notes.push_back(std::string(shared_directory) + "/" + shared_link +
                           " leads into it and is taken back first, as by cudnn-install compat deactivate");
    }
    return plan;
  });
}

Result<Outcome> uninstall(const ChangeCommand& command, Context& context) {
  const auto root = checked_root(command.place.root);
  const auto cuda = command.choice.cuda.empty() ? Version() : Version::parse(command.choice.cuda);
  if (!root || !cuda) {
    return tl::unexpected(!root ? root.error() : cuda.error());
  }
  CompatWish wish;
  if (cuda->size() > 0) {
    wish.cuda = Version::parse(cuda->first(2)).value_or(Version());
  }
  const auto is_meant = [wish](const PackageReceipt& receipt) {
    return !wish.cuda || receipt.cuda == wish.cuda->text();
  };
  const auto nothing = [&](const Request& request, const Survey& survey) -> std::optional<Outcome> {
    if (std::ranges::any_of(survey.package_receipts, is_meant)) {
      return std::nullopt;
    }
    return Outcome{.text = "cudnn-install has installed no " +
                           (wish.cuda ? package_name(*wish.cuda) : std::string("forward-compatibility package")) +
                           " here\n",
                   .record = unchanged_record(Verb::uninstall, request.prefix),
                   .fault = {}};
  };
  ChangeVerb verb{.look = {.place = command.place, .books = Books::closed},
                  .planner = plan_without,
                  .nothing_to_do = nothing,
                  .compat = wish};
  verb.first = [&](const Plan& plan) {
    const CompatPlace place{.root = plan.root, .files = context.files, .processes = context.processes};
    return link_leads_into(plan) ? remove_compat_link(place) : Result<void>();
  };
  return run_change(command, verb, context);
}

}  // namespace

CompatPart compat_install(Definition& parent) {
  auto options = std::make_shared<InstallOptions>();
  Definition part = parent.nested("install", "Install the forward-compatibility package, if it helps here");
  part.text({.names = "--driver", .value = "VERSION", .text = "Kernel driver; default: the one that is loaded here",
             .group = "What"},
            options->driver);
  part.text({.names = "--gpu",
             .value = "NAME",
             .text = "GPU by its name or compute capability; default: those that are here",
             .group = "What"},
            options->gpu);
  add_compat_choice_options(part, options->command.choice);
  add_root_option(part, options->command.place);
  add_change_options(part, options->command.change);
  part.flag({.names = "--accept-license",
             .value = {},
             .text = "Accept NVIDIA's CUDA licence (or set CUDNN_INSTALL_ACCEPT_LICENSE=1)",
             .group = "How"},
            options->command.change.accept_license);
  add_show_options(part, options->command.show);
  add_output_options(part, options->command.output);
  return {part, [options](Context& context) { return install(*options, context); }};
}

CompatPart compat_uninstall(Definition& parent) {
  auto command = std::make_shared<ChangeCommand>();
  Definition part = parent.nested("uninstall", "Take a forward-compatibility package out again, back to before");
  part.text({.names = "--cuda", .value = "VERSION", .text = "Of which CUDA, where several are installed",
             .group = "What"},
            command->choice.cuda);
  add_root_option(part, command->place);
  add_change_options(part, command->change);
  add_show_options(part, command->show);
  add_output_options(part, command->output);
  return {part, [command](Context& context) { return uninstall(*command, context); }};
}

}  // namespace cudnn_install
