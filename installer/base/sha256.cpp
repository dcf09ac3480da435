#include "base/sha256.h"

#include <algorithm>

#include <openssl/evp.h>

namespace cudnn_install {

namespace {

int digit(char c) {
  if (c >= '0' && c <= '9') {
    return c - '0';
  }
  if (c >= 'a' && c <= 'f') {
    return c - 'a' + 10;
  }
  return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

std::string hexadecimal(std::span<const std::uint8_t> bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const std::uint8_t byte : bytes) {
    text += digits[byte >> 4U];
    text += digits[byte & 15U];
  }
  return text;
}

}  // namespace

Result<Sha256> Sha256::parse(std::string_view hex, Fault fault) {
  std::array<std::uint8_t, 32> bytes{};
  const bool digits = std::all_of(hex.begin(), hex.end(), [](char c) { return digit(c) >= 0; });
  if (hex.size() != 64 || !digits) {
    return failure(fault, "'" + std::string(hex) + "' is not a SHA-256 digest", "a digest has 64 hexadecimal digits");
  }
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] = static_cast<std::uint8_t>(digit(hex[2 * i]) * 16 + digit(hex[2 * i + 1]));
  }
  return Sha256(bytes);
}

Sha256 Sha256::of(std::span<const std::byte> bytes) {
  Sha256Stream stream;
  stream.update(bytes);
  return stream.finish();
}

Sha256 Sha256::of(std::string_view text) {
  return of(std::as_bytes(std::span(text.data(), text.size())));
}

std::string Sha256::hex() const {
  return hexadecimal(bytes_);
}

std::string sha1_name(std::string_view text) {
  std::array<std::uint8_t, 20> bytes{};
  EVP_Digest(text.data(), text.size(), bytes.data(), nullptr, EVP_sha1(), nullptr);
  return hexadecimal(bytes);
}

struct Sha256Stream::State {
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  State() { EVP_DigestInit_ex(context, EVP_sha256(), nullptr); }
  ~State() { EVP_MD_CTX_free(context); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;
};

Sha256Stream::Sha256Stream() : state_(std::make_unique<State>()) {}
Sha256Stream::~Sha256Stream() = default;
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;

void Sha256Stream::update(std::span<const std::byte> bytes) {
  EVP_DigestUpdate(state_->context, bytes.data(), bytes.size());
}

Sha256 Sha256Stream::finish() {
  std::array<std::uint8_t, 32> bytes{};
  EVP_DigestFinal_ex(state_->context, bytes.data(), nullptr);
  EVP_DigestInit_ex(state_->context, EVP_sha256(), nullptr);
  return Sha256(bytes);
}

}  // namespace cudnn_install
