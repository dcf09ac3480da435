#include "verify/verify.h"

#include <memory>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/header_check.h"
#include "cli/package_reports.h"
#include "cli/prefixes.h"
#include "cli/request.h"

namespace cudnn_install {

namespace {

struct VerifyOptions {
  OutputOptions output{};
  PlaceOptions place{};
  bool load = false;
};

void append(std::vector<Finding>& to, const std::vector<Finding>& from) {
  to.insert(to.end(), from.begin(), from.end());
}

void look(const VerifyOptions& options, const std::string& directory, PrefixReport& report) {
  report.findings = damage_of(*report.state.receipt, directory, Depth::digest);
  for (const Installation& installation : report.state.receipt->installations) {
    append(report.findings, broken_chains(installation, directory));
    if (options.load && !is_compat(installation)) {  // libcuda says nothing without a driver
      report.proofs.push_back(load_proof(installation, directory));
      append(report.findings, report.proofs.back().findings);
    }
  }
  append(report.findings, headers_at(checked_root(options.place.root).value_or("/"), report.prefix));
}

std::string text_of(const PrefixReport& report) {
  std::string text;
  for (const Installation& installation : report.state.receipt->installations) {
    text += title_of(installation) + " at " + printable(report.prefix) + ": " +
            std::to_string(installation.paths.size()) + " paths\n";
  }
  text += text_of(report.proofs);
  const std::size_t count = report.findings.size();
  text += count == 0 ? std::string("  all as installed\n")
                     : "  " + std::to_string(count) + (count == 1 ? " finding:\n" : " findings:\n");
  return text + text_of(report.findings);
}

Result<Outcome> run(const VerifyOptions& options, Context& context) {
  if (options.load && checked_root(options.place.root).value_or("/") != "/") {
    return failure(Fault::usage, "--load opens the libraries on this system, and --root names another one",
                   "leave --load out, or run verify there");
  }
  auto reports = prefix_reports(options.place, context);
  if (!reports) {
    return tl::unexpected(reports.error());
  }
  Outcome outcome{.text = {}, .record = {}, .fault = Fault::findings};
  for (PrefixReport& report : *reports) {
    if (!report.state.receipt || report.state.receipt->installations.empty()) {
      continue;
    }
    if (outcome.fault == Fault::findings) {
      outcome.fault.reset();
    }
    look(options, directory_of(options.place, report.prefix), report);
    if (!report.findings.empty()) {
      outcome.fault = Fault::integrity;
    }
    outcome.text += text_of(report);
  }
  auto packages = packages_reports(options.place, context);
  if (!packages) {
    return tl::unexpected(packages.error());
  }
  for (PackagesReport& report : packages->reports) {
    if (auto examined = examine(options.place, options.load ? Loading::yes : Loading::no, report, context); !examined) {
      return tl::unexpected(examined.error());
    }
    if (!report.findings.empty()) {
      outcome.fault = Fault::integrity;
    } else if (outcome.fault == Fault::findings) {
      outcome.fault.reset();
    }
    outcome.text += text_of(report) + (report.findings.empty() ? "  all as installed\n" : "");
  }
  if (outcome.text.empty()) {
    outcome.text = "nothing is installed here: there is nothing to verify\n";
  }
  outcome.record = prefixes_record(*reports, packages->reports);
  return outcome;
}

}  // namespace

Run add_verify(Definition& definition) {
  auto options = std::make_shared<VerifyOptions>();
  definition.flag(
      {.names = "--load", .value = {}, .text = "Also open every library in a child process and ask for its version"},
      options->load);
  add_place_options(definition, options->place);
  add_output_options(definition, options->output);
  return [options](Context& context) { return run(*options, context); };
}

}  // namespace cudnn_install
