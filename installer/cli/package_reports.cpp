#include "cli/package_reports.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "cli/header_check.h"
#include "cli/prefixes.h"
#include "cli/request.h"
#include "transaction/package_system.h"

namespace cudnn_install {

namespace {

bool is_pin(const Subject& subject) {
  return subject.role == "pin" && subject.after;
}

// Images of containers leave these out, and no library needs them.
bool is_for_people(const std::string& path) {
  constexpr std::array<std::string_view, 3> places = {"/usr/share/doc/", "/usr/share/man/", "/usr/share/locale/"};
  return std::any_of(places.begin(), places.end(), [&](std::string_view place) { return path.starts_with(place); });
}

std::vector<std::string> names_of(const PackageReceipt& receipt) {
  std::vector<std::string> names;
  std::transform(receipt.packages.begin(), receipt.packages.end(), std::back_inserter(names),
                 [](const PackageVersion& package) { return package.name; });
  return names;
}

Result<void> check_versions(const PackageSystem& system, PackagesReport& report) {
  return system.packages(names_of(report.receipt)).map([&](const std::map<std::string, SubjectState>& now) {
    for (const PackageVersion& package : report.receipt.packages) {
      const auto found = now.find(package.name);
      if (found == now.end()) {
        report.findings.push_back({Damage::missing, package.name, "the package is not installed"});
      } else if (found->second.value != package.version) {
        report.findings.push_back(
            {Damage::changed, package.name, found->second.value + ", expected " + package.version});
      }
    }
  });
}

Result<void> check_files(const PackageSystem& system, PackagesReport& report) {
  return system.ask(check_query(system.manager(), names_of(report.receipt))).map([&](const Answer& answer) {
    for (const std::string& path : changed_files(system.manager(), answer.out)) {
      if (!is_for_people(path)) {
        report.findings.push_back({Damage::changed, path, "not as its package has it"});
      }
    }
  });
}

Result<void> check_pins(const PackageSystem& system, PackagesReport& report) {
  const auto locks = system.locks();
  if (!locks) {
    return tl::unexpected(locks.error());
  }
  for (const Subject& subject : report.receipt.subjects) {
    if (!is_pin(subject)) {
      continue;
    }
    const bool file = subject.kind == SubjectKind::file;
    const auto now = file ? system.file(subject.name) : Result<std::optional<SubjectState>>(std::nullopt);
    if (!now) {
      return tl::unexpected(now.error());
    }
    const bool stands =
        file ? *now == subject.after : std::find(locks->begin(), locks->end(), subject.name) != locks->end();
    if (!stands) {
      report.findings.push_back({Damage::changed, subject.name, "does not hold the version any more"});
    }
  }
  return {};
}

Result<void> check_headers(const std::string& root, PackagesReport& report, Context& context) {
  return headers_of(root, report.receipt, context).map([&](const std::vector<Finding>& found) {
    report.findings.insert(report.findings.end(), found.begin(), found.end());
  });
}

// The packages' libraries as an installation of files, which the proof is made for.
Result<Installation> as_installation(const PackageSystem& system, const PackageReceipt& receipt) {
  return system.ask(installed_files_query(system.manager(), names_of(receipt))).map([&](const Answer& answer) {
    Installation installation{.product = receipt.product,
                              .version = receipt.version,
                              .cuda = receipt.cuda.substr(0, receipt.cuda.find('.')),
                              .platform = receipt.platform,
                              .components = receipt.components};
    for (const std::string& path : listed_words(answer.out)) {
      struct stat raw {};
      if (path.find("/libcudnn") == std::string::npos || ::lstat(path.c_str(), &raw) != 0 || S_ISDIR(raw.st_mode)) {
        continue;
      }
      if (const auto target = TargetPath::parse(path.substr(1))) {
        const Entry entry{.kind = S_ISLNK(raw.st_mode) ? EntryKind::link : EntryKind::file};
        installation.paths.push_back({.path = *target, .entry = entry, .displaced = {}});
      }
    }
    return installation;
  });
}

Result<void> prove(const PackageSystem& system, PackagesReport& report) {
  return as_installation(system, report.receipt).map([&](const Installation& installation) {
    report.proofs.push_back(load_proof(installation, "/"));
    const auto& found = report.proofs.back().findings;
    report.findings.insert(report.findings.end(), found.begin(), found.end());
  });
}

}  // namespace

Result<PackagesReports> packages_reports(const PlaceOptions& place, Context& context) {
  PackagesReports found;
  const auto root = checked_root(place.root);
  if (!root) {
    return tl::unexpected(root.error());
  }
  if (!place.prefix.empty()) {
    return found;
  }
  auto state = packages_state(context.files, package_state(*root, context));
  if (!state) {
    return tl::unexpected(state.error());
  }
  found.standstill = state->standstill;
  for (PackageReceipt& receipt : state->receipts) {
    const bool held = std::any_of(receipt.subjects.begin(), receipt.subjects.end(), is_pin);
    found.reports.push_back({.receipt = std::move(receipt), .held = held});
  }
  return found;
}

Result<void> examine(const PlaceOptions& place, Loading loading, PackagesReport& report, Context& context) {
  const auto root = checked_root(place.root);
  if (!root) {
    return tl::unexpected(root.error());
  }
  const PackageSystem system({.root = *root, .files = context.files, .processes = context.processes},
                             report.receipt.manager);
  return check_versions(system, report)
      .and_then([&] { return check_files(system, report); })
      .and_then([&] { return check_pins(system, report); })
      .and_then([&] { return check_headers(*root, report, context); })
      .and_then([&] {
        const bool cudnn = !is_compat(report.receipt);  // libcuda says nothing without a driver
        return loading == Loading::yes && cudnn ? prove(system, report) : Result<void>();
      });
}

std::string text_of(const PackagesReport& report) {
  const PackageReceipt& receipt = report.receipt;
  std::string text = "packages of this system\n  " + printable(title_of(receipt)) + ", " + printable(receipt.platform) +
                     ", method " + printable(receipt.method) + ", " + printable(receipt.when) + "\n";
  for (const PackageVersion& package : receipt.packages) {
    text += "  " + printable(package.name) + " " + printable(package.version) + "\n";
  }
  text += report.held ? "  held: upgrades of the system do not change the version\n"
                      : "  not held: an upgrade of the system may change the version\n";
  return text + text_of(report.proofs) + text_of(report.findings);
}

}  // namespace cudnn_install
