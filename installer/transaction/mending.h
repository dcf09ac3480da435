// Edits of the system's own text files that can be taken back. Each is recorded and its old bytes are kept, both
// durable, before the file is replaced by one rename: whatever stops a run in between leaves the file old or new, and a
// record that leads back.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "base/error.h"
#include "system/file_edit.h"
#include "system/files.h"
#include "transaction/lock.h"

namespace cudnn_install {

struct MendingPlace {
  std::string root = "/";
  std::string state{};  // as TransactionOptions::state
  Files& files;
  std::chrono::seconds lock_timeout{60};
};

// What one run changes: <state>/mendings/<number>/, with a record and the old files.
class Mending {
 public:
  static Result<Mending> begin(const MendingPlace& place);
  // One after the other. A file that is not as `before` says is `conflict`.
  Result<void> carry_out(const std::vector<FileEdit>& edits);

 private:
  Mending(const MendingPlace& place, Lock lock, Directory directory)
      : root_(place.root), files_(&place.files), lock_(std::move(lock)), directory_(std::move(directory)) {}
  Result<void> carry_out(const FileEdit& edit);

  std::string root_;
  Files* files_;
  Lock lock_;
  Directory directory_;
  int count_ = 0;
};

struct Undone {
  std::vector<std::string> restored{};  // paths that are as before
  std::vector<std::string> left{};      // paths that somebody changed since, with the place of their old bytes
};
// Takes back the last run that is not taken back yet, in reverse; nothing to take back is an empty answer. What was
// changed since stays, and so do its record and old bytes.
Result<Undone> undo_mending(const MendingPlace& place);

}  // namespace cudnn_install
