// A changing run at one prefix: what was open is settled, the lock is held, the receipt is read.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "transaction/index.h"
#include "transaction/lock.h"
#include "transaction/transaction.h"
#include "transaction/workplace.h"

namespace cudnn_install {

class Session {
 public:
  enum class Purpose { may_create, existing };  // existing: nothing installed there is no session

  // Settles every open entry of the index (one that somebody works on is passed over), then opens the prefix. With
  // `may_create` the prefix's last component (the last two, if the plan says so) and the state directory are made,
  // after the index has a note of them. nullopt: there is nothing of ours at the prefix (Purpose::existing only).
  static Result<std::optional<Session>> open(const Plan& plan, Purpose purpose, const TransactionOptions& options,
                                             Effects effects);

  [[nodiscard]] const Workplace& place() const { return place_; }
  [[nodiscard]] const std::optional<Receipt>& receipt() const { return receipt_; }
  [[nodiscard]] std::vector<IndexEntry> known() const { return index_->entries(); }
  [[nodiscard]] const std::vector<std::string>& created() const { return entry_.created; }

  // Before anything is staged: notes in the index that something is open here, makes missing destination directories
  // and takes their locks.
  Result<std::vector<Destined>> begin(const std::vector<std::string>& destinations);
  // All is done (or wiped): the index says so. Nothing left at the prefix: state directory and index entry go.
  Result<void> end();

 private:
  Session() = default;
  static Result<std::optional<Session>> open_once(const Plan& plan, Purpose purpose, const TransactionOptions& options,
                                                  Effects effects);
  Error taken_away(const Error& error, const IndexEntry& noted, const TransactionOptions& options, Effects effects);
  void note_directories();
  Result<void> create(const std::vector<std::string>& missing, bool makes_parent);
  Result<void> lock_and_read(const TransactionOptions& options);
  Result<Destined> made_destination(const std::string& name);
  Result<void> let_go();

  Workplace place_{};
  std::optional<Index> index_{};
  std::optional<Lock> lock_{};
  std::optional<Lock> directory_locks_{};
  IndexEntry entry_{};
  std::optional<Receipt> receipt_{};
  std::chrono::seconds patience_{};
  Report report_{};
};

// What the index has open is settled, prefix by prefix; one sentence each. Prefixes that are locked or out of reach are
// left for later; one that needs a person is an error.
Result<std::vector<std::string>> settle_index(Index& index, const TransactionOptions& options, Effects effects);

}  // namespace cudnn_install
