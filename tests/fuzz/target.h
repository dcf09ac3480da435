// What every fuzz target needs: its input as text, and a way to say that an answer is impossible.
#pragma once

#include <cstdint>
#include <cstdlib>
#include <span>
#include <string>

#include "base/error.h"
#include "base/text.h"

namespace cudnn_install {

inline void require(bool holds) {
  if (!holds) {
    std::abort();
  }
}

inline std::string text_of(const std::uint8_t* data, std::size_t size) {
  return {reinterpret_cast<const char*>(data), size};
}

inline std::span<const std::byte> bytes_of(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span(data, size));
}

// What a person would see of it holds nothing that a terminal obeys.
inline void require_showable(const Error& error) {
  std::string shown = rendered(error);
  std::erase(shown, '\n');
  require(!shown.empty() && printable(shown) == shown);
}

}  // namespace cudnn_install

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);
