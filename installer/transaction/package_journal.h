// The record of a package method's run, durable before each of its changes: what it has begun to change, and whether
// the packages themselves may have been touched.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "receipt/package_receipt.h"

namespace cudnn_install {

inline constexpr int package_journal_schema = 1;

struct PackageJournal {
  std::string transaction{};
  std::string verb{};  // install, upgrade, uninstall
  std::string title{};
  // False: whoever finds this takes it back. True: the packages may have been touched, and it is carried on.
  bool committed = false;
  std::vector<std::string> keys_before{};  // in rpm's database: what is there besides came with this run
  PackageReceipt receipt{};                // as it shall be; its subjects are those of this run alone, in their order

  [[nodiscard]] bool removes() const { return verb == "uninstall"; }
  bool operator==(const PackageJournal&) const = default;
};

std::string to_json(const PackageJournal& journal);
// A damaged journal is `needs_settling`: it is never guessed at.
Result<PackageJournal> package_journal_from_json(const std::string& text, const std::string& file);

}  // namespace cudnn_install
