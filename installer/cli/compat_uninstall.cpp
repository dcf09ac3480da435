// compat uninstall: back to before, whether packages or files were installed.
#include <algorithm>
#include <filesystem>
#include <iterator>
#include <memory>
#include <utility>

#include "base/text.h"
#include "cli/change.h"
#include "cli/compat.h"
#include "cli/prefixes.h"
#include "cli/records.h"
#include "cli/request.h"
#include "host/root_view.h"
#include "transaction/compat_link.h"
#include "transaction/package_transaction.h"

namespace cudnn_install {

namespace {

std::string link_path() {
  return std::string(shared_directory) + "/" + shared_link;
}

// Whether the shared link leads into what goes.
bool link_leads_into(const Plan& plan) {
  const RootView view(plan.root);
  const std::string place = plan.packages ? "/usr/local/cuda-" + plan.packages->cuda + "/compat" : plan.prefix;
  const auto target = view.resolved(link_path());
  return target && *target == view.resolved(place);
}

// The shared link goes first, so that no program follows it into nothing, and comes back if nothing else goes.
class SharedLink {
 public:
  explicit SharedLink(Context& context) : context_(context) {}

  Result<void> take(const Plan& plan) {
    if (!link_leads_into(plan)) {
      return {};
    }
    const RootView view(plan.root);
    std::error_code code;
    target_ = std::filesystem::read_symlink(view.outside(link_path()), code).string();
    loader_ = view.is_file(std::string("/etc/ld.so.conf.d/") + loader_file) ? LoaderUse::configured : LoaderUse::none;
    return remove_compat_link(place_of(plan));
  }

  Result<void> put_back(const Plan& plan) {
    return target_.empty() ? Result<void>() : set_compat_link(place_of(plan), target_, loader_);
  }

 private:
  [[nodiscard]] CompatPlace place_of(const Plan& plan) const {
    return {.root = plan.root, .files = context_.files, .processes = context_.processes};
  }

  Context& context_;
  std::string target_{};
  LoaderUse loader_ = LoaderUse::none;
};

Result<Plan> plan_without(const Request& request, const Situation& situation) {
  return plan_uninstall(request, situation).map([](Plan plan) {
    if (link_leads_into(plan)) {
      plan.notes.push_back(link_path() +
                           " leads into it and is taken back first, as by cudnn-install compat deactivate");
    }
    return plan;
  });
}

Result<Outcome> without(const ChangeCommand& command, ChangeVerb verb, Context& context) {
  SharedLink link(context);
  verb.look = {.place = command.place, .books = Books::closed};
  verb.planner = plan_without;
  verb.first = [&link](const Plan& plan) { return link.take(plan); };
  verb.first_back = [&link](const Plan& plan) { return link.put_back(plan); };
  return run_change(command, verb, context);
}

Outcome nothing_of(const std::optional<Version>& cuda, const std::string& prefix) {
  return {.text = "cudnn-install has installed no " +
                  (cuda ? package_name(*cuda) : std::string("forward-compatibility package")) + " here\n",
          .record = unchanged_record(Verb::uninstall, prefix),
          .fault = {}};
}

// --- packages ------------------------------------------------------------------------------------------------------

Result<Outcome> without_packages(const ChangeCommand& command, const CompatWish& wish, Context& context) {
  const auto nothing = [&](const Request& request, const Survey& survey) -> std::optional<Outcome> {
    const bool any = std::ranges::any_of(survey.package_receipts, [&](const PackageReceipt& receipt) {
      return !wish.cuda || receipt.cuda == wish.cuda->text();
    });
    return any ? std::nullopt : std::optional(nothing_of(wish.cuda, request.prefix));
  };
  return without(command, {.nothing_to_do = nothing, .compat = wish}, context);
}

// --- files ---------------------------------------------------------------------------------------------------------

// The CUDA of the libraries in a prefix; "" where there are none. Of a run that was interrupted the place tells.
std::string cuda_in(const PrefixReport& report) {
  const std::optional<Receipt>& receipt = report.state.receipt;
  for (const Installation& each : receipt ? receipt->installations : std::vector<Installation>()) {
    if (is_compat(each)) {
      return each.cuda;
    }
  }
  constexpr std::string_view head = "/usr/local/cuda-";
  constexpr std::string_view tail = "/compat";
  const std::string& prefix = report.prefix;
  const bool open = report.state.standstill != Standstill::none && prefix.starts_with(head) && prefix.ends_with(tail);
  return open ? prefix.substr(head.size(), prefix.size() - head.size() - tail.size()) : "";
}

struct Standing {
  std::string cuda{};
  std::string prefix{};  // "": packages
};

// Those of `cuda`, or all.
Result<std::vector<Standing>> standing(const ChangeCommand& command, const std::optional<Version>& cuda,
                                       Context& context) {
  const auto reports = prefix_reports(command.place, context);
  const auto packages = packages_state(context.files, package_state(command.place.root, context));
  if (!reports || !packages) {
    return tl::unexpected(!reports ? reports.error() : packages.error());
  }
  std::vector<Standing> found;
  for (const PrefixReport& report : *reports) {
    found.push_back({.cuda = cuda_in(report), .prefix = report.prefix});
  }
  for (const PackageReceipt& receipt : packages->receipts) {
    found.push_back({.cuda = is_compat(receipt) ? receipt.cuda : "", .prefix = ""});
  }
  std::erase_if(found, [&](const Standing& each) { return each.cuda.empty() || (cuda && each.cuda != cuda->text()); });
  return found;
}

Result<Outcome> without_files(const ChangeCommand& typed, const Standing& gone, Context& context) {
  ChangeCommand command = typed;
  command.place.prefix = gone.prefix;
  const auto nothing = [&](const Request& request, const Survey& survey) -> std::optional<Outcome> {
    const bool any = survey.state.receipt && !survey.state.receipt->installations.empty();
    return any || survey.state.standstill == Standstill::in_progress
               ? std::nullopt
               : std::optional(nothing_of(Version::parse(gone.cuda).value_or(Version()), request.prefix));
  };
  return without(command, {.nothing_to_do = nothing}, context);
}

Result<Outcome> uninstall(const ChangeCommand& typed, Context& context) {
  ChangeCommand command = typed;
  const auto root = checked_root(command.place.root);
  const auto cuda = command.choice.cuda.empty() ? Version() : Version::parse(command.choice.cuda);
  if (!root || !cuda) {
    return tl::unexpected(!root ? root.error() : cuda.error());
  }
  command.place.root = *root;
  CompatWish wish;
  if (cuda->size() > 0) {
    wish.cuda = Version::parse(cuda->first(2)).value_or(Version());
  }
  const auto found = standing(command, wish.cuda, context);
  if (!found) {
    return tl::unexpected(found.error());
  }
  const auto files = std::ranges::find_if(*found, [](const Standing& each) { return !each.prefix.empty(); });
  if (files == found->end()) {
    return without_packages(command, wish, context);
  }
  if (found->size() > 1) {
    std::vector<std::string> all;
    std::ranges::transform(*found, std::back_inserter(all), &Standing::cuda);
    return failure(Fault::usage,
                   "forward-compatibility libraries of several CUDA versions are installed: " + joined(all, ", "),
                   "say which: --cuda " + all.back());
  }
  return without_files(command, *files, context);
}

}  // namespace

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
