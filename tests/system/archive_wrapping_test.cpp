#include "system/archive_wrapping.h"

#include "support/scratch.h"

using namespace cudnn_install;

namespace {

std::string big_endian(std::uint32_t number) {
  std::string text;
  for (const unsigned shift : {24U, 16U, 8U, 0U}) {
    text += static_cast<char>(number >> shift & 0xffU);
  }
  return text;
}

std::string ar_member(std::string name, const std::string& bytes) {
  std::string size = std::to_string(bytes.size());
  name.resize(48, ' ');
  size.resize(10, ' ');
  return name + size + "`\n" + bytes + (bytes.size() % 2 == 1 ? "\n" : "");
}

std::string header(std::uint32_t entries, const std::string& data) {
  return "\x8e\xad\xe8\x01" + std::string(4, '\0') + big_endian(entries) +
         big_endian(static_cast<std::uint32_t>(data.size())) + std::string(std::size_t{16} * entries, 'e') + data;
}

std::string rpm(const std::string& payload) {
  std::string text = "\xed\xab\xee\xdb";
  text.resize(96, '\0');
  return text + header(1, "123") + std::string(5, '\0') + header(2, "12345") + payload;
}

// The payload with its form, or the refusal. `piece` bytes are handed over at a time.
std::string inside(const std::string& bytes, std::size_t piece = 1000, Wrapping wrapping = Wrapping::package) {
  std::size_t at = 0;
  const auto found = unwrapped(
      [&] {
        const std::size_t length = std::min(piece, bytes.size() - at);
        const auto part = std::as_bytes(std::span(bytes).subspan(at, length));
        at += length;
        return part;
      },
      wrapping);
  if (!found) {
    return found.error().what;
  }
  std::string text = found->form == PayloadForm::tar ? "tar " : "cpio ";
  for (auto part = found->payload(); !part.empty(); part = found->payload()) {
    text.append(std::string_view(reinterpret_cast<const char*>(part.data()), part.size()));
  }
  return text;
}

const std::string deb = "!<arch>\n" + ar_member("debian-binary", "2.0\n") + ar_member("control.tar.xz", "odd") +
                        ar_member("data.tar.zst/", "payload") + ar_member("_gpgorigin", "signature");

}  // namespace

TEST_CASE("a .deb gives what is in its member data.tar, however the bytes come", "[archive_wrapping]") {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
    CHECK(inside(deb, piece) == "tar payload");
  }
}

TEST_CASE("an rpm gives what follows its headers, the first of them filled up to eight bytes", "[archive_wrapping]") {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
    CHECK(inside(rpm("payload"), piece) == "cpio payload");
  }
}

TEST_CASE("an archive that is not wrapped is handed on", "[archive_wrapping]") {
  CHECK(inside(deb, 1000, Wrapping::none) == "tar " + deb);
}

TEST_CASE("whatever is cut short ends in a refusal or in less payload", "[archive_wrapping]") {
  for (const std::string& whole : {deb, rpm("payload")}) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const std::string found = inside(whole.substr(0, length));
      const bool refused = found.starts_with("the package is damaged") || found.starts_with("the file is neither");
      CHECK(
          (refused || std::string("tar payload").starts_with(found) || std::string("cpio payload").starts_with(found)));
    }
  }
}

TEST_CASE("packages that are none are named as what they are", "[archive_wrapping]") {
  CHECK(inside("") == "the file is neither a .deb nor an .rpm: it is an empty file");
  CHECK(inside("PK\x03\x04 and more") == "the file is neither a .deb nor an .rpm: it is a zip file");
  CHECK(inside("!<arch>\n" + ar_member("debian-binary", "2.0\n")) ==
        "the package is damaged: it has no member data.tar");
  std::string wrong = deb;
  wrong.replace(8 + 48, 2, "-1");
  CHECK(inside(wrong) == "the package is damaged: a member of its ar archive has no valid header");
  std::string huge = deb;
  huge.replace(8 + 48, 10, "9999999999");
  CHECK(inside(huge) == "the package is damaged: it has no member data.tar");
  std::string many = "!<arch>\n";
  for (int i = 0; i < 40; ++i) {
    many += ar_member("member", "x");
  }
  CHECK(inside(many) == "the package is damaged: it has no member data.tar");
  std::string torn = rpm("payload");
  torn[96] = 'x';
  CHECK(inside(torn) == "the package is damaged: it has no valid rpm headers");
  torn = rpm("payload");
  torn.replace(96 + 8, 8, std::string(8, '\xff'));
  CHECK(inside(torn) == "the package is damaged: it has no valid rpm headers");
}

