#include <algorithm>
#include <array>

#include "recipe/recipe.h"
#include "recipe/templates.h"
#include "recipe/words.h"

namespace cudnn_install {

namespace {

constexpr std::array families = {PackageFamily::none, PackageFamily::apt,    PackageFamily::dnf,
                                 PackageFamily::yum,  PackageFamily::zypper, PackageFamily::tdnf};

PackageFamily read_family(const Value& value) {
  std::vector<std::string> words;
  words.reserve(families.size());
  for (const PackageFamily family : families) {
    words.emplace_back(name_of(family));
  }
  const std::string word = value.one_of(words);
  const auto found = std::ranges::find(words, word);
  return found == words.end() ? PackageFamily::none : families.at(static_cast<std::size_t>(found - words.begin()));
}

std::vector<DistroMatch> read_match(const Value& list) {
  std::vector<DistroMatch> matches;
  for (const Value& entry : list.list()) {
    Mapping map = entry.mapping("match");
    DistroMatch match{.id = map.required("id").text()};
    if (const std::optional<Value> versions = map.optional("versions")) {
      for (const Value& version : versions->list()) {
        match.versions.push_back(version.version());
      }
    }
    matches.push_back(std::move(match));
  }
  return matches;
}

// A mapping whose keys are among `words` and whose values are texts.
std::map<std::string, std::string> read_words(const std::optional<Value>& value, const std::string& what,
                                              const std::vector<std::string>& words) {
  std::map<std::string, std::string> found;
  if (!value) {
    return found;
  }
  Mapping map = value->mapping(what);
  for (const std::string& word : words) {
    if (const std::optional<Value> entry = map.optional(word)) {
      found[word] = entry->text();
    }
  }
  return found;
}

Packing read_packing(Mapping map, const std::vector<std::string>& readable) {
  const Value compression = map.required("compression");
  Packing packing{.compression = compression.one_of(compression_words())};
  const bool known = std::ranges::find(compression_words(), packing.compression) != compression_words().end();
  if (known && std::ranges::find(readable, packing.compression) == readable.end()) {
    compression.mistake("'" + packing.compression + "' is not among what the package tools read",
                        "'compression' of the distro lists what they do");
  }
  const auto small = [&](std::string_view key) {
    const Value value = map.required(key);
    const std::int64_t number = value.number();
    if (number < 0 || number > 64) {
      value.mistake(value.label() + " is " + std::to_string(number) + "; expected 0 to 64");
    }
    return static_cast<int>(std::clamp<std::int64_t>(number, 0, 64));
  };
  packing.level = small("level");
  packing.threads = small("threads");
  packing.area = map.optional_text("area");
  const std::optional<Value> weak = map.optional("weak_depends");
  packing.weak_depends = !weak || weak->boolean();
  return packing;
}

Manager read_manager(Mapping map) {
  Manager manager{.speaks = map.required("speaks").one_of(speech_words())};
  const std::optional<Value> strict = map.optional("strict_refresh");
  manager.strict_refresh = strict && strict->boolean();
  const std::string pin = map.required("pin").one_of(pin_words());
  manager.pin = pin == "none" ? "" : pin;
  return manager;
}

bool is_fingerprint(std::string_view text) {
  return text.size() == 40 && text.find_first_not_of("0123456789ABCDEF") == std::string_view::npos;
}

NetworkRepository read_repository(Mapping map) {
  NetworkRepository repository{.word = recipe_name(map.required("word"))};
  const Value key = map.required("key");
  repository.key = key.text();
  if (repository.key.find('/') != std::string::npos || repository.key.starts_with('.')) {
    key.mistake("'" + repository.key + "' is a path; expected the name of a file beside the packages");
  }
  if (const std::optional<Value> fingerprint = map.optional("fingerprint")) {
    repository.fingerprint = fingerprint->text();
    if (!repository.fingerprint.empty() && !is_fingerprint(repository.fingerprint)) {
      fingerprint->mistake("'" + repository.fingerprint + "' is no fingerprint",
                           "40 hexadecimal digits in capitals, as: gpg --show-keys");
    }
  }
  const std::optional<Value> hotfixes = map.optional("module_hotfixes");
  repository.module_hotfixes = hotfixes && hotfixes->boolean();
  if (const std::optional<Value> newest = map.optional("newest")) {
    repository.newest = newest->version();
  }
  return repository;
}

// Methods that need what the recipe does not tell.
void check_offered(const Value& methods, bool manager, bool repository) {
  for (const Value& method : methods.list()) {
    const std::string name = method.is_text() ? method.text() : "";
    const bool network = name == "apt-network" || name == "rpm-network";
    if ((network || name == "deb-local" || name == "rpm-local") && !manager) {
      method.mistake("'" + name + "' is offered without a 'manager' that could carry it out");
    } else if (network && !repository) {
      method.mistake("'" + name + "' is offered without a 'repository'");
    }
  }
}

void check_refused(const std::optional<Value>& refused, const Distro& distro) {
  if (!refused || !refused->is_mapping()) {
    return;
  }
  for (const auto& [method, reason] : refused->mapping("refused").pairs()) {
    if (std::ranges::find(distro.methods, method) != distro.methods.end()) {
      reason.mistake("'" + method + "' is both offered and refused", "keep it in 'methods' or in 'refused'");
    }
  }
}

Distro read_distro(Mapping map) {
  Distro distro{.name = recipe_name(map.required("distro")), .title = map.required("title").text()};
  if (const std::optional<Value> match = map.optional("match")) {
    distro.match = read_match(*match);
  }
  distro.like = map.optional_texts("like");
  distro.family = read_family(map.required("family"));
  const std::optional<Value> in_guide = map.optional("in_guide");
  distro.in_guide = in_guide && in_guide->boolean();
  distro.arch = read_words(map.required("arch"), "arch", arch_words());
  distro.prerequisites = read_words(map.optional("prerequisites"), "prerequisites", prerequisite_words());
  if (const std::optional<Value> directory = map.optional("library_directory")) {
    distro.library_directory = template_text(*directory, {"triplet"});
  }
  if (const std::optional<Value> compression = map.optional("compression")) {
    distro.compression = list_of(*compression, compression_words());
  }
  if (const std::optional<Value> glibc = map.optional("glibc")) {
    distro.glibc = glibc->version();
  }
  if (const std::optional<Value> packing = map.optional("packing")) {
    distro.packing = read_packing(packing->mapping("packing"), distro.compression);
  }
  const std::optional<Value> manager = map.optional("manager");
  if (manager) {
    distro.manager = read_manager(manager->mapping("manager"));
  }
  const std::optional<Value> repository = map.optional("repository");
  if (repository) {
    distro.repository = read_repository(repository->mapping("repository"));
  }
  const Value methods = map.required("methods");
  distro.methods = list_of(methods, method_words());
  check_offered(methods, manager.has_value(), repository.has_value());
  const std::optional<Value> refused = map.optional("refused");
  distro.refused = read_words(refused, "refused", method_words());
  check_refused(refused, distro);
  return distro;
}

}  // namespace

std::string_view name_of(PackageFamily family) {
  switch (family) {
    case PackageFamily::none:
      return "none";
    case PackageFamily::apt:
      return "apt";
    case PackageFamily::dnf:
      return "dnf";
    case PackageFamily::yum:
      return "yum";
    case PackageFamily::zypper:
      return "zypper";
    case PackageFamily::tdnf:
      return "tdnf";
  }
  return "none";
}

Loaded<Distro> load_distro(const SourceText& file) {
  const Document document(file);
  Distro distro = read_distro(document.root().mapping("distro"));
  return document.loaded(std::move(distro));
}

}  // namespace cudnn_install
