// From the archive's bytes to the tar's: xz (several blocks at once where the file has them), gzip and zstd, exactly
// one stream and nothing behind it. Runs in the reader child.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "base/error.h"

namespace cudnn_install {

// Answers the next bytes of the archive; empty at its end.
using NextInput = std::function<std::span<const std::byte>()>;

class Decoder {
 public:
  // Chosen by the first bytes; what is none of the three is `archive` and says what it looks like.
  static Result<Decoder> start(NextInput input, std::uint64_t memory, unsigned threads);
  ~Decoder();
  Decoder(Decoder&&) noexcept;
  Decoder& operator=(Decoder&&) = delete;

  // The next decoded bytes, valid until the next call; empty at the stream's end, which has been checked.
  Result<std::span<const std::byte>> next();

 private:
  struct State;
  explicit Decoder(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// What the first bytes of a file look like: "an xz file", "an HTML page (a login or error page?)", "empty", "a zip
// file" …
std::string looks_like(std::span<const std::byte> first_bytes);

}  // namespace cudnn_install
