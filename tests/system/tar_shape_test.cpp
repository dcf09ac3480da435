#include "system/tar_shape.h"

#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::string padded(std::string data) {
  data.resize((data.size() + 511) / 512 * 512);
  return data;
}

// A header of this kind with the size of `data`, or with `size` as its field, and the data.
std::string member(char kind, const std::string& data = "", std::string size = "") {
  std::string block(512, '\0');
  block.replace(0, 4, "name");
  if (size.empty()) {
    for (std::size_t left = data.size(); size.size() < 11; left /= 8) {
      size.insert(size.begin(), static_cast<char>('0' + left % 8));
    }
  }
  block.replace(124, size.size(), size);
  block[156] = kind;
  return block + padded(data);
}

std::string record(const std::string& key, const std::string& value) {
  const std::string rest = " " + key + "=" + value + "\n";
  std::size_t length = rest.size() + 1;
  while (std::to_string(length).size() + rest.size() != length) {
    ++length;
  }
  return std::to_string(length) + rest;
}

const std::string end(1024, '\0');

// "" if nothing is wrong with it, in pieces of any size.
std::string judged(const std::string& tar, std::size_t piece) {
  TarShape shape;
  for (std::size_t at = 0; at < tar.size(); at += piece) {
    const std::string part = tar.substr(at, piece);
    if (const auto taken = shape.take(std::as_bytes(std::span(part.data(), part.size()))); !taken) {
      CHECK(taken.error().fault == Fault::archive);
      return taken.error().what;
    }
  }
  return "";
}

std::string judged(const std::string& tar) {
  const std::string whole = judged(tar, tar.size());
  for (const std::size_t piece : {std::size_t{1}, std::size_t{511}, std::size_t{700}}) {
    CHECK(judged(tar, piece) == whole);
  }
  return whole;
}

std::string ambiguous(const std::string& what) {
  return "the tar has " + what + ", which not every reader understands alike";
}

std::string with_pax(const std::string& text) {
  return judged(member('x', text) + member('0', "data") + end);
}

}  // namespace

TEST_CASE("what the usual programs write has a plain shape", "[tar_shape]") {
  CHECK(judged(member('5') + member('0', "data") + member('\0', std::string(513, 'x')) + member('2') + end).empty());
  CHECK(judged(member('0', "octal", "      5 ") + end).empty());
  CHECK(
      judged(member('L', std::string("long\0", 5)) + member('K', std::string("to\0", 3)) + member('2') + end).empty());
  CHECK(judged(member('g', record("comment", "x")) + member('x', record("path", "a") + record("mtime", "1.5")) +
               member('0') + end)
            .empty());
  CHECK(
      judged(member('x', record("path", "a")) + member('0') + member('x', record("path", "b")) + member('0')).empty());
  CHECK(judged(member('x', record("SCHILY.xattr.user.x", std::string("a\0=\n", 4))) + member('0') + end).empty());
}

TEST_CASE("a size is an octal number and belongs to files", "[tar_shape]") {
  for (const std::string& size :
       {std::string("\x80\0\0\0\0\0\0\0\0\0\0\1", 12), std::string("-0000000001"), std::string("00000000009"),
        std::string("0000000001x"), std::string(12, ' '), std::string("1 1")}) {
    CHECK(judged(member('0', "x", size)) == ambiguous("a size that is no octal number"));
  }
  CHECK(judged(member('5', "x")) == ambiguous("a header of type '5' with data"));
  CHECK(judged(member('1', "x")) == ambiguous("a header of type '1' with data"));
}

TEST_CASE("other kinds of headers are refused by their letter", "[tar_shape]") {
  for (const char kind : {'7', 'S', 'X', 'V', 'M', 'N', 'D', 'A', 'Z', '\xff'}) {
    CHECK(judged(member(kind)) == ambiguous("a header of type '" + std::string(1, kind) + "'"));
  }
}

