#include <algorithm>
#include <set>
#include <utility>

#include "base/text.h"
#include "plan/parts.h"

namespace cudnn_install {
namespace {

Plan empty_plan(const Request& request, Verb verb, const Situation& situation) {
  Plan plan{.verb = verb, .root = request.root, .prefix = request.prefix};
  plan.include = situation.prefix.include;
  plan.library = situation.prefix.library;
  plan.as_root = situation.host.root_user;
  plan.title = "nothing that cudnn-install has installed in " + request.prefix;
  return plan;
}

std::string list_of(const std::vector<Installation>& installations) {
  std::string text;
  for (const Installation& each : installations) {
    text += (text.empty() ? "" : ", ") + each.version;
  }
  return text;
}

// The one that --cudnn names, or the only one.
Result<const Installation*> meant(const Request& request, const Receipt& receipt) {
  const Installation* found = nullptr;
  for (const Installation& each : receipt.installations) {
    if (request.cudnn && !version_of(each).starts_with(*request.cudnn)) {
      continue;
    }
    if (found != nullptr) {
      return failure(Fault::usage, "several are installed: " + list_of(receipt.installations),
                     "say which: --cudnn " + each.version);
    }
    found = &each;
  }
  if (found == nullptr) {
    return failure(Fault::usage,
                   "cuDNN " + (request.cudnn ? request.cudnn->text() : "") + " is not installed in '" +
                       printable(request.prefix) + "'",
                   "installed: " + list_of(receipt.installations));
  }
  return found;
}

// What becomes of the paths of one installation; the rest of the receipt decides.
struct Fate {
  RemovePaths removed{};
  std::vector<RestorePaths> restored{};  // one for each source

  void restore(std::string path, const std::string& from) {
    auto same = std::find_if(restored.begin(), restored.end(), [&](const auto& each) { return each.from == from; });
    if (same == restored.end()) {
      same = restored.insert(same, RestorePaths{.from = from});
    }
    same->paths.push_back(std::move(path));
  }
};

bool has(const Installation& installation, const TargetPath& path) {
  return std::any_of(installation.paths.begin(), installation.paths.end(),
                     [&](const InstalledPath& each) { return each.path == path; });
}

Fate fate_without(const std::vector<Installation>& all, const Installation& gone, const Places& places) {
  Fate fate;
  for (const InstalledPath& each : gone.paths) {
    const Installation* below = nullptr;
    bool later = false;
    bool covered = false;
    for (const Installation& other : all) {
      if (other.id == gone.id) {
        later = true;
      } else if (has(other, each.path)) {
        covered = covered || later;
        below = later ? below : &other;
      }
    }
    if (covered) {
      continue;  // a later installation's file is what people see; it stays
    }
    const std::string path = path_in(places, each.path.text());
    if (each.displaced) {
      fate.restore(path, below == nullptr ? "kept files" : "cuDNN " + below->version);
    } else {
      fate.removed.paths.push_back(path);
    }
  }
  return fate;
}

void add_steps(Plan& plan, Fate&& fate, const Host& host, const std::string& library) {
  if (!fate.removed.paths.empty()) {
    plan.documented.push_back({.step = std::move(fate.removed)});
  }
  for (RestorePaths& each : fate.restored) {
    plan.documented.push_back({.step = std::move(each)});
  }
  plan.effective = plan.documented;
  if (host.root_user && !plan.effective.empty()) {
    plan.effective.push_back(
        {.step = RefreshLoaderCache{library}, .note = "only where the loader's configuration names the directory"});
  }
}

Plan removal_of(const Installation& gone, Plan plan, const Situation& situation) {
  plan.method = gone.method;
  plan.distro = gone.recipe;
  plan.components = gone.components;
  plan.replaces = gone.id;
  plan.title = name_of(gone) + " " + shown(gone) + " out of " + plan.prefix;
  add_steps(plan, fate_without(installations_in(situation.receipt), gone, resolved_places(plan.root, situation.prefix)),
            situation.host, is_compat(gone) ? situation.prefix.resolved : plan.library);
  return plan;
}

// What the kept version holds comes back anyway, whatever would become of it without the current one.
void leave_out(Fate& fate, const Installation& previous, const Places& places) {
  std::set<std::string> held;
  for (const InstalledPath& each : previous.paths) {
    held.insert(path_in(places, each.path.text()));
  }
  const auto is_held = [&](const std::string& path) { return held.contains(path); };
  std::erase_if(fate.removed.paths, is_held);
  for (RestorePaths& each : fate.restored) {
    std::erase_if(each.paths, is_held);
  }
  std::erase_if(fate.restored, [](const RestorePaths& each) { return each.paths.empty(); });
}

Plan return_to(const Installation& previous, Plan plan, const Situation& situation) {
  const Installation* current = installed_of(situation.receipt, previous.product);
  const Places places = resolved_places(plan.root, situation.prefix);
  plan.method = previous.method;
  plan.distro = previous.recipe;
  plan.components = previous.components;
  plan.title = "back to cuDNN " + shown(previous) + " in " + plan.prefix;
  Fate fate;
  if (current != nullptr) {
    plan.replaces = current->id;
    plan.title += ", in place of " + shown(*current);
    fate = fate_without(installations_in(situation.receipt), *current, places);
    leave_out(fate, previous, places);
  }
  for (const InstalledPath& each : previous.paths) {
    fate.restore(path_in(places, each.path.text()), "cuDNN " + previous.version);
  }
  add_steps(plan, std::move(fate), situation.host, plan.library);
  return plan;
}

}  // namespace

const std::vector<Installation>& installations_in(const std::optional<Receipt>& receipt) {
  static const std::vector<Installation> none;
  return receipt ? receipt->installations : none;
}

const Installation* installed_of(const std::optional<Receipt>& receipt, const std::string& product) {
  const std::vector<Installation>& all = installations_in(receipt);
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& each) { return each.product == product; });
  return found == all.end() ? nullptr : &*found;
}

