#include "base/text.h"

#include <fnmatch.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>

namespace cudnn_install {

namespace {

struct Decoded {
  std::uint32_t point = 0;
  std::size_t length = 0;  // 0: not valid UTF-8
};

std::uint8_t byte_at(std::string_view text, std::size_t index) {
  return static_cast<std::uint8_t>(text[index]);
}

Decoded decoded(std::string_view text) {
  static constexpr std::array<std::uint32_t, 5> least = {0, 0, 0x80, 0x800, 0x10000};
  const std::uint8_t first = byte_at(text, 0);
  if (first < 0x80) {
    return {first, 1};
  }
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || text.size() < length) {
    return {};
  }
  std::uint32_t point = first & (0xffU >> (length + 1));
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte_at(text, i) & 0xc0U) != 0x80) {
      return {};
    }
    point = (point << 6U) | (byte_at(text, i) & 0x3fU);
  }
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  return point < least.at(length) || point > 0x10ffff || surrogate ? Decoded{} : Decoded{point, length};
}

bool is_hidden(std::uint32_t point) {
  const bool bidirectional = (point >= 0x200b && point <= 0x200f) || (point >= 0x202a && point <= 0x202e) ||
                             (point >= 0x2060 && point <= 0x206f) || point == 0xfeff;
  return point < 0x20 || (point >= 0x7f && point < 0xa0) || bidirectional;
}

std::string escaped(std::uint32_t point, bool is_byte) {
  std::array<char, 16> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), is_byte ? "\\x%02x" : "\\u{%x}", point);
  return {buffer.data(), static_cast<std::size_t>(length)};
}

std::size_t edit_distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t i = 0; i < row.size(); ++i) {
    row[i] = i;
  }
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t above = row[j];
      const std::size_t change = diagonal + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = std::min({above + 1, row[j - 1] + 1, change});
      diagonal = above;
    }
  }
  return row.back();
}

}  // namespace

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    const Decoded next = decoded(text);
    const std::size_t length = std::max<std::size_t>(next.length, 1);
    if (next.length == 0) {
      out += escaped(byte_at(text, 0), true);
    } else if (is_hidden(next.point)) {
      out += escaped(next.point, next.point < 0x80);
    } else {
      out += text.substr(0, length);
    }
    text.remove_prefix(length);
  }
  return out;
}

std::string nearest(std::string_view word, const std::vector<std::string>& candidates) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(word.size() / 3, 1) + 1;
  for (const std::string& candidate : candidates) {
    const std::size_t distance = edit_distance(word, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const std::string& word : words) {
    text += (text.empty() ? "" : std::string(between)) + word;
  }
  return text;
}

bool matches_glob(std::string_view name, std::string_view glob) {
  return fnmatch(std::string(glob).c_str(), std::string(name).c_str(), FNM_PATHNAME | FNM_NOESCAPE) == 0;
}

std::string shell_word(std::string_view text) {
  static constexpr std::string_view plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=./:,@%";
  if (!text.empty() && text.find_first_not_of(plain) == std::string_view::npos) {
    return std::string(text);
  }
  std::string quoted = "'";
  for (const char c : text) {
    quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return quoted + "'";
}

}  // namespace cudnn_install
