#include <nlohmann/json.hpp>

#include "plan/parts.h"

namespace cudnn_install {
namespace {

using Json = nlohmann::ordered_json;

Json record(const std::vector<PackageVersion>& packages) {
  Json list = Json::array();
  for (const PackageVersion& each : packages) {
    list.push_back({{"name", each.name}, {"version", each.version}});
  }
  return list;
}

Json record(const Manager& manager) {
  return {{"speaks", manager.speaks}, {"strict_refresh", manager.strict_refresh}, {"pin", manager.pin}};
}

Json record(const Repository& repository) {
  return {{"file", repository.file}, {"id", repository.id},   {"title", repository.title},
          {"url", repository.url},   {"key", repository.key}, {"module_hotfixes", repository.module_hotfixes}};
}

struct Record {
  Json operator()(const MakeDirectory& step) const { return {{"do", "make_directory"}, {"path", step.path}}; }
  Json operator()(const RemoveOlder& step) const { return {{"do", "remove_older"}, {"paths", step.paths}}; }
  Json operator()(const UnpackArchive& step) const {
    return {{"do", step.shape == Shape::runfile ? "extract_runfile" : "unpack"}, {"archive", step.archive}};
  }
  Json operator()(const CopyFiles& step) const {
    return {
        {"do", "copy"}, {"from", step.from}, {"to", step.to}, {"links", step.links == Links::keep ? "keep" : "follow"}};
  }
  Json operator()(const MakeLinks& step) const {
    Json links = Json::array();
    for (const auto& [name, target] : step.links) {
      links.push_back({{"name", name}, {"target", target}});
    }
    return {{"do", "make_links"}, {"directory", step.directory}, {"links", links}};
  }
  Json operator()(const SetMode& step) const { return {{"do", "chmod"}, {"mode", step.mode}, {"paths", step.paths}}; }
  Json operator()(const PlaceFiles& step) const {
    Json rules = Json::array();
    for (const PlaceRule& rule : step.rules) {
      rules.push_back({{"from", rule.from}, {"to", rule.to}});
    }
    return {{"do", "place"}, {"archive", step.archive}, {"rules", rules}};
  }
  Json operator()(const RefreshLoaderCache& step) const {
    return {{"do", "refresh_loader_cache"}, {"directory", step.directory}};
  }
  Json operator()(const RemovePaths& step) const { return {{"do", "remove"}, {"paths", step.paths}}; }
  Json operator()(const RestorePaths& step) const {
    return {{"do", "restore"}, {"paths", step.paths}, {"from", step.from}};
  }
  Json operator()(const InstallPackageFile& step) const {
    return {{"do", "install_package_file"},
            {"file", step.file},
            {"url", step.url},
            {"name", step.package.name},
            {"version", step.package.version}};
  }
  Json operator()(const CopyKeyring& step) const {
    return {{"do", "copy_keyring"}, {"from", step.from}, {"to", step.to}};
  }
  Json operator()(const AddRepository& step) const {
    return {{"do", "add_repository"},
            {"repository", record(step.repository)},
            {"url", step.url},
            {"keyring", step.keyring}};
  }
  Json operator()(const RefreshIndex& step) const { return {{"do", "refresh_index"}, {"source", step.source}}; }
  Json operator()(const InstallPackages& step) const {
    return {{"do", "install_packages"}, {"packages", record(step.packages)}};
  }
  Json operator()(const HoldPackages& step) const {
    return {{"do", "hold_packages"}, {"packages", record(step.packages)}};
  }
  Json operator()(const RemovePackages& step) const { return {{"do", "remove_packages"}, {"names", step.names}}; }
};

Json record(const Clause& clause) {
  return {{"section", clause.section}, {"step", clause.step}};
}

Json record(const std::vector<PlannedStep>& steps) {
  Json list = Json::array();
  for (const PlannedStep& each : steps) {
    Json step = std::visit(Record{}, each.step);
    step["clause"] = each.clause ? record(*each.clause) : Json();
    step["note"] = each.note;
    list.push_back(std::move(step));
  }
  return list;
}

Json record(const Wanted& wanted) {
  return {{"product", wanted.product},
          {"front", wanted.front},
          {"version", wanted.version.text()},
          {"cuda", wanted.cuda},
          {"platform", wanted.platform},
          {"top", wanted.top},
          {"license", wanted.license},
          {"version_header", wanted.version_header},
          {"location", wanted.location},
          {"sha256", wanted.sha256 ? Json(wanted.sha256->hex()) : Json()},
          {"trust", wanted.trust},
          {"demo", wanted.demo}};
}

Json record(const PackageWork& work) {
  Json json = {{"manager", record(work.manager)},  {"product", work.product},
               {"version", work.version},          {"cuda", work.cuda},
               {"platform", work.platform},        {"repository", work.repository},
               {"fingerprint", work.fingerprint},  {"sha256", work.sha256 ? Json(work.sha256->hex()) : Json()},
               {"packages", record(work.packages)}};
  if (work.range) {
    json["range"] = {{"above", work.range->above.text()}, {"below", work.range->below.text()}};
  }
  return json;
}

Json record(const std::vector<PrerequisiteLine>& lines) {
  Json list = Json::array();
  for (const PrerequisiteLine& each : lines) {
    list.push_back({{"name", each.name},
                    {"clause", record(each.clause)},
                    {"standing", name_of(each.standing)},
                    {"detail", each.detail}});
  }
  return list;
}

}  // namespace

std::string to_json(const Plan& plan) {
  const Json json = {{"schema", plan_schema},
                     {"verb", name_of(plan.verb)},
                     {"method", plan.method},
                     {"title", plan.title},
                     {"document", plan.document},
                     {"distro", plan.distro},
                     {"root", plan.root},
                     {"prefix", plan.prefix},
                     {"include", plan.include},
                     {"library", plan.library},
                     {"wanted", plan.wanted ? record(*plan.wanted) : Json()},
                     {"packages", plan.packages ? record(*plan.packages) : Json()},
                     {"components", plan.components},
                     {"replaces", plan.replaces ? Json(*plan.replaces) : Json()},
                     {"keep_previous", plan.keep_previous},
                     {"as_root", plan.as_root},
                     {"prerequisites", record(plan.prerequisites)},
                     {"notes", plan.notes},
                     {"documented", record(plan.documented)},
                     {"effective", record(plan.effective)}};
  // File names need not be UTF-8; a plan must be printable all the same.
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace cudnn_install
