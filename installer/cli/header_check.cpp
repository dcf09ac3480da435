#include "cli/header_check.h"

#include <algorithm>
#include <iterator>

#include "cli/request.h"
#include "host/host.h"
#include "packages/package_manager_words.h"
#include "transaction/package_system.h"
#include "transaction/package_transaction.h"

namespace cudnn_install {

namespace {

constexpr const char* system_header = "/usr/include/cudnn_version.h";
constexpr const char* header_name = "/cudnn_version.h";

void append(std::vector<Finding>& to, const std::vector<Finding>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

bool has_cudnn(const RootView& view, const std::string& directory) {
  const std::vector<std::string> names = view.names(directory);
  return std::any_of(names.begin(), names.end(), [](const std::string& name) { return name.starts_with("libcudnn."); });
}

// Where the packages have their libraries; "" where they have none.
Result<std::string> library_directory(const PackageSystem& system, const PackageReceipt& receipt) {
  std::vector<std::string> names;
  std::transform(receipt.packages.begin(), receipt.packages.end(), std::back_inserter(names),
                 [](const PackageVersion& package) { return package.name; });
  return system.ask(installed_files_query(system.manager(), names)).map([&](const Answer& answer) {
    for (const std::string& path : listed_words(answer.out)) {
      if (const std::size_t at = path.find("/libcudnn.so."); at != std::string::npos) {
        return path.substr(0, at);
      }
    }
    return std::string();
  });
}

}  // namespace

std::vector<Finding> headers_at(const std::string& root, const std::string& prefix) {
  const PrefixFacts facts = probed_prefix(root, prefix);
  return header_findings(RootView(root), facts.include + header_name, facts.library);
}

Result<std::vector<Finding>> headers_of(const std::string& root, const PackageReceipt& receipt, Context& context) {
  const PackageSystem system({.root = root, .files = context.files, .processes = context.processes}, receipt.manager);
  return library_directory(system, receipt).map([&](const std::string& libraries) {
    std::vector<Finding> findings;
    if (libraries.empty()) {
      return findings;
    }
    const RootView view(root);
    append(findings, header_findings(view, system_header, libraries));
    const PrefixFacts toolkit = probed_prefix(root, usual_toolkit);
    if (!has_cudnn(view, toolkit.library)) {
      append(findings, header_findings(view, toolkit.include + header_name, libraries));
    }
    return findings;
  });
}

std::vector<std::string> header_warnings(const Plan& plan, Context& context) {
  std::vector<Finding> findings;
  if (plan.verb == Verb::uninstall) {
    return {};
  }
  if (!plan.packages) {
    findings = headers_at(plan.root, plan.prefix);
  } else if (const auto state = packages_state(context.files, package_state(plan.root, context)); state) {
    for (const PackageReceipt& receipt : state->receipts) {
      append(findings, headers_of(plan.root, receipt, context).value_or(std::vector<Finding>()));
    }
  }
  std::vector<std::string> warnings;
  std::transform(findings.begin(), findings.end(), std::back_inserter(warnings),
                 [](const Finding& finding) { return finding.path + " " + finding.detail; });
  return warnings;
}

}  // namespace cudnn_install
