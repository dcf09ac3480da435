#include "packages/openpgp.h"

#include <algorithm>
#include <optional>

#include "base/sha256.h"
#include "packages/text_lines.h"

namespace cudnn_install {

namespace {

constexpr std::size_t largest_keyring = 1U << 20U;
constexpr std::size_t most_keys = 1000;

struct Packet {
  unsigned tag = 0;
  std::string_view body{};
  std::size_t size = 0;  // with its head
};

enum Tag : unsigned { signature_tag = 2, key_tag = 6, user_tag = 13 };

// Big-endian, of at most four bytes; nothing where they are not all there.
std::optional<std::size_t> number_at(std::string_view bytes, std::size_t at, std::size_t count) {
  if (at > bytes.size() || bytes.size() - at < count) {
    return std::nullopt;
  }
  std::size_t number = 0;
  for (const char c : bytes.substr(at, count)) {
    number = number << 8U | static_cast<unsigned char>(c);
  }
  return number;
}

struct Length {
  std::size_t value = 0;
  std::size_t bytes = 0;
};

// The new form's length; partial lengths are of no use in a keyring.
std::optional<Length> new_length(std::string_view bytes, std::size_t at) {
  const auto first = number_at(bytes, at, 1);
  if (!first || (*first >= 224 && *first < 255)) {
    return std::nullopt;
  }
  if (*first < 192) {
    return Length{*first, 1};
  }
  if (*first == 255) {
    const auto value = number_at(bytes, at + 1, 4);
    return value ? std::optional(Length{*value, 5}) : std::nullopt;
  }
  const auto second = number_at(bytes, at + 1, 1);
  return second ? std::optional(Length{((*first - 192) << 8U) + *second + 192, 2}) : std::nullopt;
}

std::optional<Packet> packet_at(std::string_view bytes, std::size_t at) {
  const auto head = number_at(bytes, at, 1);
  if (!head || (*head & 0x80U) == 0) {
    return std::nullopt;
  }
  const bool new_form = (*head & 0x40U) != 0;
  const unsigned tag = new_form ? *head & 0x3fU : *head >> 2U & 0x0fU;
  std::optional<Length> length;
  if (new_form) {
    length = new_length(bytes, at + 1);
  } else if (const std::size_t kind = *head & 3U; kind < 3) {
    const std::size_t width = std::size_t{1} << kind;
    const auto value = number_at(bytes, at + 1, width);
    length = value ? std::optional(Length{*value, width}) : std::nullopt;
  }
  if (!length || length->value > bytes.size() - at - 1 - length->bytes) {
    return std::nullopt;
  }
  const std::size_t start = at + 1 + length->bytes;
  return Packet{.tag = tag, .body = bytes.substr(start, length->value), .size = 1 + length->bytes + length->value};
}

std::string big_endian(std::size_t number, std::size_t count) {
  std::string bytes;
  while (count-- > 0) {
    bytes += static_cast<char>(number >> 8U * count & 0xffU);
  }
  return bytes;
}

std::string fingerprint_of(std::string_view body) {
  if (body.starts_with('\x04')) {
    return sha1_name("\x99" + big_endian(body.size(), 2) + std::string(body));
  }
  if (body.starts_with('\x06')) {
    return Sha256::of("\x9b" + big_endian(body.size(), 4) + std::string(body)).hex();
  }
  return {};
}

struct Signature {
  unsigned kind = 0;
  unsigned digest = 0;
  std::string issuer{};  // lower-case digits of its key ID
};

std::string hexadecimal(std::string_view bytes) {
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string text;
  for (const char c : bytes) {
    text += digits[static_cast<unsigned char>(c) >> 4U];
    text += digits[static_cast<unsigned char>(c) & 15U];
  }
  return text;
}

// The issuer's key ID among subpackets: number 16, or the end of the fingerprint in number 33.
std::string issuer_in(std::string_view area) {
  for (std::size_t at = 0; at < area.size();) {
    const auto length = new_length(area, at);
    if (!length || length->value == 0 || length->value > area.size() - at - length->bytes) {
      return {};
    }
    const std::string_view body = area.substr(at + length->bytes, length->value);
    const unsigned kind = static_cast<unsigned char>(body.front()) & 0x7fU;
    if ((kind == 16 && body.size() == 9) || (kind == 33 && body.size() == 22)) {
      return hexadecimal(body.substr(body.size() - 8));
    }
    at += length->bytes + length->value;
  }
  return {};
}

std::optional<Signature> signature_in(std::string_view body) {
  if (body.size() < 6 || body.front() != '\x04') {
    return std::nullopt;
  }
  Signature signature{.kind = static_cast<unsigned char>(body[1]), .digest = static_cast<unsigned char>(body[3])};
  const auto hashed = number_at(body, 4, 2);
  if (!hashed || *hashed > body.size() - 6) {
    return std::nullopt;
  }
  signature.issuer = issuer_in(body.substr(6, *hashed));
  const auto open = number_at(body, 6 + *hashed, 2);
  if (signature.issuer.empty() && open && *open <= body.size() - 8 - *hashed) {
    signature.issuer = issuer_in(body.substr(8 + *hashed, *open));
  }
  return signature;
}

// What the self-signatures of one key say, gathered packet by packet.
struct Bindings {
  bool weak = false;
  bool strong = false;

