#include "system/static_library.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string_view>
#include <utility>

namespace cudnn_install {

namespace {

constexpr std::string_view magic = "!<arch>\n";
constexpr std::size_t header_size = 60;
constexpr std::size_t most_members = 1'000'000;
constexpr std::uint64_t longest_name = 256;

tl::unexpected<Error> malformed(std::string what) {
  return failure(Fault::archive, "malformed static library: " + std::move(what));
}

std::string_view trimmed(std::string_view field) {
  return field.substr(0, field.find_last_not_of(' ') + 1);
}

std::optional<std::uint64_t> number(std::string_view field) {
  std::uint64_t value = 0;
  const auto [end, code] = std::from_chars(field.data(), field.data() + field.size(), value);
  return code == std::errc() && end == field.data() + field.size() ? std::optional(value) : std::nullopt;
}

// A short name ends with '/'; a long one is '/' and its place in the table of names, where it ends with "/\n".
std::string name_of(std::string_view field, const ReadAt& read, const StaticMember& table) {
  const auto at = field.starts_with('/') ? number(field.substr(1)) : std::nullopt;
  if (!at || *at >= table.size) {
    return std::string(field.substr(0, field.find('/', 1)));
  }
  std::string name(std::min<std::uint64_t>(longest_name, table.size - *at), '\0');
  return read(table.offset + *at, std::as_writable_bytes(std::span(name))) ? name.substr(0, name.find('/')) : "";
}

// Tables of symbols and of long names: "/", "//", "/SYM64/". A long name is "/" and digits.
bool is_table(std::string_view name) {
  return name == "/" || name == "//" || name == "/SYM64/" || name.starts_with("__.SYMDEF");
}

}  // namespace

Result<std::vector<StaticMember>> static_members(const ReadAt& read, std::uint64_t size) {
  std::array<char, magic.size()> first{};
  if (size < magic.size() || !read(0, std::as_writable_bytes(std::span(first))) ||
      std::string_view(first.data(), first.size()) != magic) {
    return failure(Fault::archive, "not a static library");
  }
  std::vector<StaticMember> members;
  StaticMember names;
  for (std::uint64_t at = magic.size(); at < size;) {
    std::array<char, header_size> header{};
    if (size - at < header_size || !read(at, std::as_writable_bytes(std::span(header)))) {
      return malformed("it ends inside the header of a member, at byte " + std::to_string(at));
    }
    const std::string_view text(header.data(), header.size());
    const auto length = number(trimmed(text.substr(48, 10)));
    at += header_size;
    if (!length || text.substr(58) != "`\n") {
      return malformed("no member begins at byte " + std::to_string(at - header_size));
    }
    if (*length > size - at) {
      return malformed("a member of " + std::to_string(*length) + " bytes runs out of its " + std::to_string(size));
    }
    const std::string_view name = trimmed(text.substr(0, 16));
    if (name == "//") {
      names = {.offset = at, .size = *length};
    }
    if (!is_table(name)) {
      members.push_back({.name = name_of(name, read, names), .offset = at, .size = *length});
    }
    if (members.size() > most_members) {
      return malformed("it has more than " + std::to_string(most_members) + " members");
    }
    at += *length + *length % 2;
  }
  return members;
}

Result<void> check_static_machine(const ReadAt& read, std::uint64_t size, std::uint16_t machine) {
  const auto members = static_members(read, size);
  if (!members) {
    return tl::unexpected(members.error());
  }
  const ElfFacts wanted{.machine = machine, .bits = 64};
  for (const StaticMember& member : *members) {
    const ReadAt inside = [&](std::uint64_t offset, std::span<std::byte> into) {
      return offset <= member.size && into.size() <= member.size - offset && read(member.offset + offset, into);
    };
    std::array<std::byte, 4> first{};
    if (member.size < first.size() || !inside(0, first) || !looks_like_elf(first)) {
      continue;
    }
    const auto facts = elf_facts(inside, member.size);
    if (!facts) {
      return malformed("its member '" + member.name + "': " + facts.error().what);
    }
    if (machine_name(*facts) != machine_name(wanted)) {
      return failure(Fault::unsupported, "its member '" + member.name + "' is for " + machine_name(*facts) +
                                             ", wanted is " + machine_name(wanted));
    }
  }
  return {};
}

}  // namespace cudnn_install
