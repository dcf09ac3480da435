#include <algorithm>

#include "base/text.h"
#include "recipe/recipe.h"

namespace cudnn_install {

namespace {

// VERSION_ID as a version: "22.04"; "V10" is 10; "" and "rolling" are none.
Version version_of(std::string_view version_id) {
  if (version_id.starts_with('v') || version_id.starts_with('V')) {
    version_id.remove_prefix(1);
  }
  return Version::parse(version_id).value_or(Version());
}

// How closely `distro` names this ID and VERSION_ID: 0 not at all, 1 by ID alone, more for each part of the version.
std::size_t closeness(const Distro& distro, const std::string& id, const Version& version) {
  std::size_t closest = 0;
  for (const DistroMatch& match : distro.match) {
    if (match.id != id) {
      continue;
    }
    closest = std::max<std::size_t>(closest, match.versions.empty() ? 1 : 0);
    for (const Version& prefix : match.versions) {
      closest = std::max(closest, version.starts_with(prefix) ? prefix.size() + 1 : 0);
    }
  }
  return closest;
}

const Distro* exact(const Recipes& recipes, const std::string& id, const Version& version) {
  const Distro* best = nullptr;
  std::size_t best_closeness = 0;
  for (const Distro& distro : recipes.distros) {
    const std::size_t own = closeness(distro, id, version);
    if (own > best_closeness) {
      best = &distro;
      best_closeness = own;
    }
  }
  return best;
}

// The newest version that `distro` is made for; none if it is made for all.
Version newest_of(const Distro& distro) {
  Version newest;
  for (const DistroMatch& match : distro.match) {
    for (const Version& version : match.versions) {
      newest = std::max(newest, version);
    }
  }
  return newest;
}

bool serves(const Distro& distro, const std::string& word) {
  return std::ranges::find(distro.like, word) != distro.like.end() ||
         std::ranges::find(distro.match, word, &DistroMatch::id) != distro.match.end();
}

// Among the recipes for `word` the one with the highest version that is not newer than `version`; of a rolling distro,
// which has no version, the newest of all.
const Distro* nearest_of(const Recipes& recipes, const std::string& word, const Version& version) {
  const Distro* best = nullptr;
  for (const Distro& distro : recipes.distros) {
    const Version own = newest_of(distro);
    const bool fits = serves(distro, word) && (version.size() == 0 || own <= version);
    if (fits && (best == nullptr || newest_of(*best) < own)) {
      best = &distro;
    }
  }
  return best;
}

std::string told(const std::string& id, const std::string& version_id) {
  return "ID=" + printable(id) + (version_id.empty() ? " without VERSION_ID" : " VERSION_ID=" + printable(version_id));
}

}  // namespace

ChosenDistro choose_distro(const Recipes& recipes, const std::string& id, const std::vector<std::string>& id_like,
                           const std::string& version_id) {
  const Version version = version_of(version_id);
  if (const Distro* distro = exact(recipes, id, version)) {
    return {.distro = *distro, .fit = Fit::exact, .because = told(id, version_id)};
  }
  if (const Distro* distro = nearest_of(recipes, id, version)) {
    return {.distro = *distro,
            .fit = Fit::like,
            .because = "no recipe names " + told(id, version_id) + "; '" + distro->name + "' is the nearest before it"};
  }
  for (const std::string& word : id_like) {
    if (const Distro* distro = nearest_of(recipes, word, version)) {
      return {.distro = *distro,
              .fit = Fit::like,
              .because = "no recipe names " + told(id, version_id) + "; '" + distro->name +
                         "' is used because of ID_LIKE=" + printable(word)};
    }
  }
  const Distro* generic = find_distro(recipes, "generic");
  return {.distro = generic != nullptr ? *generic : Distro{.name = "generic", .title = "any Linux", .methods = {"tar"}},
          .fit = Fit::generic,
          .because = "no recipe names " + told(id, version_id) + "; the tar method works on every Linux with glibc"};
}

const Distro* find_distro(const Recipes& recipes, std::string_view name) {
  const auto found = std::ranges::find(recipes.distros, name, &Distro::name);
  return found == recipes.distros.end() ? nullptr : &*found;
}

const Method* find_method(const Recipes& recipes, std::string_view name) {
  const auto found = std::ranges::find(recipes.methods, name, &Method::name);
  return found == recipes.methods.end() ? nullptr : &*found;
}

const Product* find_product(const Recipes& recipes, int major) {
  const auto found = std::ranges::find_if(
      recipes.products, [&](const Product& product) { return product.major == major && product.document.empty(); });
  return found == recipes.products.end() ? nullptr : &*found;
}

const Product* find_product(const Recipes& recipes, std::string_view name) {
  const auto found = std::ranges::find(recipes.products, name, &Product::name);
  return found == recipes.products.end() ? nullptr : &*found;
}

const Layout* find_layout(const Product& product, const Version& version, std::string_view platform) {
  const Layout* fallback = nullptr;
  for (const Layout& layout : product.layouts) {
    const bool holds = layout.from <= version && (version <= layout.until || version.starts_with(layout.until));
    if (holds && std::ranges::find(layout.platforms, platform) != layout.platforms.end()) {
      return &layout;
    }
    if (holds && layout.platforms.empty() && fallback == nullptr) {
      fallback = &layout;
    }
  }
  return fallback;
}

std::map<std::string, std::string> names_of(const Layout& layout) {
  return {{"include", layout.include}, {"lib", layout.library}};
}

std::string component_of(const Product& product, const Layout& layout, std::string_view path) {
  const std::map<std::string, std::string> names = names_of(layout);
  for (const Component& component : product.components) {
    for (const std::string& glob : component.globs) {
      if (matches_glob(path, filled_in(glob, names))) {
        return component.name;
      }
    }
  }
  return {};
}

}  // namespace cudnn_install
