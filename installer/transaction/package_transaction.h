// Plans of the package methods on the system's own package manager. Every change is journaled first; until the packages
// themselves may have been touched a stopped run is taken back, from there on it is carried to its end, and what cannot
// be carried on is taken back. Uninstalling is the way back from the receipt.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "plan/plan.h"
#include "receipt/package_receipt.h"
#include "transaction/transaction.h"

namespace cudnn_install {

// `plan.packages` must be set. Settles what is open first.
Result<Done> perform_packages(const Plan& plan, const TransactionOptions& options, Effects effects);

// What is open is brought to its end, as perform_packages() does first; one sentence each.
Result<std::vector<std::string>> settle_packages(const std::string& root, const TransactionOptions& options,
                                                 Effects effects);

struct PackagesState {
  std::vector<PackageReceipt> receipts{};
  Standstill standstill = Standstill::none;
};
// Looks only.
Result<PackagesState> packages_state(Files& files, const std::string& state);

}  // namespace cudnn_install