namespace {

// The script of NVIDIA's own makeself: the payload begins in line `skip`, behind a decompressor.
std::string runfile(const std::string& skip, const std::string& payload) {
  return "#! /bin/sh\nCRCsum=1\nskip=" + skip + "\nskip_decompress=5\nexit 0\n" + std::string("\x7f\0\n\n", 4) +
         payload;
}

// That of today's makeself: it begins behind `skip` lines, and has the size `sizes`.
std::string todays(const std::string& skip, const std::string& sizes, const std::string& payload) {
  return "#!/bin/sh\n# Makeself\nfilesizes=\"" + sizes + "\"\nskip=\"" + skip + "\"\nexit 0\n" + payload;
}

std::string in_runfile(const std::string& bytes, std::size_t piece = 1000) {
  return inside(bytes, piece, Wrapping::runfile);
}

}  // namespace

TEST_CASE("a runfile gives what is behind its script, of whichever makeself it is", "[archive_wrapping]") {
  for (const std::size_t piece : {std::size_t{1}, std::size_t{7}, std::size_t{1000}}) {
    CHECK(in_runfile(runfile("8", "pay\nload"), piece) == "tar pay\nload");
    CHECK(in_runfile(runfile("7", "payload"), piece) == "tar \npayload");
    CHECK(in_runfile(todays("5", "7", "payload"), piece) == "tar payload");
  }
}

TEST_CASE("what follows the payload of a runfile is seen, and no more than its first byte", "[archive_wrapping]") {
  CHECK(in_runfile(todays("5", "7", "payload and more")) == "tar payload ");
  CHECK(in_runfile(todays("5", "18446744073709551615", "payload")) == "tar payload");
}

TEST_CASE("a runfile that is cut short is a refusal or less payload", "[archive_wrapping]") {
  for (const std::string& whole : {runfile("8", "payload"), todays("5", "7", "payload")}) {
    for (std::size_t length = 0; length < whole.size(); ++length) {
      const std::string found = in_runfile(whole.substr(0, length));
      const bool refused =
          found.starts_with("the runfile cannot be read") || found.starts_with("the file is no runfile");
      CHECK((refused || std::string("tar payload").starts_with(found)));
    }
  }
}

TEST_CASE("headers that tell of no payload are refused with the reason", "[archive_wrapping]") {
  const std::string start = "the runfile cannot be read: ";
  CHECK(in_runfile("PK and more") == "the file is no runfile: it does not begin as a script does");
  CHECK(in_runfile("#!/bin/sh\n") == start + "it ends within its header");
  CHECK(in_runfile("#!/bin/sh\n" + std::string(300, '\n')) ==
        start + "its header has no line 'skip=', so no makeself that is known has made it");
  for (const char* number : {"", "-1", "3", "x", "99999999999999999999"}) {
    CHECK(in_runfile(runfile(number, "payload")) == start + "its header does not say where the payload begins");
  }
  for (const char* sizes : {"", "7 8", "-7"}) {
    CHECK(in_runfile(todays("5", sizes, "payload")) == start + "its header tells of no payload, or of several");
  }
  CHECK(in_runfile(runfile("1000", "payload")) == start + "it ends before its payload");
  CHECK(in_runfile("#!" + std::string(std::size_t{33} << 20U, 'x')) == start + "it ends within its header");
  CHECK(in_runfile(runfile("9", std::string(std::size_t{33} << 20U, 'x'))) == start + "its header is larger than any");
}
