#include "cli/package_record.h"

#include <nlohmann/json.hpp>

namespace cudnn_install {

namespace {

using Json = nlohmann::ordered_json;

Json of(const PackagedPath& path) {
  if (path.from.empty()) {
    return {{"path", path.path}, {"target", path.target}};
  }
  return {{"path", path.path}, {"from", path.from}, {"size", path.size}, {"sha256", path.sha256.hex()}};
}

Json of(const Alternatives& alternatives) {
  Json entries = Json::array();
  for (const Alternative& entry : alternatives.entries) {
    entries.push_back({{"name", entry.name}, {"link", entry.link}, {"path", entry.path}});
  }
  return {{"priority", alternatives.priority}, {"entries", entries}};
}

Json of(const PackageDescription& package) {
  Json paths = Json::array();
  for (const PackagedPath& path : package.paths) {
    paths.push_back(of(path));
  }
  return {{"kind", package.kind},
          {"name", package.name},
          {"version", package.version},
          {"release", package.release},
          {"architecture", package.architecture},
          {"file", package.file},
          {"summary", package.summary},
          {"multi_arch", package.multi_arch},
          {"depends", package.depends},
          {"recommends", package.recommends},
          {"shlibs", package.shlibs},
          {"samples", package.samples},
          {"alternatives", of(package.alternatives)},
          {"paths", paths}};
}

Json of(const PackageTarget& target) {
  Json packages = Json::array();
  for (const PackageDescription& package : target.packages) {
    packages.push_back(of(package));
  }
  return {{"distro", target.distro},
          {"format", name_of(target.format)},
          {"architecture", target.architecture},
          {"compression", target.packing.compression},
          {"level", target.packing.level},
          {"threads", target.packing.threads},
          {"area", target.packing.area},
          {"packages", packages}};
}

}  // namespace

std::string package_record(const PackagePlan& plan, const Payload& payload, const std::string& directory) {
  Json targets = Json::array();
  for (const PackageTarget& target : plan.targets) {
    targets.push_back(of(target));
  }
  const Json record = {{"schema", 1},
                       {"product", plan.wanted.product},
                       {"version", plan.wanted.version.text()},
                       {"cuda", plan.cuda},
                       {"platform", plan.wanted.platform},
                       {"demo", plan.wanted.demo},
                       {"archive",
                        {{"location", plan.wanted.location},
                         {"sha256", payload.archive.hex()},
                         {"size", payload.archive_size},
                         {"trust", plan.wanted.trust}}},
                       {"directory", directory},
                       {"license", payload.license},
                       {"glibc", payload.glibc ? payload.glibc->text() : ""},
                       {"targets", targets}};
  return record.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace cudnn_install
