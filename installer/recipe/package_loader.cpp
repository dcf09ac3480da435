#include <string>
#include <vector>

#include "recipe/recipe.h"
#include "recipe/templates.h"
#include "recipe/words.h"

namespace cudnn_install {

namespace {

ForFormats read_formats(const Value& value, const std::string& what, const std::vector<std::string>& names) {
  Mapping map = value.mapping(what);
  ForFormats formats;
  formats.deb = template_text(map.required("deb"), names);
  formats.rpm = template_text(map.required("rpm"), names);
  return formats;
}

std::vector<std::string> kinds(Mapping& map, std::string_view key) {
  const std::optional<Value> value = map.optional(key);
  return value ? list_of(*value, package_words()) : std::vector<std::string>();
}

PackageSet read_set(Mapping map) {
  PackageSet set{.kind = map.required("kind").one_of(package_words())};
  set.name = read_formats(map.required("name"), "name", {"major", "dashed"});
  set.summary = map.required("summary").text();
  const Value holds = map.required("holds");
  set.holds = list_of(holds, content_words());
  holds.expect_entries();
  set.needs = kinds(map, "needs");
  set.suits = kinds(map, "suits");
  const std::optional<Value> any = map.optional("any_architecture");
  set.any_architecture = any && any->boolean();
  return set;
}

PackageCuda read_cuda(Mapping map) {
  PackageCuda cuda{.release = map.required("release").version()};
  for (const Value& version : map.required("versions").list()) {
    cuda.versions.push_back(version.version());
  }
  return cuda;
}

OpenedLate read_late(Mapping map) {
  OpenedLate late{.cuda = map.required("cuda").text(), .soname = map.required("soname").text()};
  for (const Value& deb : map.required("deb").list()) {
    late.debs.push_back(template_text(deb, {"dashed"}));
  }
  return late;
}

}  // namespace

ProductPackages read_packages(Mapping map, PackageNumbers numbers) {
  ProductPackages packages;
  if (numbers == PackageNumbers::own) {
    packages.release = read_formats(map.required("release"), "release", {"cuda"});
  }
  const Value sets = map.required("sets");
  for (const Value& set : sets.list()) {
    packages.sets.push_back(read_set(set.mapping("package")));
  }
  sets.expect_entries();
  if (numbers == PackageNumbers::of_drivers) {
    return packages;
  }
  if (const std::optional<Value> cuda = map.optional("cuda")) {
    for (const Value& entry : cuda->list()) {
      packages.cuda.push_back(read_cuda(entry.mapping("cuda")));
    }
  }
  if (const std::optional<Value> late = map.optional("opened_late")) {
    for (const Value& entry : late->list()) {
      packages.opened_late.push_back(read_late(entry.mapping("library")));
    }
  }
  return packages;
}

}  // namespace cudnn_install
