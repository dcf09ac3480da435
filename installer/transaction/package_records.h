// <state>/packages: the lock, the journal of a run that is not ended, and a receipt for each product.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "receipt/package_receipt.h"
#include "system/files.h"
#include "transaction/package_journal.h"

namespace cudnn_install {

class PackageRecords {
 public:
  // Makes the directory. It is believed only if it is root's or the caller's and closed to others.
  static Result<PackageRecords> made(Files& files, const std::string& state);
  // For those who only look; nullopt where there is none.
  static Result<std::optional<PackageRecords>> existing(Files& files, const std::string& state);

  [[nodiscard]] const Directory& directory() const { return directory_; }
  [[nodiscard]] Result<std::optional<PackageJournal>> journal() const;
  Result<void> write(const PackageJournal& journal) const;
  Result<void> remove_journal() const;
  [[nodiscard]] Result<std::vector<PackageReceipt>> receipts() const;  // by product
  Result<void> write(const PackageReceipt& receipt) const;
  Result<void> remove(const PackageReceipt& receipt) const;

 private:
  PackageRecords(Files& files, Directory directory) : files_(&files), directory_(std::move(directory)) {}
  Files* files_;
  Directory directory_;
};

}  // namespace cudnn_install
