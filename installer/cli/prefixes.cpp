#include "cli/prefixes.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "cli/request.h"
#include "host/host.h"

namespace cudnn_install {

namespace {

Result<std::vector<std::string>> indexed_prefixes(const std::string& root, const Context& context) {
  auto own = state_directory(root, context);
  if (!own) {
    return tl::unexpected(own.error());
  }
  std::vector<std::string> prefixes = known_prefixes(*own);
  if (!context.caller.root && context.variable("CUDNN_INSTALL_STATE").empty()) {
    const std::string system = (root == "/" ? "" : root) + "/var/lib/cudnn-install";
    for (std::string& prefix : known_prefixes(system)) {
      prefixes.push_back(std::move(prefix));
    }
  }
  std::sort(prefixes.begin(), prefixes.end());
  prefixes.erase(std::unique(prefixes.begin(), prefixes.end()), prefixes.end());
  return prefixes;
}

}  // namespace

Result<std::vector<PrefixReport>> prefix_reports(const PlaceOptions& place, const Context& context) {
  const auto root = checked_root(place.root);
  if (!root) {
    return tl::unexpected(root.error());
  }
  Result<std::vector<std::string>> prefixes{std::vector<std::string>{}};
  if (place.prefix.empty()) {
    prefixes = indexed_prefixes(*root, context);
  } else if (auto prefix = checked_prefix(place.prefix, *root); prefix) {
    prefixes = std::vector<std::string>{*prefix};
  } else {
    return tl::unexpected(prefix.error());
  }
  if (!prefixes) {
    return tl::unexpected(prefixes.error());
  }
  std::vector<PrefixReport> reports;
  for (const std::string& prefix : *prefixes) {
    auto state = prefix_state(*root, prefix);
    if (!state) {
      return tl::unexpected(state.error());
    }
    reports.push_back({.prefix = prefix, .state = std::move(*state), .findings = {}, .proofs = {}});
  }
  return reports;
}

std::string directory_of(const PlaceOptions& place, const std::string& prefix) {
  const auto root = checked_root(place.root);
  const std::string resolved = probed_prefix(root.value_or("/"), prefix).resolved;
  return (root.value_or("/") == "/" ? "" : *root) + resolved;
}

std::string title_of(const Installation& installation) {
  const std::string name = (installation.demo ? "demo payload of " : "") + name_of(installation) + " ";
  return printable(name) + printable(installation.version) + " for CUDA " + printable(installation.cuda);
}

std::string text_of(const std::vector<LoadProof>& proofs) {
  std::string text;
  for (const LoadProof& proof : proofs) {
    text += "  loads: cuDNN " + printable(proof.version) +
            (proof.cudart.empty() ? "" : " with CUDA " + printable(proof.cudart)) + ", " +
            std::to_string(proof.opened.size()) + " libraries\n";
  }
  return text;
}

std::string text_of(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += "  " + std::string(name_of(finding.damage)) + " " + printable(finding.path) +
            (finding.detail.empty() ? "" : ": " + printable(finding.detail)) + "\n";
  }
  return text;
}

}  // namespace cudnn_install
