#include "system/decoder.h"

#include <lzma.h>
#include <zlib.h>
#include <zstd.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace cudnn_install {

namespace {

constexpr std::size_t output_size = std::size_t{1} << 20U;
constexpr std::uint64_t memory_per_thread = 110ULL << 20U;

// What one call of a decoding library did.
enum class Step { more, end, damaged, too_large };

const std::uint8_t* bytes_of(std::span<const std::byte> bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}
std::uint8_t* bytes_of(std::span<std::byte> bytes) {
  return reinterpret_cast<std::uint8_t*>(bytes.data());
}

// The three decoders have one shape: consume from the front of `in`, fill the front of `out`. `finish` says that no
// input follows.
class Xz {
 public:
  Xz(std::uint64_t memory, unsigned threads) {
    lzma_mt options{};
    options.threads = std::max(threads, 1U);
    options.memlimit_threading = std::max<std::uint64_t>(memory_per_thread * options.threads, memory);
    options.memlimit_stop = memory;
    ready_ = lzma_stream_decoder_mt(&stream_, &options) == LZMA_OK;
  }
  ~Xz() { lzma_end(&stream_); }
  Xz(const Xz&) = delete;
  Xz& operator=(const Xz&) = delete;

  Step decode(std::span<const std::byte>& in, std::span<std::byte>& out, bool finish) {
    if (!ready_) {
      return Step::too_large;
    }
    stream_.next_in = bytes_of(in);
    stream_.avail_in = in.size();
    stream_.next_out = bytes_of(out);
    stream_.avail_out = out.size();
    const lzma_ret code = lzma_code(&stream_, finish ? LZMA_FINISH : LZMA_RUN);
    in = in.last(stream_.avail_in);
    out = out.last(stream_.avail_out);
    if (code == LZMA_STREAM_END) {
      return Step::end;
    }
    if (code == LZMA_MEMLIMIT_ERROR || code == LZMA_MEM_ERROR) {
      return Step::too_large;
    }
    return code == LZMA_OK || (code == LZMA_BUF_ERROR && !finish) ? Step::more : Step::damaged;
  }

 private:
  lzma_stream stream_ = LZMA_STREAM_INIT;
  bool ready_ = false;
};

class Gzip {
 public:
  Gzip() : ready_(inflateInit2(&stream_, 15 + 16) == Z_OK) {}
  ~Gzip() { inflateEnd(&stream_); }
  Gzip(const Gzip&) = delete;
  Gzip& operator=(const Gzip&) = delete;

  Step decode(std::span<const std::byte>& in, std::span<std::byte>& out, bool finish) {
    if (!ready_) {
      return Step::too_large;
    }
    stream_.next_in = bytes_of(in);
    stream_.avail_in = static_cast<uInt>(in.size());
    stream_.next_out = bytes_of(out);
    stream_.avail_out = static_cast<uInt>(out.size());
    const int code = inflate(&stream_, Z_NO_FLUSH);
    const bool stuck = finish && in.size() == stream_.avail_in && out.size() == stream_.avail_out;
    in = in.last(stream_.avail_in);
    out = out.last(stream_.avail_out);
    if (code == Z_STREAM_END) {
      return Step::end;
    }
    return (code == Z_OK || code == Z_BUF_ERROR) && !stuck ? Step::more : Step::damaged;
  }

 private:
  z_stream stream_{};
  bool ready_ = false;
};

class Zstd {
 public:
  Zstd() {
    if (stream_ != nullptr) {
      ZSTD_DCtx_setParameter(stream_, ZSTD_d_windowLogMax, 27);
    }
  }
  ~Zstd() { ZSTD_freeDCtx(stream_); }
  Zstd(const Zstd&) = delete;
  Zstd& operator=(const Zstd&) = delete;

  // A file of several frames is one archive here: our own bundles are written so.
  Step decode(std::span<const std::byte>& in, std::span<std::byte>& out, bool finish) {
    if (stream_ == nullptr) {
      return Step::too_large;
    }
    if (in.empty() && finish && between_frames_) {
      return Step::end;
    }
    ZSTD_inBuffer input = {in.data(), in.size(), 0};
    ZSTD_outBuffer output = {out.data(), out.size(), 0};
    const std::size_t code = ZSTD_decompressStream(stream_, &output, &input);
    const bool stuck = finish && input.pos == 0 && output.pos == 0;
    in = in.subspan(input.pos);
    out = out.subspan(output.pos);
    if (ZSTD_isError(code) != 0U || stuck) {
      return Step::damaged;
    }
    between_frames_ = code == 0;
    return Step::more;
  }

