// One run of a package method while the lock is held.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "plan/plan.h"
#include "transaction/package_journal.h"
#include "transaction/package_records.h"
#include "transaction/package_subjects.h"
#include "transaction/package_system.h"
#include "transaction/transaction.h"

namespace cudnn_install {

// Package files that a run works with; as the root sees it.
inline constexpr const char* package_cache = "/var/cache/cudnn-install";

class PackageRun {
 public:
  PackageRun(const PackageSystem& system, const PackageRecords& records, PackageJournal journal)
      : system_(system), records_(records), journal_(std::move(journal)) {}

  [[nodiscard]] const PackageSystem& system() const { return system_; }
  [[nodiscard]] const PackageJournal& journal() const { return journal_; }

  Result<void> begin();
  // Notes what is about to be changed; a subject that is known already gets the new `after`.
  Result<void> declare(Subject subject);
  // Of the receipt, where the plan left them open.
  void set_packages(const PackageWork& work);
  // It stays as it is.
  void leave(const Subject& subject);
  // From here on the run goes forward.
  Result<void> commit();
  // To the new state, with receipt; what was left alone is the answer. `again` after a run that was stopped.
  Result<std::vector<std::string>> forward(Again again);
  // To the old state; `error` stays the error, with what could not be taken back. Its own trouble is `needs_settling`.
  Error back(Error error);

 private:
  Result<std::vector<std::string>> bring_to(Side side, Again again);
  Result<void> add_new_keys();
  Result<void> installed();
  Result<void> removed();
  Result<void> end();

  const PackageSystem& system_;
  const PackageRecords& records_;
  PackageJournal journal_;
};

// The receipt after a run over what `old` recorded: for each subject the state before the first of the two.
PackageReceipt merged(const std::optional<PackageReceipt>& old, PackageReceipt fresh);

// The subjects that an uninstallation of `gone` changes, in their order; those that another receipt knows too are left.
std::vector<Subject> reversed_subjects(const PackageReceipt& gone, const std::vector<PackageReceipt>& receipts);

// The index of a source that is not there any more, out of the manager's own stores.
Result<void> forget_index(const PackageSystem& system, const PackageReceipt& receipt);

Result<void> clear_cache(const PackageSystem& system);

}  // namespace cudnn_install