std::vector<std::string> older_names(const std::vector<Installation>& all, const Installation& replaced) {
  std::vector<std::string> names;
  for (const InstalledPath& each : replaced.paths) {
    if (std::none_of(all.begin(), all.end(),
                     [&](const auto& other) { return other.id != replaced.id && has(other, each.path); })) {
      names.push_back(each.path.text());
    }
  }
  return names;
}

std::string shown(const Installation& installation) {
  return installation.version + " for CUDA " + installation.cuda;
}

Version version_of(const Installation& installation) {
  return Version::parse(installation.version).value_or(Version{});
}

Result<Plan> plan_uninstall(const Request& request, const Situation& situation) {
  Plan plan = empty_plan(request, Verb::uninstall, situation);
  if (request.compat) {
    return compat_meant(*request.compat, situation).map([&](const PackageReceipt* gone) {
      plan.notes = request.compat->notes;
      return packages_out(*gone, std::move(plan));
    });
  }
  if (const PackageReceipt* packages = packages_meant(request, situation)) {
    return packages_out(*packages, std::move(plan));
  }
  if (is_package_method(request.method)) {
    plan.title = "nothing that cudnn-install has installed as packages";
    return plan;
  }
  if (!situation.receipt || situation.receipt->installations.empty()) {
    return plan;
  }
  const auto gone = meant(request, *situation.receipt);
  if (!gone) {
    return tl::unexpected(gone.error());
  }
  return removal_of(**gone, std::move(plan), situation);
}

Result<Plan> plan_rollback(const Request& request, const Situation& situation) {
  Plan plan = empty_plan(request, Verb::rollback, situation);
  if (!situation.receipt || situation.receipt->installations.empty()) {
    return plan;
  }
  if (situation.receipt->previous) {
    return return_to(situation.receipt->previous->installation, std::move(plan), situation);
  }
  const Installation& newest = situation.receipt->installations.back();
  if (newest.replaced) {
    return failure(Fault::conflict,
                   "cuDNN " + newest.version +
                       " took the place of an older one that was not kept: install keeps none, "
                       "upgrade does",
                   "install the older one by name: cudnn-install --method tar --archive FILE --cudnn VERSION");
  }
  return removal_of(newest, std::move(plan), situation);
}

}  // namespace cudnn_install
