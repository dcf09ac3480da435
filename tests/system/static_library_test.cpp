#include "system/static_library.h"

#include <algorithm>
#include <cstdio>

#include "support/catch.h"

using namespace cudnn_install;

namespace {

ReadAt reading_from(const std::string& text) {
  return [&text](std::uint64_t offset, std::span<std::byte> into) {
    if (offset > text.size() || into.size() > text.size() - offset) {
      return false;
    }
    std::transform(text.begin() + static_cast<std::ptrdiff_t>(offset),
                   text.begin() + static_cast<std::ptrdiff_t>(offset + into.size()), into.begin(),
                   [](char c) { return static_cast<std::byte>(c); });
    return true;
  };
}

std::string member(std::string name, const std::string& body) {
  name.resize(16, ' ');
  std::string size = std::to_string(body.size());
  size.resize(10, ' ');
  return name + std::string("0           0     0     100644  ") + size + "`\n" + body +
         (body.size() % 2 == 1 ? "\n" : "");
}

// The header of a 64-bit little-endian object file.
std::string object_for(std::uint16_t machine) {
  std::string header(64, '\0');
  header.replace(0, 7,
                 "\x7f"
                 "ELF\x02\x01\x01");
  header[16] = 1;
  header[18] = static_cast<char>(machine & 0xffU);
  header[19] = static_cast<char>(machine >> 8U);
  return header;
}

std::string listed(const std::string& library) {
  const auto members = static_members(reading_from(library), library.size());
  if (!members) {
    return members.error().what;
  }
  std::string text;
  for (const StaticMember& one : *members) {
    text += one.name + "@" + std::to_string(one.offset) + "+" + std::to_string(one.size) + " ";
  }
  return text;
}

std::string checked(const std::string& library, std::uint16_t machine) {
  const auto result = check_static_machine(reading_from(library), library.size(), machine);
  return result ? "sound" : std::string(name_of(result.error().fault)) + ": " + result.error().what;
}

const std::string magic = "!<arch>\n";

}  // namespace

TEST_CASE("members are found behind the tables, odd sizes padded", "[static_library]") {
  const std::string library =
      magic + member("/", "table") + member("//", "a_long_name.o/\n") + member("one.o/", "abc") + member("/0", "defg");

  CHECK(listed(library) == "one.o@210+3 a_long_name.o@274+4 ");
}

TEST_CASE("a library may have no members", "[static_library]") {
  CHECK(listed(magic) == "");
}

TEST_CASE("what is no static library is said to be none", "[static_library]") {
  CHECK(listed("") == "not a static library");
  CHECK(listed("!<thin>\n" + member("one.o/", "abc")) == "not a static library");
}

TEST_CASE("a damaged library is refused where it breaks", "[static_library]") {
  CHECK(listed(magic + "short") == "malformed static library: it ends inside the header of a member, at byte 8");
  CHECK(listed(magic + member("one.o/", "abcd").substr(0, 62)) ==
        "malformed static library: a member of 4 bytes runs out of its 70");
  std::string broken = magic + member("one.o/", "abcd");
  broken[8 + 58] = 'x';
  CHECK(listed(broken) == "malformed static library: no member begins at byte 8");
  std::string negative = magic + member("one.o/", "abcd");
  negative[8 + 48] = '-';
  CHECK(listed(negative) == "malformed static library: no member begins at byte 8");
}

TEST_CASE("every ELF member must be for the machine, and others are passed over", "[static_library]") {
  const std::string mixed =
      magic + member("one.o/", object_for(62)) + member("notes/", "no ELF file") + member("two.o/", object_for(183));

  CHECK(checked(magic + member("one.o/", object_for(62)) + member("notes/", "text"), 62) == "sound");
  CHECK(checked(mixed, 62) == "unsupported: its member 'two.o' is for aarch64, wanted is x86_64");
  CHECK(checked(magic + member("one.o/", object_for(62)), 21) ==
        "unsupported: its member 'one.o' is for x86_64, wanted is ppc64le");
}

TEST_CASE("an ELF member that ends inside its header is malformed", "[static_library]") {
  CHECK(checked(magic + member("one.o/", object_for(62).substr(0, 20)), 62) ==
        "archive: malformed static library: its member 'one.o': malformed ELF file: it ends after 20 bytes, inside its "
        "header");
}
