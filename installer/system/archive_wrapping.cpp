#include "system/archive_wrapping.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstring>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace cudnn_install {

namespace {

constexpr std::string_view ar_magic = "!<arch>\n";
constexpr std::string_view rpm_magic = "\xed\xab\xee\xdb";
constexpr std::string_view header_magic = "\x8e\xad\xe8";
constexpr std::uint64_t lead_size = 96;
constexpr int most_members = 16;  // of a .deb: three, and perhaps signatures
constexpr std::string_view script_magic = "#!";
constexpr std::uint64_t most_words = 256;               // lines of a runfile's script among which its words are
constexpr std::uint64_t largest_script = 32ULL << 20U;  // of a runfile, with the decompressor that it may bring

// The input as a stream that can be read in parts.
class Source {
 public:
  explicit Source(NextInput input) : input_(std::move(input)) {}

  // At most `limit` of the bytes that come next; empty at the end.
  std::span<const std::byte> next(std::uint64_t limit) {
    if (rest_.empty()) {
      rest_ = input_();
    }
    const std::span<const std::byte> part = rest_.first(std::min<std::uint64_t>(rest_.size(), limit));
    rest_ = rest_.subspan(part.size());
    return part;
  }

  bool fill(std::span<char> into) {
    while (!into.empty()) {
      const std::span<const std::byte> part = next(into.size());
      if (part.empty()) {
        return false;
      }
      std::memcpy(into.data(), part.data(), part.size());
      into = into.subspan(part.size());
    }
    return true;
  }

  // The line that comes next, without its end. Nothing where the input ends before, or `room` is used up.
  std::optional<std::string> line(std::uint64_t& room) {
    std::string text;
    while (true) {
      const std::span<const std::byte> part = next(room);
      if (part.empty()) {
        return std::nullopt;
      }
      const auto end = std::find(part.begin(), part.end(), static_cast<std::byte>('\n'));
      const auto size = static_cast<std::size_t>(end - part.begin());
      const bool whole = end != part.end();
      text.append(reinterpret_cast<const char*>(part.data()), size);
      room -= size + (whole ? 1 : 0);
      if (whole) {
        give_back(part.subspan(size + 1));
        return text;
      }
    }
  }

  bool skip(std::uint64_t size) {
    while (size > 0) {
      const std::span<const std::byte> part = next(size);
      if (part.empty()) {
        return false;
      }
      size -= part.size();
    }
    return true;
  }

 private:
  // The end of the part that was given out last.
  void give_back(std::span<const std::byte> unread) { rest_ = {unread.data(), unread.size() + rest_.size()}; }

  NextInput input_;
  std::span<const std::byte> rest_{};
};

tl::unexpected<Error> damaged(const std::string& what) {
  return failure(Fault::archive, "the package is damaged: " + what);
}

NextInput limited(const std::shared_ptr<Source>& source, std::uint64_t size) {
  return [source, left = size]() mutable {
    const std::span<const std::byte> part = left == 0 ? std::span<const std::byte>() : source->next(left);
    left -= part.size();
    return part;
  };
}

// --- a Debian package ----------------------------------------------------------------------------------------------

std::optional<std::uint64_t> decimal(std::string_view text) {
  text = text.substr(0, text.find_last_not_of(' ') + 1);
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), value);
  return code == std::errc() && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

// name[16] … size[10] at 48, then "`\n"; members begin at even places.
Result<Unwrapped> in_deb(const std::shared_ptr<Source>& source) {
  for (int member = 0; member < most_members; ++member) {
    std::array<char, 60> header{};
    if (!source->fill(header)) {
      break;
    }
    const std::string_view text(header.data(), header.size());
    const auto size = decimal(text.substr(48, 10));
    if (!size || text.substr(58) != "`\n") {
      return damaged("a member of its ar archive has no valid header");
    }
    if (text.starts_with("data.tar")) {
      return Unwrapped{.payload = limited(source, *size), .form = PayloadForm::tar};
    }
    if (!source->skip(*size + (*size & 1U))) {
      break;
    }
  }
  return damaged("it has no member data.tar");
}

// --- an rpm --------------------------------------------------------------------------------------------------------

std::uint64_t big_endian(std::string_view bytes) {
  std::uint64_t value = 0;
  for (const char byte : bytes.substr(0, 4)) {
    value = value << 8U | static_cast<unsigned char>(byte);
  }
  return value;
}

// A header: magic, number of entries of 16 bytes, bytes of their data. Its size in all, behind which the next thing
// begins.
std::optional<std::uint64_t> skip_header(Source& source) {
  std::array<char, 16> head{};
  if (!source.fill(head) || !std::string_view(head.data(), head.size()).starts_with(header_magic)) {
    return std::nullopt;
  }
  const std::string_view text(head.data(), head.size());
  const std::uint64_t rest = big_endian(text.substr(8)) * 16 + big_endian(text.substr(12));
  return source.skip(rest) ? std::optional(rest + head.size()) : std::nullopt;
}

