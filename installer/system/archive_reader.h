// Reading an archive that may be hostile: the parent reads each block once, hashes it and feeds it to a reader child
// that may do nothing but compute; what the child finds comes back as plain records that are checked again here.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "base/error.h"
#include "base/sha256.h"

namespace cudnn_install {

struct Member {
  enum class Kind { file, directory, link };
  Kind kind{};
  std::string name{};      // as in the archive, not trusted beyond: no NUL, below 4096 bytes, no control characters
  std::string target{};    // of links
  std::uint32_t mode = 0;  // permission bits; setuid, setgid and sticky are refused before
  std::uint64_t size = 0;  // of files
};

// What the compressed tar may be wrapped in: nothing; a .deb or .rpm (whose payload is a cpio); or a runfile of
// makeself, of which nothing is executed.
enum class Wrapping { none, package, runfile };

// Limits of one archive; a cuDNN archive has some 60 members.
struct ArchiveLimits {
  Wrapping wrapping = Wrapping::none;
  std::uint32_t members = 4096;
  std::uint64_t bytes = 16ULL << 30U;
  std::uint64_t ratio = 200;  // unpacked to packed, looked at from 64 MiB on
  std::uint64_t decoder_memory = 160ULL << 20U;
};

// A driver has thousands of members: the sources of its kernel modules.
inline ArchiveLimits runfile_limits() {
  return {.wrapping = Wrapping::runfile, .members = 65536};
}

struct Sink {
  // Each answers an error to stop the reading.
  std::function<Result<void>(const Member&)> member;
  std::function<Result<void>(std::span<const std::byte>)> data;  // of the member before; private memory of this process
  std::function<Result<void>()> end_of_member;
  std::function<void(std::uint64_t done, std::uint64_t total)> progress;
};

struct ReadArchive {
  Sha256 sha256{};
  std::uint64_t size = 0;
};

// What was promised of the bytes, and who knows what other bytes are: words that follow "it is", or "".
struct Expectation {
  std::optional<Sha256> sha256{};
  std::function<std::string(const ReadArchive& found)> instead{};
};

// Which walls stand round the child.
struct Protection {
  bool seccomp = false;
  bool own_user = false;
  [[nodiscard]] std::string text() const;  // seccomp+uid | seccomp | uid | none
};

class ArchiveReader {
 public:
  // Opens the archive and starts the child; call before locks are taken. `file` is a local path.
  static Result<ArchiveReader> start(const std::string& file, const ArchiveLimits& limits);
  ~ArchiveReader();  // ends the child
  ArchiveReader(ArchiveReader&&) noexcept;
  ArchiveReader& operator=(ArchiveReader&&) = delete;

  [[nodiscard]] const Protection& protection() const;
  // Reads everything once. A wrong digest is `integrity` and wins over what the structure's fault would be: after such
  // a fault the rest is still hashed. Signals (interrupted()) end it with `interrupted`.
  Result<ReadArchive> read(const Sink& sink, const Expectation& expected);

 private:
  struct State;
  explicit ArchiveReader(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace cudnn_install
