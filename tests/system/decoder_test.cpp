#include "system/decoder.h"

#include "support/scratch.h"
#include "system/processes.h"

using namespace cudnn_install;

namespace {

constexpr std::uint64_t memory = 160ULL << 20U;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// Lines that compress well and differ everywhere, so that a swapped block would be seen.
std::string long_text() {
  std::string text;
  for (int i = 0; i < 200'000; ++i) {
    text += "line " + std::to_string(i) + '\n';
  }
  return text;
}

// What `command` makes of `text`: the packers that users have.
std::string packed(const std::string& command, const std::string& text) {
  const Scratch scratch;
  scratch.write("text", text);
  const auto ran =
      RealProcesses().run({.argv = {"sh", "-c", command + " <" + scratch.at("text") + " >" + scratch.at("packed")}});
  REQUIRE(ran);
  REQUIRE(ran->status == 0);
  return scratch.text("packed");
}

// The whole text, or the refusal. `piece` bytes are handed over at a time.
std::string decoded(const std::string& bytes, std::size_t piece = std::size_t{1} << 16U, std::uint64_t most = memory) {
  std::size_t at = 0;
  auto decoder = Decoder::start(
      [&] {
        const auto next = bytes_of(bytes).subspan(at, std::min(piece, bytes.size() - at));
        at += next.size();
        return next;
      },
      most, 2);
  if (!decoder) {
    return "start: " + decoder.error().what;
  }
  std::string text;
  while (true) {
    const auto next = decoder->next();
    if (!next) {
      CHECK(next.error().fault == Fault::archive);
      return "refused: " + next.error().what;
    }
    if (next->empty()) {
      return text;
    }
    text.append(reinterpret_cast<const char*>(next->data()), next->size());
  }
}

const std::vector<std::string>& packers() {
  static const std::vector<std::string> commands = {"xz -c -1 -T1", "xz -c -1 -T2 --block-size=300KiB", "gzip -c",
                                                    "zstd -q -c"};
  return commands;
}

}  // namespace

TEST_CASE("what users' packers make is decoded, in one block or several", "[decoder]") {
  const std::string text = long_text();
  for (const std::string& packer : packers()) {
    INFO(packer);
    CHECK((decoded(packed(packer, text)) == text));
  }
}

TEST_CASE("the input may come in any pieces", "[decoder]") {
  const std::string text = long_text().substr(0, 20'000);
  for (const std::string& packer : packers()) {
    const std::string bytes = packed(packer, text);
    for (const std::size_t piece : {std::size_t{7}, std::size_t{100}, bytes.size()}) {
      INFO(packer << ", " << piece << " bytes at a time");
      CHECK((decoded(bytes, piece) == text));
    }
  }
}

TEST_CASE("nothing packed is nothing", "[decoder]") {
  for (const std::string& packer : packers()) {
    INFO(packer);
    CHECK(decoded(packed(packer, "")).empty());
  }
}

TEST_CASE("a file cut anywhere is truncated", "[decoder]") {
  const std::string text = long_text().substr(0, 5'000);
  for (const std::string& packer : packers()) {
    const std::string bytes = packed(packer, text);
    for (std::size_t length = 6; length < bytes.size(); length += length + 20 < bytes.size() ? 13U : 1U) {
      INFO(packer << " cut at " << length << " of " << bytes.size());
      CHECK(decoded(bytes.substr(0, length)) == "refused: the archive is truncated");
    }
  }
}

TEST_CASE("bytes behind the end are refused, a second stream too", "[decoder]") {
  for (const std::string packer : {"xz -c", "gzip -c"}) {
    const std::string bytes = packed(packer, "text");
    INFO(packer);
    CHECK(decoded(bytes + "x") == "refused: bytes follow the end of the compressed data");
    CHECK(decoded(bytes + std::string(4, '\0')) == "refused: bytes follow the end of the compressed data");
    CHECK(decoded(bytes + bytes) == "refused: bytes follow the end of the compressed data");
    CHECK(decoded(bytes + bytes, bytes.size()) == "refused: bytes follow the end of the compressed data");
  }
}

TEST_CASE("zstd may have several frames, but nothing else behind them", "[decoder]") {
  const std::string bytes = packed("zstd -q -c", "text");
  CHECK(decoded(bytes + bytes) == "texttext");
  CHECK(decoded(bytes + "something") == "refused: the compressed data is damaged");
}

TEST_CASE("one changed bit is found by the checksum", "[decoder]") {
  const std::string text = long_text().substr(0, 5'000);
  for (const std::string packer : {"xz -c", "gzip -c", "zstd -q -c --check"}) {
    const std::string bytes = packed(packer, text);
    for (std::size_t at = bytes.size() / 4; at < bytes.size(); at += 37) {
      std::string changed = bytes;
      changed[at] = static_cast<char>(changed[at] ^ 0x10);
      INFO(packer << ", byte " << at);
      CHECK(decoded(changed).starts_with("refused: "));
    }
  }
}

TEST_CASE("a dictionary beyond the limit is refused before it is made", "[decoder]") {
  const std::string refusal = "refused: the archive needs more memory to unpack than any cuDNN archive does";
  CHECK(decoded(packed("xz -c --lzma2=preset=0,dict=64MiB", "text"), 65536, memory) == "text");
  CHECK(decoded(packed("xz -c --lzma2=preset=0,dict=256MiB", "text"), 65536, memory) == refusal);
  CHECK(decoded(packed("xz -c --lzma2=preset=0,dict=64MiB", "text"), 65536, 32ULL << 20U) == refusal);
}

TEST_CASE("a zstd window beyond 128 MiB is refused", "[decoder]") {
  const std::string bytes = packed("zstd -q -c --ultra --long=29 --no-content-size", "text");
  CHECK(decoded(bytes) == "refused: the compressed data is damaged");
}

TEST_CASE("what is none of the three is refused and named", "[decoder]") {
  CHECK(decoded("") == "start: the archive is not .tar.xz, .tar.gz or .tar.zst: it is an empty file");
  CHECK(decoded("PK\x03\x04rest") == "start: the archive is not .tar.xz, .tar.gz or .tar.zst: it is a zip file");
  CHECK(decoded("  <HTML><body>") ==
        "start: the archive is not .tar.xz, .tar.gz or .tar.zst: it is an HTML page (a login or error page in place of "
        "the archive)");
}

TEST_CASE("the first bytes tell what a file looks like", "[decoder]") {
  const auto looks = [](std::string_view text) { return looks_like(bytes_of(text)); };
  CHECK(looks("") == "an empty file");
  CHECK(looks({"\xfd"
               "7zXZ\0",
               6}) == "an xz file");
  CHECK(looks("\x1f\x8b\x08") == "a gzip file");
  CHECK(looks("\x28\xb5\x2f\xfd") == "a zstd file");
  CHECK(looks("PK\x03\x04") == "a zip file");
  CHECK(looks("BZh91AY") == "a bzip2 file");
  CHECK(looks("7z\xbc\xaf\x27\x1c") == "a 7z file");
  CHECK(looks("Rar!\x1a") == "a rar file");
  CHECK(looks("!<arch>\ndebian-binary") == "a .deb or .a archive");
  CHECK(looks("<!DOCTYPE html><p>") == "an HTML page (a login or error page in place of the archive)");
  CHECK(looks("MZ") == "something else");
  CHECK(looks("x") == "something else");
}