 private:
  ZSTD_DCtx* stream_ = ZSTD_createDCtx();
  bool between_frames_ = false;
};

bool begins(std::span<const std::byte> bytes, std::string_view magic) {
  return bytes.size() >= magic.size() &&
         std::equal(magic.begin(), magic.end(), bytes.begin(),
                    [](char left, std::byte right) { return static_cast<std::byte>(left) == right; });
}

constexpr std::string_view xz_magic("\xfd\x37\x7a\x58\x5a\x00", 6);
constexpr std::string_view gzip_magic("\x1f\x8b", 2);
constexpr std::string_view zstd_magic("\x28\xb5\x2f\xfd", 4);

bool is_page(std::span<const std::byte> bytes) {
  std::string text;
  for (const std::byte byte : bytes.first(std::min<std::size_t>(bytes.size(), 256))) {
    const char c = static_cast<char>(byte);
    text += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return text.find("<!doctype html") != std::string::npos || text.find("<html") != std::string::npos;
}

}  // namespace

std::string looks_like(std::span<const std::byte> first_bytes) {
  static constexpr std::array<std::pair<std::string_view, const char*>, 8> known = {{
      {xz_magic, "an xz file"},
      {gzip_magic, "a gzip file"},
      {zstd_magic, "a zstd file"},
      {"PK\x03\x04", "a zip file"},
      {"BZh", "a bzip2 file"},
      {"7z\xbc\xaf", "a 7z file"},
      {"Rar!", "a rar file"},
      {"!<arch>", "a .deb or .a archive"},
  }};
  if (first_bytes.empty()) {
    return "an empty file";
  }
  for (const auto& [magic, name] : known) {
    if (begins(first_bytes, magic)) {
      return name;
    }
  }
  return is_page(first_bytes) ? "an HTML page (a login or error page in place of the archive)" : "something else";
}

struct Decoder::State {
  NextInput input;
  std::variant<std::monostate, Xz, Gzip, Zstd> decoder{};
  std::span<const std::byte> left{};
  std::vector<std::byte> output = std::vector<std::byte>(output_size);
  bool no_more_input = false;
  bool ended = false;
};

Decoder::Decoder(std::unique_ptr<State> state) : state_(std::move(state)) {}
Decoder::~Decoder() = default;
Decoder::Decoder(Decoder&&) noexcept = default;

Result<Decoder> Decoder::start(NextInput input, std::uint64_t memory, unsigned threads) {
  auto state = std::make_unique<State>();
  state->input = std::move(input);
  state->left = state->input();
  if (begins(state->left, xz_magic)) {
    state->decoder.emplace<Xz>(memory, threads);
  } else if (begins(state->left, gzip_magic)) {
    state->decoder.emplace<Gzip>();
  } else if (begins(state->left, zstd_magic)) {
    state->decoder.emplace<Zstd>();
  } else {
    return failure(Fault::archive, "the archive is not .tar.xz, .tar.gz or .tar.zst: it is " + looks_like(state->left),
                   "download it again");
  }
  return Decoder(std::move(state));
}

Result<std::span<const std::byte>> Decoder::next() {
  State& state = *state_;
  std::span<std::byte> room = state.output;
  while (!state.ended && !room.empty()) {
    if (state.left.empty() && !state.no_more_input) {
      state.left = state.input();
      state.no_more_input = state.left.empty();
    }
    const auto decode = [&](auto& decoder) {
      if constexpr (std::is_same_v<std::decay_t<decltype(decoder)>, std::monostate>) {
        return Step::damaged;
      } else {
        return decoder.decode(state.left, room, state.no_more_input);
      }
    };
    const Step step = std::visit(decode, state.decoder);
    if (step == Step::too_large) {
      return failure(Fault::archive, "the archive needs more memory to unpack than any cuDNN archive does");
    }
    if (step == Step::damaged) {
      return failure(Fault::archive,
                     state.no_more_input ? "the archive is truncated" : "the compressed data is damaged",
                     "download it again");
    }
    state.ended = step == Step::end;
  }
  if (state.ended && (!state.left.empty() || !state.input().empty())) {
    return failure(Fault::archive, "bytes follow the end of the compressed data");
  }
  return std::span<const std::byte>(state.output).first(state.output.size() - room.size());
}

}  // namespace cudnn_install
