// The parent's reading of the archive: each block is read once, hashed and handed to the child's pipe.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <thread>
#include <vector>

#include "base/error.h"
#include "base/sha256.h"
#include "system/files.h"

namespace cudnn_install {

class ArchiveFeed {
 public:
  // Takes both descriptors: the archive, opened for reading at its start, and the child's input pipe.
  ArchiveFeed(Descriptor archive, Descriptor pipe) : archive_(std::move(archive)), pipe_(std::move(pipe)) {}
  ~ArchiveFeed() { stop(); }

  // Reads the whole archive without feeding it and remembers a digest of every block; start() then demands that each
  // block reads the same again. For machines where nothing walls the child in.
  Result<Sha256> hash_first();
  void start();  // in a thread of its own, which changes nothing in the file system
  void stop();   // no more is read; idempotent
  // Waits until everything is read (a child that is gone does not stop the reading). The digest of all bytes.
  Result<Sha256> finish();

  [[nodiscard]] std::uint64_t done() const { return done_; }
  [[nodiscard]] std::uint64_t size() const;
  // The child has bytes to read and does not take them.
  [[nodiscard]] bool blocked() const { return blocked_; }

 private:
  void run(std::vector<std::byte>& buffer);
  bool one_block(std::vector<std::byte>& buffer, std::size_t index);
  bool hand_over(std::span<const std::byte> bytes);
  Result<std::size_t> read_block(std::vector<std::byte>& buffer);

  Descriptor archive_;
  Descriptor pipe_;
  std::vector<Sha256> blocks_{};
  Sha256Stream digest_{};
  std::optional<Error> error_{};
  std::atomic<std::uint64_t> done_ = 0;
  std::atomic<bool> blocked_ = false;
  std::atomic<bool> stopped_ = false;
  std::thread thread_{};
};

}  // namespace cudnn_install
