#include "system/tar_shape.h"

#include <algorithm>
#include <charconv>
#include <cstring>
#include <optional>
#include <set>

namespace cudnn_install {

namespace {

constexpr std::uint64_t largest_extension = 64U << 10U;
constexpr std::size_t mode_at = 100;
constexpr std::size_t mode_length = 8;
constexpr std::size_t size_at = 124;
constexpr std::size_t size_length = 12;
constexpr std::size_t kind_at = 156;
constexpr std::string_view without_data = "123456";  // links, devices, directories, pipes

tl::unexpected<Error> ambiguous(const std::string& what) {
  return failure(Fault::archive, "the tar has " + what + ", which not every reader understands alike");
}

std::string shown(char kind) {
  return "a header of type '" + std::string(1, kind) + "'";
}

// Octal digits with blanks before and blanks or NULs behind; base 256 is for sizes that no member here has.
std::optional<std::uint64_t> octal(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
  const std::size_t length = std::min(text.find_first_not_of("01234567"), text.size());
  std::uint64_t value = 0;
  std::from_chars(text.data(), text.data() + length, value, 8);
  const bool clean = text.find_first_not_of(std::string_view(" \0", 2), length) == std::string_view::npos;
  return length > 0 && clean ? std::optional(value) : std::nullopt;
}

bool tells_size(std::string_view key) {
  return key == "size" || key.starts_with("GNU.sparse.") || key.starts_with("SCHILY.realsize");
}

// One record of a pax header, "25 path=include/cudnn.h\n", taken off the front of `text`; its key, or nothing.
std::optional<std::string_view> next_key(std::string_view& text) {
  std::size_t length = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), length);
  const auto digits = static_cast<std::size_t>(end - text.data());
  if (code != std::errc() || text.front() == '0' || length > text.size() || length < digits + 4) {
    return std::nullopt;
  }
  const std::string_view record = text.substr(0, length);
  const std::size_t equals = record.find('=');
  if (record[digits] != ' ' || record.back() != '\n' || equals == std::string_view::npos || equals < digits + 2 ||
      record[digits + 1] == ' ') {
    return std::nullopt;
  }
  text.remove_prefix(length);
  return record.substr(digits + 1, equals - digits - 1);
}

Result<void> check_records(std::string_view text, char kind) {
  std::set<std::string_view> names;
  do {
    const std::string_view before = text;
    const auto key = next_key(text);
    if (!key) {
      return ambiguous("a malformed pax header");
    }
    const bool name = *key == "path" || *key == "linkpath";
    const std::string_view record = before.substr(0, before.size() - text.size());
    if (tells_size(*key) || (name && kind == 'g')) {
      return ambiguous("a pax header with '" + std::string(*key) + "'");
    }
    const bool plain = record.find('\0') == std::string_view::npos && !record.ends_with("=\n");
    if (name && (!plain || !names.insert(*key).second)) {
      return ambiguous("a pax header that gives a name twice, empty or with a NUL");
    }
  } while (!text.empty());
  return {};
}

}  // namespace

Result<void> TarShape::take(std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    if (data_ > 0) {
      const std::size_t part = std::min<std::uint64_t>(data_, bytes.size());
      if (open_ != '\0') {
        text_.append(reinterpret_cast<const char*>(bytes.data()), part);
      }
      data_ -= part;
      bytes = bytes.subspan(part);
      if (auto ended = data_ == 0 && open_ != '\0' ? extension_ended() : Result<void>(); !ended) {
        return ended;
      }
    } else if (padding_ > 0) {
      const std::size_t part = std::min<std::uint64_t>(padding_, bytes.size());
      padding_ -= part;
      bytes = bytes.subspan(part);
    } else {
      const std::size_t part = std::min(block_size - filled_, bytes.size());
      std::memcpy(block_.data() + filled_, bytes.data(), part);
      filled_ += part;
      bytes = bytes.subspan(part);
      if (auto read = filled_ == block_size ? header() : Result<void>(); !read) {
        return read;
      }
    }
  }
  return {};
}

Result<void> TarShape::finish() const {
  return end_blocks_ < 2 || filled_ != 0 ? failure(Fault::archive, "the tar file has no proper end") : Result<void>();
}

std::optional<std::uint32_t> TarShape::next_mode() {
  if (modes_.empty()) {
    return std::nullopt;
  }
  const std::uint32_t mode = modes_.front();
  modes_.pop_front();
  return mode;
}

std::string_view TarShape::field(std::size_t at, std::size_t length) const {
  return std::string_view(block_.data(), block_.size()).substr(at, length);
}

Result<void> TarShape::header() {
  filled_ = 0;
  if (field(0, block_size).find_first_not_of('\0') == std::string_view::npos) {
    return end_mark();
  }
  if (end_blocks_ > 0) {
    return ambiguous("a block behind its end");
  }
  const char kind = block_.at(kind_at);
  const auto size = octal(field(size_at, size_length));
  if (!size) {
    return ambiguous("a size that is no octal number");
  }
  data_ = *size;
  padding_ = (block_size - *size % block_size) % block_size;
  return std::string_view("xgLK").find(kind) != std::string_view::npos ? extension(kind, *size)
                                                                       : plain_member(kind, *size);
}

Result<void> TarShape::plain_member(char kind, std::uint64_t size) {
  const bool file = kind == '0' || kind == '\0';
  if (!file && without_data.find(kind) == std::string_view::npos) {
    return ambiguous(shown(kind));
  }
  if (!file && size != 0) {
    return ambiguous(shown(kind) + " with data");
  }
  pending_.clear();
  modes_.push_back(static_cast<std::uint32_t>(octal(field(mode_at, mode_length)).value_or(0) & 07777U));
  return {};
}

// One pax header, or GNU's long name and long target, once each, before a member.
Result<void> TarShape::extension(char kind, std::uint64_t size) {
  if (size == 0 || size > largest_extension) {
    return ambiguous("an extension header of " + std::to_string(size) + " bytes");
  }
  const bool mixed = kind == 'x' ? !pending_.empty() : kind != 'g' && pending_.find('x') != std::string::npos;
  if (mixed || (kind == 'g' && !pending_.empty()) || pending_.find(kind) != std::string::npos) {
    return ambiguous("several extension headers for one member");
  }
  if (kind != 'g') {
    pending_ += kind;
  }
  open_ = kind;
  text_.clear();
  return {};
}

Result<void> TarShape::extension_ended() {
  const char kind = open_;
  open_ = '\0';
  if (kind == 'x' || kind == 'g') {
    return check_records(text_, kind);
  }
  return text_.size() > 1 && text_.find('\0') == text_.size() - 1 ? Result<void>()
                                                                  : ambiguous("a long name with no end, or with two");
}

Result<void> TarShape::end_mark() {
  ++end_blocks_;
  return pending_.empty() ? Result<void>() : ambiguous("an extension header without a member");
}

}  // namespace cudnn_install