  void add(const Signature& signature, const OpenPgpKey& key) {
    const bool certifies = (signature.kind >= 0x10 && signature.kind <= 0x13) || signature.kind == 0x1f;
    if (certifies && key.is(signature.issuer)) {
      (signature.digest <= 2 ? weak : strong) = true;
    }
  }
};

void read_packets(Keyring& keyring) {
  const std::string_view bytes = keyring.binary;
  Bindings bindings;
  const auto close = [&](std::size_t at) {
    if (!keyring.keys.empty()) {
      keyring.keys.back().end = at;
      keyring.keys.back().bound_by_sha1 = bindings.weak && !bindings.strong;
    }
    bindings = {};
  };
  std::size_t at = 0;
  while (at < bytes.size() && keyring.keys.size() < most_keys) {
    const auto packet = packet_at(bytes, at);
    if (!packet) {
      break;
    }
    if (packet->tag == key_tag) {
      close(at);
      keyring.keys.push_back({.fingerprint = fingerprint_of(packet->body), .users = {}, .begin = at});
    } else if (packet->tag == user_tag && !keyring.keys.empty()) {
      keyring.keys.back().users.emplace_back(packet->body);
    } else if (packet->tag == signature_tag && !keyring.keys.empty()) {
      if (const auto signature = signature_in(packet->body)) {
        bindings.add(*signature, keyring.keys.back());
      }
    }
    at += packet->size;
  }
  close(at);
  keyring.whole = at == bytes.size();
}

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::string_view armor_head = "-----BEGIN PGP PUBLIC KEY BLOCK-----";
constexpr std::string_view armor_tail = "-----END PGP PUBLIC KEY BLOCK-----";

std::string decoded(std::string_view text) {
  std::string bytes;
  unsigned held = 0;
  unsigned bits = 0;
  for (const char c : text) {
    const std::size_t value = alphabet.find(c);
    if (value == std::string_view::npos) {
      continue;
    }
    held = (held << 6U | static_cast<unsigned>(value)) & 0xffffU;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(held >> bits & 0xffU);
    }
  }
  return bytes;
}

// Every block, one behind the other: the lines between the empty line and the checksum.
std::string without_armor(std::string_view text) {
  std::string bytes;
  std::string block;
  enum { outside, head, body } place = outside;
  for (const std::string& line : lines_of(text)) {
    const std::string_view words = trimmed(line);
    if (words == armor_head) {
      place = head;
      block.clear();
    } else if (words == armor_tail) {
      bytes += decoded(block);
      place = outside;
    } else if (place == head && words.empty()) {
      place = body;
    } else if (place == body && !words.starts_with('=')) {
      block += words;
    }
  }
  return bytes;
}

std::uint32_t checksum(std::string_view bytes) {
  std::uint32_t sum = 0xb704ceU;
  for (const char c : bytes) {
    sum ^= static_cast<std::uint32_t>(static_cast<unsigned char>(c)) << 16U;
    for (int bit = 0; bit < 8; ++bit) {
      sum <<= 1U;
      sum = (sum & 0x1000000U) != 0 ? (sum ^ 0x1864cfbU) & 0xffffffU : sum;
    }
  }
  return sum;
}

std::string encoded(std::string_view bytes) {
  std::string text;
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    const std::string_view group = bytes.substr(at, 3);
    std::size_t number = number_at(group, 0, group.size()).value_or(0) << 8U * (3 - group.size());
    for (std::size_t digit = 0; digit < 4; ++digit) {
      text += digit <= group.size() ? alphabet[number >> 6U * (3 - digit) & 63U] : '=';
    }
  }
  return text;
}

}  // namespace

Keyring keyring_in(std::string_view bytes) {
  bytes = bytes.substr(0, largest_keyring);
  Keyring keyring;
  if (bytes.empty()) {
    return keyring;
  }
  if (bytes.size() > 12 && bytes.substr(8, 4) == "KBXf") {
    keyring.form = KeyringForm::keybox;
    return keyring;
  }
  const bool has_armor = bytes.find(armor_head) != std::string_view::npos;
  keyring.binary = has_armor ? without_armor(bytes) : std::string(bytes);
  read_packets(keyring);
  keyring.form = keyring.keys.empty() ? KeyringForm::other : has_armor ? KeyringForm::armored : KeyringForm::binary;
  return keyring;
}

std::string armored(std::string_view binary) {
  std::string text = std::string(armor_head) + "\n\n";
  const std::string digits = encoded(binary);
  for (std::size_t at = 0; at < digits.size(); at += 64) {
    text += digits.substr(at, 64) + "\n";
  }
  return text + "=" + encoded(big_endian(checksum(binary), 3)) + "\n" + std::string(armor_tail) + "\n";
}

}  // namespace cudnn_install
