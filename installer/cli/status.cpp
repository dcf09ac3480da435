#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <iterator>
#include <memory>
#include <ostream>
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/header_check.h"
#include "cli/package_reports.h"
#include "cli/prefixes.h"
#include "cli/request.h"
#include "system/signals.h"
#include "transaction/transaction.h"

namespace cudnn_install {

namespace {

struct StatusOptions {
  OutputOptions output{};
  PlaceOptions place{};
  bool check = false;
};

// An open journal is carried to its end where the caller may write and no other run holds the lock. Where a person has
// to look first, both lists are told; any other trouble leaves it to the next changing command.
void settle_quietly(const StatusOptions& options, PrefixReport& report, Context& context) {
  const std::string records = directory_of(options.place, report.prefix) + "/.cudnn-install";
  const auto root = checked_root(options.place.root);
  const auto state = state_directory(root.value_or("/"), context);
  if (report.state.standstill != Standstill::open_journal || !root || !state || ::access(records.c_str(), W_OK) != 0) {
    return;
  }
  Plan plan;
  plan.root = *root;
  plan.prefix = report.prefix;
  TransactionOptions how;
  how.lock_timeout = std::chrono::seconds(0);
  how.state = *state;
  how.tool = tool_version();
  watch_signals();
  const auto settled = settle_open(plan, how, {.files = context.files, .processes = context.processes});
  report.stuck = !settled && settled.error().fault == Fault::needs_settling;
  if (report.stuck) {
    context.err << rendered(settled.error()) << '\n' << std::flush;
  }
  if (auto now = prefix_state(*root, report.prefix); settled && now) {
    report.state = std::move(*now);
  }
}

std::string text_of(const PrefixReport& report) {
  std::string text = printable(report.prefix) + "\n";
  const std::optional<Receipt>& receipt = report.state.receipt;
  if (!receipt || receipt->installations.empty()) {
    text += "  nothing is installed here\n";
  } else {
    for (const Installation& each : receipt->installations) {
      text += "  " + title_of(each) + ", " + printable(each.platform) + ", method " + printable(each.method) + ", " +
              std::to_string(each.paths.size()) + " paths, " + printable(each.when) + "\n";
    }
    if (receipt->previous) {
      text += "  rollback brings back " + title_of(receipt->previous->installation) + "\n";
    }
  }
  if (report.state.standstill == Standstill::in_progress) {
    text += "  another run is in progress\n";
  }
  if (report.state.standstill == Standstill::open_journal) {
    text += report.stuck ? "  an interrupted run cannot be settled before a person has looked\n"
                         : "  an interrupted run is not settled; the next install, upgrade, rollback or uninstall here "
                           "does that\n";
  }
  return text + text_of(report.findings);
}

std::optional<Fault> worst_of(const std::vector<PrefixReport>& reports) {
  std::optional<Fault> worst;
  for (const PrefixReport& report : reports) {
    if (report.state.standstill == Standstill::open_journal) {
      return Fault::needs_settling;
    }
    if (!report.findings.empty()) {
      worst = Fault::integrity;
    }
  }
  return worst;
}

Result<void> add_packages(const StatusOptions& options, PackagesReports& packages, Outcome& outcome, Context& context) {
  for (PackagesReport& report : packages.reports) {
    const auto examined = options.check ? examine(options.place, Loading::no, report, context) : Result<void>();
    if (!examined) {
      return examined;
    }
    outcome.text += text_of(report);
    if (!report.findings.empty() && !outcome.fault) {
      outcome.fault = Fault::integrity;
    }
  }
  if (packages.standstill == Standstill::open_journal) {
    outcome.text += "an interrupted run on the packages is not settled; the next install or uninstall does that\n";
    outcome.fault = Fault::needs_settling;
  }
  return {};
}

Result<Outcome> run(const StatusOptions& options, Context& context) {
  auto reports = prefix_reports(options.place, context);
  if (!reports) {
    return tl::unexpected(reports.error());
  }
  Outcome outcome;
  for (PrefixReport& report : *reports) {
    settle_quietly(options, report, context);
    if (options.check && report.state.receipt) {
      report.findings = damage_of(*report.state.receipt, directory_of(options.place, report.prefix), Depth::stat);
      std::ranges::move(headers_at(checked_root(options.place.root).value_or("/"), report.prefix),
                        std::back_inserter(report.findings));
    }
    outcome.text += text_of(report);
  }
  auto packages = packages_reports(options.place, context);
  if (!packages) {
    return tl::unexpected(packages.error());
  }
  outcome.fault = worst_of(*reports);
  if (auto told = add_packages(options, *packages, outcome, context); !told) {
    return tl::unexpected(told.error());
  }
  if (reports->empty() && packages->reports.empty()) {
    outcome.text += "nothing is installed by cudnn-install here\n";
  }
  outcome.record = prefixes_record(*reports, packages->reports);
  return outcome;
}

}  // namespace

Run add_status(Definition& definition) {
  auto options = std::make_shared<StatusOptions>();
  definition.flag({.names = "--check",
                   .value = {},
                   .text = "Look whether every path is as recorded; files are read only where time or inode differ"},
                  options->check);
  add_place_options(definition, options->place);
  add_output_options(definition, options->output);
  return [options](Context& context) { return run(*options, context); };
}

}  // namespace cudnn_install
