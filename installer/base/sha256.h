// SHA-256 as a value and as a running computation (libcrypto, which uses the CPU's instructions).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/error.h"

namespace cudnn_install {

class Sha256 {
 public:
  // 64 hexadecimal digits of either case; anything else is an error of `fault`.
  static Result<Sha256> parse(std::string_view hex, Fault fault = Fault::usage);
  static Sha256 of(std::span<const std::byte> bytes);
  static Sha256 of(std::string_view text);
  Sha256() = default;  // all zero: no digest
  explicit Sha256(const std::array<std::uint8_t, 32>& bytes) : bytes_(bytes) {}

  [[nodiscard]] std::string hex() const;  // lower case
  auto operator<=>(const Sha256&) const = default;

 private:
  std::array<std::uint8_t, 32> bytes_{};
};

// 40 lower-case digits. OpenPGP names its keys so; nothing is trusted on the word of it.
std::string sha1_name(std::string_view text);

class Sha256Stream {
 public:
  Sha256Stream();
  ~Sha256Stream();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;

  void update(std::span<const std::byte> bytes);
  // Ends the computation; the stream is as new afterwards.
  Sha256 finish();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cudnn_install
