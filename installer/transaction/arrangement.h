// Which file is visible where, before and after: pure arithmetic on receipts.
//
// At each path files lie over each other: at the bottom what was made by hand, above it the installations in the order
// of the receipt. The topmost is visible; the bytes of each lower one are kept aside, as `displaced` of the one above
// it.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "receipt/receipt.h"
#include "transaction/journal.h"

namespace cudnn_install {

// The receipt to be, before it is known what is kept where. `arriving` is the index in `installations` of the one whose
// files are staged: a new one, or the previous one that comes back. Its paths carry the staged entries.
struct Intention {
  std::vector<Installation> installations{};
  std::optional<std::size_t> arriving{};
  std::optional<std::string> becomes_previous{};  // id of an installation of the old receipt that is kept for rollback
};

struct Arrangement {
  struct Kept {
    std::string path{};  // visible now; its bytes are linked to `where` before the commit
    std::string where{};
  };
  struct Restored {
    std::string path{};  // its bytes are brought from `where` into the stage
    std::string where{};
  };
  std::vector<std::pair<std::string, PathChange>>
      changes{};  // by path; PathChange::directory and ::name are left to the caller
  std::vector<Kept> kept{};
  std::vector<Restored> restored{};
  std::vector<std::string> left_alone{};  // ours, but changed by somebody: they stay
  std::vector<std::string> hand_made{};   // hand-made files that are kept aside by this
  Receipt receipt{};
};

// `disk` holds the entry (with digest) at every path of the old and the new receipt, absent ones as nullopt.
// `kept_below` is the directory for newly kept files: kept/<transaction>.
Arrangement arranged(const Receipt& old, const Intention& intention,
                     const std::map<std::string, std::optional<Entry>>& disk, const std::string& kept_below);

// Every path that arranged() needs to know of.
std::vector<std::string> paths_of(const Receipt& old, const Intention& intention);

// The places below the state directory that a receipt still needs.
std::vector<std::string> kept_places(const Receipt& receipt);

// Same file as recorded: type, mode, size, mtime and inode of files; target of links.
bool unchanged(const Entry& recorded, const Entry& found);

}  // namespace cudnn_install
