// The record that a commit leaves behind until all of it is done: for every path the entry before and the entry after.
// Applied forwards it leads to the new state, with each pair swapped to the old one.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "receipt/receipt.h"

namespace cudnn_install {

inline constexpr int journal_schema = 1;

// The order in which names move: what nobody opens by itself first, what programs look for last.
enum class Rank { header, versioned, link, front };

struct PathChange {
  std::size_t directory = 0;  // index into Journal::directories
  std::string name{};
  Rank rank = Rank::versioned;
  bool take_down = false;  // vanishes before anything else moves, comes back last: missing beats mixed
  std::optional<Entry> before{};
  std::optional<Entry> after{};
  std::string kept{};  // where before's bytes are: below the state directory, or "" = in the stage
  bool operator==(const PathChange&) const = default;
};

// A directory that files go to: its name below the prefix (lib64) and where that led when the journal was written,
// below the root. If it leads elsewhere when the journal is settled, nothing is done.
struct Destination {
  std::string name{};
  std::string path{};
  bool operator==(const Destination&) const = default;
};

enum class Direction { forward, backward };

struct Journal {
  std::string transaction{};
  std::string verb{};  // install, upgrade, uninstall, rollback
  std::string title{};
  Direction direction = Direction::forward;
  std::vector<Destination> directories{};
  std::vector<PathChange> changes{};
  std::string receipt{};  // text of the receipt to be; empty: none is left
  bool operator==(const Journal&) const = default;
};

std::string to_json(const Journal& journal);
// A damaged journal is `needs_settling`: it is never guessed at.
Result<Journal> journal_from_json(const std::string& text, const std::string& file);

// The index into `changes` in the order in which they move in `direction`, those that are taken down first apart.
std::vector<std::size_t> order_of(const std::vector<PathChange>& changes, Direction direction);

}  // namespace cudnn_install
