// Stop this program at any moment, even by pulling the plug: the next changing run finds the old files, the new files,
// or a journal that leads to one of them.
//
// One function performs every plan of the file methods; install, upgrade, uninstall and rollback differ only in the
// pairs (entry before, entry after) that they hand to the same code. installer/README.md tells the states and what each
// crash finds.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "base/error.h"
#include "plan/plan.h"
#include "receipt/receipt.h"
#include "system/archive_reader.h"
#include "system/files.h"
#include "system/processes.h"

namespace cudnn_install {

// What happens, told to whoever shows it (cli/terminal.cpp, the log). Nothing in here prints.
struct Event {
  enum class Kind { waiting, settled, started, progress, finished, note };
  Kind kind{};
  std::string text{};      // "staging", "committing"; waiting: who holds the lock; note: one sentence
  std::uint64_t done = 0;  // progress: bytes of the archive that are read
  std::uint64_t total = 0;
};
using Report = std::function<void(const Event&)>;

enum class Trust { checked, given };  // given: --trust-prefix

struct TransactionOptions {
  Trust trust = Trust::checked;
  std::chrono::seconds lock_timeout{60};
  // How long programs that are just starting may take to open their parts after the front was taken away.
  std::chrono::milliseconds grace{100};
  LicenceRecord licence{};
  std::string state{};  // /var/lib/cudnn-install below the root, or the user's XDG_STATE_HOME/cudnn-install
  std::string tool{};   // version of this program, for the receipt
  Report report = [](const Event&) {};
  std::function<std::string(const ReadArchive& found)> instead{};  // Expectation, for an archive with another digest
};

struct Effects {
  Files& files;
  Processes& processes;
};

enum class Change { none, made };

struct Done {
  Change change = Change::none;
  Receipt receipt{};                      // as it stands now; empty if nothing is left
  std::vector<std::string> kept_aside{};  // hand-made files that were in the way
  std::vector<std::string> left{};        // packages: what was left as it is, and why; one sentence each
  std::vector<PackageVersion> chosen{};   // packages: where the plan left the version open
  std::string protection{};               // of the reader child: seccomp+uid …; empty if no archive was read
};

// Performs a plan's effective steps. Settles every open journal that it may settle first.
Result<Done> perform(const Plan& plan, const TransactionOptions& options, Effects effects);

// What `status` says of a prefix without changing it.
enum class Standstill { none, in_progress, open_journal };
struct PrefixState {
  std::optional<Receipt> receipt{};
  Standstill standstill = Standstill::none;
};
// `prefix` below `root`; a missing state directory is no receipt. Refuses (conflict) a state directory that belongs to
// neither root nor the caller or that others may write.
Result<PrefixState> prefix_state(const std::string& root, const std::string& prefix);

// The prefixes that the index in `state` knows, resolved paths.
std::vector<std::string> known_prefixes(const std::string& state);

// Settles what is open in `state` and at `prefix` (if not empty), as every changing verb does first. The answer names
// what was done, one sentence each.
Result<std::vector<std::string>> settle_open(const Plan& plan, const TransactionOptions& options, Effects effects);

// The first member's top directory, read by a reader child that is stopped at once; the archive's digest is not known
// yet.
Result<ArchiveGlance> glance_at(const std::string& archive, const Expectation& expected = {});

}  // namespace cudnn_install
