// compat install | uninstall: the package by the system's own manager, if the decision says that it helps.
#include <algorithm>
#include <memory>

#include "base/text.h"
#include "cli/change.h"
#include "cli/compat.h"
#include "cli/compat_package.h"
#include "cli/compat_wish.h"
#include "cli/records.h"
#include "cli/request.h"
#include "host/root_view.h"
#include "transaction/compat_link.h"

namespace cudnn_install {

namespace {

struct InstallOptions {
  ChangeCommand command{};
  CompatWords words{};
};

// The CUDA that was said, else that of the toolkit which the usual link leads to.
Result<std::string> wanted_cuda(const std::string& typed, const Host& host) {
  if (!typed.empty()) {
    return typed;
  }
  const bool linked = !host.toolkits.empty() && host.toolkits.front().prefix == usual_toolkit;
  if (!linked || !host.toolkits.front().version || host.toolkits.front().version->size() < 2) {
    return failure(
        Fault::usage,
        std::string("there is no CUDA toolkit at ") + usual_toolkit + ", so it is not clear which CUDA is meant",
        "say --cuda X.Y");
  }
  return host.toolkits.front().version->first(2);
}

// "" stands for the system's own way over the network; of a file in hand its ending tells.
Result<std::string> wanted_method(const ChoiceOptions& choice, const Host& host) {
  std::string usual = host.package_manager == "apt" ? "apt-network" : "rpm-network";
  if (!choice.archives.empty()) {
    const std::string& file = choice.archives.front();
    usual = file.ends_with(".deb") ? "deb-local" : file.ends_with(".rpm") ? "rpm-local" : "";
    if (usual.empty()) {
      return failure(Fault::usage, "'" + printable(file) + "' is neither a .deb nor an .rpm",
                     "name a package cuda-compat-X-Y");
    }
  }
  const bool fits = choice.method.empty() || choice.method == usual ||
                    (choice.archives.empty() && choice.method.ends_with("-network"));
  return fits ? choice.method.empty() ? usual : choice.method
              : Result<std::string>(
                    failure(Fault::usage,
                            "forward-compatibility packages are not installed by the method '" + choice.method + "'",
                            "leave --method out, or take " + usual));
}

// Who takes a file has to say what tells that it is NVIDIA's, or that nothing does.
Result<void> trusted(const ChoiceOptions& choice) {
  if (choice.archives.empty() || !choice.sha256.empty() || choice.allow_unverified) {
    return {};
  }
  return failure(Fault::integrity,
                 "nothing tells whether '" + printable(choice.archives.front()) + "' holds NVIDIA's bytes",
                 "give the digest that its source names: --sha256 HEX; or take it as it is: --allow-unverified");
}

// The decision about the package in hand, from the library inside; its digest is from here on the one that was read.
Result<CompatWish> wish_in_hand(const PackageVersion& told, ChangeCommand& command, const CompatTables& tables,
                                CompatWords words, Context& context) {
  const auto request = request_from(command.choice, command.place);
  if (!request) {
    return tl::unexpected(request.error());
  }
  const auto package = package_in_hand(told, request->archives.front(), {.sha256 = request->sha256});
  if (!package) {
    return tl::unexpected(package.error());
  }
  words.in_hand = package->library;
  const auto asked = compat_questions(tables, words, context);
  auto wish = asked ? compat_wish(tables, *asked, *package) : Result<CompatWish>(tl::unexpected(asked.error()));
  if (wish && !request->sha256) {
    wish->notes.emplace_back("the package is taken without a digest: nothing tells whether these are NVIDIA's bytes");
  }
  command.choice.sha256 = package->sha256.hex();
  return wish;
}

Result<CompatWish> wish_for(ChangeCommand& command, const CompatTables& tables, CompatWords words, const Host& host,
                            Context& context) {
  if (!command.choice.archives.empty()) {
    const auto told = package_told(command.choice.archives.front(), context);
    if (!told) {
      return tl::unexpected(told.error());
    }
    if (!told->name.starts_with("cuda-repo-")) {
      return wish_in_hand(*told, command, tables, std::move(words), context);
    }
  }
  const auto cuda = wanted_cuda(words.cuda, host);
  if (!cuda) {
    return tl::unexpected(cuda.error());
  }
  words.cuda = *cuda;
  return compat_questions(tables, words, context).and_then([&](const CompatQuestions& asked) {
    return compat_wish(tables, asked);
  });
}

Result<Outcome> install(const InstallOptions& options, Context& context) {
  ChangeCommand command = options.command;
  const auto root = checked_root(command.place.root);
  const auto tables = compat_tables(command.choice.recipes, context);
  if (!root || !tables) {
    return tl::unexpected(!root ? root.error() : tables.error());
  }
  const Host host = probed_host(*root);
  const auto method = wanted_method(command.choice, host);
  if (!method) {
    return tl::unexpected(method.error());
  }
  command.choice.method = *method;
  if (auto good = trusted(command.choice); !good) {
    return tl::unexpected(good.error());
  }
  CompatWords words = options.words;
  words.cuda = command.choice.cuda;
  words.root = *root;
  words.recipes = command.choice.recipes;
  auto wish = wish_for(command, *tables, words, host, context);
  if (!wish) {
    return tl::unexpected(wish.error());
  }
  return run_change(
      command,
      {.look = {.choice = command.choice, .place = command.place}, .planner = plan_install, .compat = std::move(*wish)},
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
  add_machine_options(part, options->words, "What");
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
  part.text(
      {.names = "--cuda", .value = "VERSION", .text = "Of which CUDA, where several are installed", .group = "What"},
      command->choice.cuda);
  add_root_option(part, command->place);
  add_change_options(part, command->change);
  add_show_options(part, command->show);
  add_output_options(part, command->output);
  return {part, [command](Context& context) { return uninstall(*command, context); }};
}

}  // namespace cudnn_install
