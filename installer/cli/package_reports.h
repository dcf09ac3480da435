// What package methods have installed on a system, for status and verify.
#pragma once

#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/options.h"
#include "cli/records.h"
#include "transaction/package_transaction.h"

namespace cudnn_install {

struct PackagesReports {
  std::vector<PackagesReport> reports{};
  Standstill standstill = Standstill::none;
};
// From the receipts alone; none where --prefix names a place.
Result<PackagesReports> packages_reports(const PlaceOptions& place, Context& context);

// Fills in findings: the database's versions, its own check of the files, the pins; with `load` the proof too.
enum class Loading { no, yes };
Result<void> examine(const PlaceOptions& place, Loading loading, PackagesReport& report, Context& context);

std::string text_of(const PackagesReport& report);

}  // namespace cudnn_install