TEST_CASE("a pax header is well-formed and gives no sizes", "[tar_shape]") {
  const std::string malformed = ambiguous("a malformed pax header");
  for (const std::string& text :
       {std::string("x"), std::string("12"), std::string("0 path=a\n"), std::string("-5 path=a\n"),
        std::string("99 path=a\n"), std::string("11 path=a\n"), std::string("09 path=a\n"), std::string("6 =ab\n"),
        std::string("8 pathb\n"), std::string("10  path=\n"), std::string("99999999999999999999 a=b\n"),
        record("path", "a") + "tail"}) {
    INFO(text);
    CHECK(with_pax(text) == malformed);
  }
  for (const std::string key : {"size", "GNU.sparse.major", "GNU.sparse.name", "SCHILY.realsize"}) {
    CHECK(with_pax(record(key, "1")) == ambiguous("a pax header with '" + key + "'"));
  }
}

TEST_CASE("a name is given once, without a NUL, and not to all members", "[tar_shape]") {
  const std::string twice = ambiguous("a pax header that gives a name twice, empty or with a NUL");
  CHECK(with_pax(record("path", "a") + record("path", "b")) == twice);
  CHECK(with_pax(record("path", std::string("a\0b", 3))) == twice);
  CHECK(with_pax(record("linkpath", std::string("\0", 1))) == twice);
  CHECK(with_pax(record("path", "")) == twice);
  for (const std::string key : {"path", "linkpath"}) {
    CHECK(judged(member('g', record(key, "a"))) == ambiguous("a pax header with '" + key + "'"));
  }
  const std::string end_lost = ambiguous("a long name with no end, or with two");
  for (const std::string& text : {std::string("name"), std::string("a\0b\0", 4), std::string("\0", 1)}) {
    CHECK(judged(member('L', text)) == end_lost);
  }
}

TEST_CASE("extension headers are small, one of a kind, and before a member", "[tar_shape]") {
  const std::string pax = member('x', record("path", "a"));
  const std::string name = member('L', std::string("a\0", 2));
  const std::string several = ambiguous("several extension headers for one member");
  CHECK(judged(pax + pax) == several);
  CHECK(judged(name + name) == several);
  CHECK(judged(pax + name) == several);
  CHECK(judged(name + pax) == several);
  CHECK(judged(name + member('g', record("comment", "x"))) == several);
  CHECK(judged(pax + end) == ambiguous("an extension header without a member"));
  CHECK(judged(member('x')) == ambiguous("an extension header of 0 bytes"));
  CHECK(judged(member('L', "", "00000200001")) == ambiguous("an extension header of 65537 bytes"));
}

TEST_CASE("a tar ends with two whole blocks of zeros", "[tar_shape]") {
  const auto finished = [](const std::string& tar) {
    TarShape shape;
    REQUIRE(shape.take(std::as_bytes(std::span(tar.data(), tar.size()))));
    const auto done = shape.finish();
    return done ? std::string() : done.error().what;
  };
  const std::string none = "the tar file has no proper end";
  CHECK(finished(member('0', "data") + end).empty());
  CHECK(finished(member('0', "data") + end + end).empty());
  for (const std::size_t length : {std::size_t{0}, std::size_t{512}, std::size_t{1023}}) {
    CHECK(finished(member('0', "data") + end.substr(0, length)) == none);
  }
  CHECK(finished(member('0') + end + std::string(1, '\0')) == none);
}

TEST_CASE("nothing stands behind the end", "[tar_shape]") {
  CHECK(judged(member('0') + end + end).empty());
  CHECK(judged(member('0') + std::string(512, '\0') + member('0')) == ambiguous("a block behind its end"));
}

TEST_CASE("a mode is that of the member's own header, whatever an access list before it says", "[tar_shape]") {
  const auto with_mode = [](const std::string& mode) { return member('0').replace(100, mode.size(), mode); };
  const std::string tar = member('x', record("SCHILY.acl.access", "user::rwx")) + with_mode("0000644") +
                          with_mode("0000755") + with_mode("nonsense") + end;
  TarShape shape;
  CHECK(shape.next_mode() == std::nullopt);
  REQUIRE(shape.take(std::as_bytes(std::span(tar.data(), tar.size()))));
  CHECK(shape.next_mode() == 0644U);
  CHECK(shape.next_mode() == 0755U);
  CHECK(shape.next_mode() == 0U);
  CHECK(shape.next_mode() == std::nullopt);
}
