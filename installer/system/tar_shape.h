// A second, strict look at the headers of a tar, beside libarchive's: where readers of tar are known to understand the
// same bytes differently, the archive is refused, so that nobody sees other names or sizes in it than we do. Plain
// members, pax headers and GNU's long names pass, as the usual programs write them.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace cudnn_install {

class TarShape {
 public:
  // The next bytes of the tar, cut anywhere. A fault is `archive`; after it nothing more may be given.
  Result<void> take(std::span<const std::byte> bytes);
  // No more comes: it must have ended with two blocks of zeros, and nothing else behind them.
  [[nodiscard]] Result<void> finish() const;
  // The mode in the header of the first member that was not asked about yet: other readers let an access list from a
  // pax header change it. Nothing where there is no such member.
  std::optional<std::uint32_t> next_mode();

 private:
  static constexpr std::size_t block_size = 512;

  Result<void> header();
  Result<void> plain_member(char kind, std::uint64_t size);
  Result<void> extension(char kind, std::uint64_t size);
  Result<void> extension_ended();
  Result<void> end_mark();
  [[nodiscard]] std::string_view field(std::size_t at, std::size_t length) const;

  std::array<char, block_size> block_{};
  std::size_t filled_ = 0;
  std::uint64_t data_ = 0;     // bytes that are left of the member's, or the extension's, data
  std::uint64_t padding_ = 0;  // and of what fills its last block
  char open_ = '\0';           // kind of the extension whose text is being read
  std::string text_{};
  std::string pending_{};  // kinds of the extensions that await their member
  std::uint64_t end_blocks_ = 0;
  std::deque<std::uint32_t> modes_{};
};

}  // namespace cudnn_install
