#include <algorithm>
#include <utility>

#include "base/text.h"
#include "plan/parts.h"

namespace cudnn_install {
namespace {

// All that the product's archives hold unless some are asked for.
Result<std::vector<std::string>> components_for(const Request& request, const Product& product) {
  std::vector<std::string> held;
  std::string shown_names;
  for (const Component& component : product.components) {
    if (!component.globs.empty()) {
      held.push_back(component.name);
      shown_names += (shown_names.empty() ? "" : ", ") + component.name;
    }
  }
  for (const std::string& name : request.components) {
    if (std::find(held.begin(), held.end(), name) == held.end()) {
      return failure(Fault::usage, "archives of " + product.title + " hold no component '" + printable(name) + "'",
                     "they hold " + shown_names);
    }
  }
  if (!request.components.empty()) {  // in the recipe's order, so that the same wish makes the same record
    std::erase_if(held, [&](const std::string& name) {
      return std::find(request.components.begin(), request.components.end(), name) == request.components.end();
    });
  }
  return held;
}

// What an unnamed version may not go below: the build of the same major, else the newest of all.
const Installation* standing_against(const std::optional<Receipt>& receipt, const std::string& product) {
  const Installation* standing = installed_of(receipt, product);
  if (standing != nullptr) {
    return standing;
  }
  for (const Installation& each : installations_in(receipt)) {
    if (standing == nullptr || version_of(*standing) < version_of(each)) {
      standing = &each;
    }
  }
  return standing;
}

// A named version may go back, and so may an archive that is handed to install; "latest" never does.
Result<void> direction_allowed(const Request& request, Verb verb, const Situation& situation, Choice& choice) {
  const Installation* standing = standing_against(situation.receipt, choice.wanted.product);
  if (standing == nullptr) {
    return {};
  }
  if (version_of(*standing) <= choice.wanted.version) {
    return {};
  }
  const bool named =
      !request.latest && (request.cudnn.has_value() || (verb == Verb::install && !request.archives.empty()));
  if (!named) {
    return failure(Fault::usage,
                   "cuDNN " + standing->version + " is installed and newer than " + choice.wanted.version.text() +
                       ", the newest that was found",
                   "to go back on purpose, name it: --cudnn " + choice.wanted.version.text());
  }
  if (standing->product == choice.wanted.product) {
    choice.notes.push_back("this goes back from " + standing->version + " to " + choice.wanted.version.text());
  }
  return {};
}

Result<Choice> choice_for(const Request& request, Verb verb, const Situation& situation) {
  if (request.archives.size() > 1) {
    return failure(Fault::usage,
                   "the method tar takes one archive, and " + std::to_string(request.archives.size()) + " are given");
  }
  if (!request.archives.empty()) {
    return archive_in_hand(request, situation);
  }
  std::optional<Version> prefix = request.cudnn;
  if (verb == Verb::upgrade && !prefix && !request.latest) {  // programs are linked with a major: stay in it
    prefix = Version::parse(version_of(installations_in(situation.receipt).back()).first(1)).value_or(Version{});
  }
  return archive_from_catalogue(request, situation, prefix);
}

bool same_build(const Installation& installed, const Wanted& wanted, const std::vector<std::string>& components) {
  return installed.version == wanted.version.text() && installed.cuda == wanted.cuda &&
         installed.platform == wanted.platform && installed.components == components && wanted.sha256 &&
         installed.source.sha256 == *wanted.sha256;
}

// Links below another root are meant as inside it; a shell outside would follow them into this system.
Places shown_places(const Request& request, const PrefixFacts& prefix) {
  if (request.root.find_first_not_of('/') != std::string::npos) {
    return resolved_places(request.root, prefix);
  }
  const std::string cuda = request.prefix.substr(0, request.prefix.find_last_not_of('/') + 1);
  return {.cuda = cuda, .include = cuda + "/include", .library = cuda + "/lib64"};
}

std::vector<std::string> notes_for(const ChosenDistro& distro, const Situation& situation, const Choice& choice) {
  std::vector<std::string> notes;
  if (distro.fit != Fit::exact) {
    notes.push_back(distro.because);
  }
  notes.insert(notes.end(), choice.notes.begin(), choice.notes.end());
  for (const Installation& other : installations_in(situation.receipt)) {
    if (other.product != choice.wanted.product) {
      notes.push_back("cuDNN " + shown(other) + " stays beside it; names without a version will lead to " +
                      choice.wanted.version.text());
    }
  }
  return notes;
}

std::string title_of(const Wanted& wanted, const std::string& prefix) {
  return (wanted.demo ? "demo payload of cuDNN " : "cuDNN ") + wanted.version.text() + " for CUDA " + wanted.cuda +
         " into " + prefix;
}

// The steps, twice: with the guide's paths, and with the resolved ones to be fused.
void add_steps(Plan& plan, const Request& request, const Situation& situation, StepSource source) {
  const Installation* replaced = installed_of(situation.receipt, source.wanted.product);
  source.all_components = request.components.empty();
  source.make_directories = !situation.prefix.exists || !situation.prefix.cuda;
  if (replaced != nullptr && !same_build(*replaced, source.wanted, plan.components)) {
    source.older = older_names(installations_in(situation.receipt), *replaced);
    source.older_version = replaced->version;
    plan.title += ", in place of " + shown(*replaced);
  }
  plan.replaces = replaced == nullptr ? std::nullopt : std::optional(replaced->id);
  plan.documented = steps_in(shown_places(request, situation.prefix), source);
  plan.effective = fused(steps_in({situation.prefix.resolved, plan.include, plan.library}, source));
  if (situation.host.root_user) {
    plan.effective.push_back({.step = RefreshLoaderCache{plan.library},
                              .note = "only where the loader's configuration names the directory"});
  }
}

Result<Plan> planned(const Request& request, Verb verb, const Situation& situation) {
  const auto distro = distro_for(request, situation);
  if (!distro) {
    return tl::unexpected(distro.error());
  }
  const auto method = method_for(request, situation.recipes, distro->distro);
  if (!method) {
    return tl::unexpected(method.error());
  }
  auto choice = choice_for(request, verb, situation);
  if (!choice) {
    return tl::unexpected(choice.error());
  }
  if (auto fits = fits_here(request, situation, choice->wanted, choice->notes); !fits) {
    return tl::unexpected(fits.error());
  }
  if (auto allowed = direction_allowed(request, verb, situation, *choice); !allowed) {
    return tl::unexpected(allowed.error());
  }
  const Wanted& wanted = choice->wanted;
  const Product& product = *find_product(situation.recipes, static_cast<int>(wanted.version.major()));
  const auto components = components_for(request, product);
  if (!components) {
    return tl::unexpected(components.error());
  }
  Plan plan{.verb = verb, .method = request.method, .document = (*method)->document, .distro = distro->distro.name};
  plan.title = title_of(wanted, request.prefix);
  plan.root = request.root;
  plan.prefix = request.prefix;
  plan.include = situation.prefix.include;
  plan.library = situation.prefix.library;
  plan.glibc = glibc_there(request, distro->distro, situation.host, wanted.platform);
  plan.wanted = wanted;
  plan.components = *components;
  plan.as_root = situation.host.root_user;
  plan.keep_previous = verb == Verb::upgrade && request.keep_previous;
  plan.prerequisites = checked((*method)->prerequisites, distro->distro, situation, wanted);
  plan.notes = notes_for(*distro, situation, *choice);
  add_steps(plan, request, situation,
            {.method = **method, .product = product, .wanted = wanted, .components = *components});
  return plan;
}

}  // namespace

Result<ChosenDistro> distro_for(const Request& request, const Situation& situation) {
  const OsRelease& os = situation.host.os;
  if (!request.distro) {
    return choose_distro(situation.recipes, os.id, os.id_like, os.version_id);
  }
  if (const Distro* named = find_distro(situation.recipes, *request.distro)) {
    return ChosenDistro{.distro = *named, .fit = Fit::exact, .because = "--distro " + *request.distro};
  }
  std::vector<std::string> names;
  names.reserve(situation.recipes.distros.size());
  for (const Distro& distro : situation.recipes.distros) {
    names.push_back(distro.name);
  }
  const std::string near = nearest(*request.distro, names);
  return failure(
      Fault::usage, "unknown distro '" + printable(*request.distro) + "'",
      near.empty() ? "to see the known ones, type: cudnn-install recipe list" : "did you mean '" + near + "'?");
}

Result<const Method*> method_for(const Request& request, const Recipes& recipes, const Distro& distro) {
  const Method* method = find_method(recipes, request.method);
  if (method == nullptr) {
    return failure(Fault::usage, "unknown method '" + printable(request.method) + "'",
                   "to see the known ones, type: cudnn-install recipe list");
  }
  if (const auto refused = distro.refused.find(request.method); refused != distro.refused.end()) {
    return failure(Fault::unsupported,
                   "the method " + request.method + " does not fit " + distro.title + ": " + refused->second);
  }
  if (std::find(distro.methods.begin(), distro.methods.end(), request.method) == distro.methods.end()) {
    return failure(Fault::unsupported, "the recipe '" + distro.name + "' does not offer the method " + request.method);
  }
  return method;
}

std::string directory_below(const Plan& plan, const std::string& to) {
  return plan.include.empty() ? "" : to == plan.include ? "include" : "lib64";
}

Result<Plan> plan_install(const Request& request, const Situation& situation) {
  if (request.compat && request.compat->archive) {
    return planned_compat_archive(request, situation);
  }
  if (is_package_method(request.method)) {
    return planned_packages(request, Verb::install, situation);
  }
  return planned(request, Verb::install, situation);
}

Result<Plan> plan_upgrade(const Request& request, const Situation& situation) {
  if (is_package_method(request.method)) {
    return planned_packages(request, Verb::upgrade, situation);
  }
  if (!situation.receipt || situation.receipt->installations.empty()) {
    return failure(Fault::usage,
                   "nothing to upgrade: cudnn-install has installed no cuDNN in '" + printable(request.prefix) + "'",
                   "to install one, type: cudnn-install --method tar");
  }
  return planned(request, Verb::upgrade, situation);
}

}  // namespace cudnn_install
