// An installation or change of version by the system's package manager, with the lock held and nothing open.
#pragma once

#include <optional>

#include "base/error.h"
#include "plan/plan.h"
#include "transaction/package_records.h"
#include "transaction/package_system.h"
#include "transaction/transaction.h"

namespace cudnn_install {

struct PackagesRoom {
  PackageSystem::Place place;
  const PackageRecords& records;
  const std::optional<PackageReceipt>& old;  // of the same product
};

Result<Done> install_packages(const Plan& plan, const TransactionOptions& options, const PackagesRoom& room);

}  // namespace cudnn_install