// Lead, signatures, filled up to eight bytes, and the header itself; then the compressed cpio.
Result<Unwrapped> in_rpm(const std::shared_ptr<Source>& source) {
  const auto signatures = skip_header(*source);
  if (!signatures || !source->skip((8 - *signatures % 8) % 8) || !skip_header(*source)) {
    return damaged("it has no valid rpm headers");
  }
  return Unwrapped{.payload = limited(source, std::numeric_limits<std::uint64_t>::max()), .form = PayloadForm::cpio};
}

// --- a runfile -----------------------------------------------------------------------------------------------------

tl::unexpected<Error> no_runfile(const std::string& what) {
  return failure(Fault::archive, "the runfile cannot be read: " + what, "download it again");
}

// The value of `name=714` or `name="714"`, as the script assigns it; nothing for any other line.
std::optional<std::string_view> assigned(std::string_view line, std::string_view name) {
  if (!line.starts_with(name) || !line.substr(name.size()).starts_with('=')) {
    return std::nullopt;
  }
  line.remove_prefix(name.size() + 1);
  const bool quoted = line.size() > 1 && line.starts_with('"') && line.ends_with('"');
  return quoted ? line.substr(1, line.size() - 2) : line;
}

// Where the payload begins, by the script's own words: with `filesizes` behind as many lines as `skip` says and of that
// size, as makeself 2.3 and newer have it; else, in NVIDIA's own makeself, in the line of that number.
struct RunfileWords {
  std::optional<std::uint64_t> lines{};  // of the script
  std::optional<std::uint64_t> size{};   // of the payload
};

Result<RunfileWords> words_of(Source& source, std::uint64_t& room) {
  RunfileWords words;
  for (std::uint64_t read = 1; read <= most_words; ++read) {
    const auto line = source.line(room);
    if (!line) {
      return no_runfile("it ends within its header");
    }
    if (const auto sizes = assigned(*line, "filesizes")) {
      words.size = decimal(*sizes);
      if (!words.size) {
        return no_runfile("its header tells of no payload, or of several");
      }
    }
    if (const auto skip = assigned(*line, "skip")) {
      const auto lines = decimal(*skip);
      if (!lines || *lines <= read) {
        return no_runfile("its header does not say where the payload begins");
      }
      words.lines = *lines - (words.size ? 0 : 1) - read;
      return words;
    }
  }
  return no_runfile("its header has no line 'skip=', so no makeself that is known has made it");
}

Result<Unwrapped> in_runfile(const std::shared_ptr<Source>& source) {
  std::uint64_t room = largest_script;
  const auto words = words_of(*source, room);
  if (!words) {
    return tl::unexpected(words.error());
  }
  for (std::uint64_t left = *words->lines; left > 0; --left) {
    if (!source->line(room)) {
      return no_runfile(room == 0 ? "its header is larger than any" : "it ends before its payload");
    }
  }
  // One byte more, so that whatever follows the payload is seen.
  const std::uint64_t all = std::numeric_limits<std::uint64_t>::max();
  return Unwrapped{.payload = limited(source, words->size && *words->size < all ? *words->size + 1 : all)};
}

Result<Unwrapped> in_package(const std::shared_ptr<Source>& source) {
  std::array<char, ar_magic.size()> magic{};
  const bool whole = source->fill(magic);
  const std::string_view first(magic.data(), magic.size());
  if (whole && first == ar_magic) {
    return in_deb(source);
  }
  if (whole && first.starts_with(rpm_magic)) {
    return source->skip(lead_size - magic.size()) ? in_rpm(source) : damaged("it ends in its lead");
  }
  return failure(Fault::archive, "the file is neither a .deb nor an .rpm: it is " +
                                     looks_like(std::as_bytes(std::span(magic).first(whole ? magic.size() : 0))));
}

}  // namespace

Result<Unwrapped> unwrapped(NextInput input, Wrapping wrapping) {
  if (wrapping == Wrapping::none) {
    return Unwrapped{.payload = std::move(input), .form = PayloadForm::tar};
  }
  const auto source = std::make_shared<Source>(std::move(input));
  if (wrapping == Wrapping::package) {
    return in_package(source);
  }
  std::array<char, script_magic.size()> magic{};
  const bool script = source->fill(magic) && std::string_view(magic.data(), magic.size()) == script_magic;
  return script ? in_runfile(source)
                : failure(Fault::archive, "the file is no runfile: it does not begin as a script does");
}

}  // namespace cudnn_install
