// Which prefixes there are, and which of them may have something open: <state>/index/<id>, durable before anything else
// is touched.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"
#include "system/files.h"

namespace cudnn_install {

struct IndexEntry {
  std::string id{};  // of the prefix's state directory
  std::string root{};
  std::string prefix{};                // below the root, resolved
  bool open = false;                   // a transaction was begun and not ended
  std::vector<std::string> created{};  // directories made or to be made, relative to the prefix, outermost first
  // While something is open: inodes of the prefix (""), of its parent ("..", where the prefix was made) and of the
  // directories that files go to. One that is another directory now lies below a mount that is not there, and what was
  // begun in it cannot be ended.
  std::map<std::string, std::uint64_t> directories{};
};

// The directory at an absolute path, with what is missing of it made (0755) and durable.
Result<Directory> directory_made(Files& files, const std::string& path);

class Index {
 public:
  // Opens <state>/index, making what is missing of it (0755). Looking only: a missing one is an empty index.
  static Result<Index> open(Files& files, const std::string& state);

  [[nodiscard]] std::vector<IndexEntry> entries() const;  // damaged ones are left out
  Result<void> write(const IndexEntry& entry);
  Result<void> remove(const std::string& id);
  [[nodiscard]] const Directory& locks() const { return locks_; }

 private:
  Index(Files& files, Directory index, Directory locks)
      : files_(&files), index_(std::move(index)), locks_(std::move(locks)) {}
  Files* files_;
  Directory index_;
  Directory locks_;
};

// For those who only look: the entries of an index that may not exist.
std::vector<IndexEntry> index_entries(Files& files, const std::string& state);

}  // namespace cudnn_install
