#include "base/target_path.h"
#include "recipe/clause.h"
#include "recipe/recipe.h"
#include "recipe/templates.h"
#include "recipe/words.h"

namespace cudnn_install {

namespace {

const std::vector<std::string>& step_names() {
  static const std::vector<std::string> names = {"archive", "cuda", "include", "lib"};
  return names;
}

// A path below the archive's top directory.
std::string read_source(const Value& value) {
  std::string text = template_text(value, step_names());
  if (!text.empty() && (!TargetPath::parse(text) || text.find("${cuda}") != std::string::npos)) {
    value.mistake(value.label() + " is '" + text + "'; expected a path below the archive's top directory");
  }
  return text;
}

// A path below the CUDA directory: nothing else may be written to.
std::string read_destination(const Value& value) {
  static constexpr std::string_view base = "${cuda}/";
  std::string text = template_text(value, step_names());
  if (!text.empty() && (!text.starts_with(base) || !TargetPath::parse(text.substr(base.size())))) {
    value.mistake(value.label() + " is '" + text + "'; expected a path below '${cuda}'");
  }
  return text;
}

// An absolute path without names; its last part may be a glob.
std::string read_absolute(const Value& value) {
  std::string text = template_text(value, {});
  if (!text.empty() && (!text.starts_with('/') || !TargetPath::parse(text.substr(1)))) {
    value.mistake(value.label() + " is '" + text + "'; expected an absolute path");
  }
  return text;
}

// A URL below the network repository: no other host is asked for anything.
std::string below_repository(const Value& value, const std::vector<std::string>& names) {
  static constexpr std::string_view base = "${repository}/";
  std::string text = template_text(value, names);
  if (!text.empty() && (!text.starts_with(base) || !TargetPath::parse(text.substr(base.size())))) {
    value.mistake(value.label() + " is '" + text + "'; expected a URL below '${repository}'");
  }
  return text;
}

UnpackTemplate read_unpack(Mapping map) {
  return {.archive = template_text(map.required("archive"), step_names())};
}

CopyTemplate read_copy(Mapping map) {
  CopyTemplate copy{.from = read_source(map.required("from")), .to = read_destination(map.required("to"))};
  if (const std::optional<Value> links = map.optional("links")) {
    copy.links = links->one_of({"follow", "keep"}) == "keep" ? Links::keep : Links::follow;
  }
  return copy;
}

ChmodTemplate read_chmod(Mapping map) {
  const Value mode = map.required("mode");
  ChmodTemplate chmod{.mode = mode.text()};
  const std::size_t sign = chmod.mode.find_first_not_of("ugoa");
  const bool good = sign != std::string::npos && std::string_view("+-=").find(chmod.mode[sign]) != std::string::npos &&
                    sign + 1 < chmod.mode.size() && chmod.mode.find_first_not_of("rwxX", sign + 1) == std::string::npos;
  if (!chmod.mode.empty() && !good) {
    mode.mistake("'" + chmod.mode + "' is no mode", "write it as chmod takes it: a+r");
  }
  const Value paths = map.required("paths");
  for (const Value& path : paths.list()) {
    chmod.paths.push_back(read_destination(path));
  }
  paths.expect_entries();
  return chmod;
}

// A file or a URL, whichever the step names.
InstallFileTemplate read_install_file(Mapping map) {
  InstallFileTemplate install;
  const std::optional<Value> file = map.optional("file");
  const std::optional<Value> url = map.optional("url");
  if (file.has_value() == url.has_value()) {
    map.mistake("install-file has " + std::string(file ? "both 'file' and 'url'" : "neither 'file' nor 'url'") +
                "; expected one of them");
  }
  install.file = file ? template_text(*file, {"archive"}) : "";
  install.url = url ? below_repository(*url, {"repository"}) : "";
  return install;
}

CopyKeyringTemplate read_copy_keyring(Mapping map) {
  return {.from = read_absolute(map.required("from")), .to = read_absolute(map.required("to"))};
}

AddRepositoryTemplate read_add_repository(Mapping map) {
  return {.url = below_repository(map.required("url"), {"repository", "distro"})};
}

RefreshTemplate read_refresh(const Mapping& /*map*/) {
  return {};
}

InstallPackageTemplate read_install_package(Mapping map) {
  return {.kind = map.required("kind").one_of(package_words())};
}

// Reads the action `name` with `read` if the step has it; answers how many it found.
template <class Read>
int read_action(Mapping& map, const std::string& name, MethodStep& step, Read read) {
  const std::optional<Value> action = map.optional(name);
  if (action) {
    step.step = read(action->mapping(name));
  }
  return action ? 1 : 0;
}

MethodStep read_step(Mapping map) {
  MethodStep step;
  const int actions =
      read_action(map, "unpack", step, read_unpack) + read_action(map, "copy", step, read_copy) +
      read_action(map, "chmod", step, read_chmod) + read_action(map, "install-file", step, read_install_file) +
      read_action(map, "copy-keyring", step, read_copy_keyring) +
      read_action(map, "add-repository", step, read_add_repository) + read_action(map, "refresh", step, read_refresh) +
      read_action(map, "install-package", step, read_install_package);
  if (actions != 1) {
    map.mistake("a step has " + std::to_string(actions) +
                " actions; expected one of unpack, copy, chmod, install-file, copy-keyring, add-repository, refresh, "
                "install-package");
  }
  step.clause = read_clause(map.required("clause"));
  step.note = map.optional_text("note");
  return step;
}

Method read_method(Mapping map) {
  const Value name = map.required("method");
  Method method{.name = name.one_of(method_words()), .title = map.required("title").text()};
  {
    Mapping guide = map.required("guide").mapping("guide");
    method.document = guide.required("document").text();
    const Value section = guide.required("section");
    const Clause clause = read_clause(section);
    if (!clause.step.empty()) {
      section.mistake("'" + section.text() + "' names a step; expected a section");
    }
    method.section = clause.section;
  }
  if (const std::optional<Value> tree = map.optional("tree")) {
    method.tree = tree->text();
    if (!method.tree.empty() && (!method.tree.starts_with("https://") || method.tree.ends_with('/'))) {
      tree->mistake("'tree' is '" + method.tree + "'; expected an https URL without a slash at its end");
    }
  }
  if (const std::optional<Value> prerequisites = map.optional("prerequisites")) {
    for (const Value& entry : prerequisites->list()) {
      Mapping prerequisite = entry.mapping("prerequisite");
      method.prerequisites.push_back({.name = prerequisite.required("name").one_of(prerequisite_words()),
                                      .clause = read_clause(prerequisite.required("clause"))});
    }
  }
  const Value steps = map.required("steps");
  for (const Value& step : steps.list()) {
    method.steps.push_back(read_step(step.mapping("step")));
  }
  steps.expect_entries();
  return method;
}

}  // namespace

Loaded<Method> load_method(const SourceText& file) {
  const Document document(file);
  Method method = read_method(document.root().mapping("method"));
  return document.loaded(std::move(method));
}

}  // namespace cudnn_install
