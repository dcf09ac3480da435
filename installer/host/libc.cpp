#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "host/host.h"

namespace cudnn_install {

std::optional<Version> glibc_version(std::string_view libc_so) {
  static constexpr std::string_view words = "release version ";
  const std::size_t banner = libc_so.find("GNU C Library ");
  const std::string_view line = banner == std::string_view::npos
                                    ? std::string_view()
                                    : libc_so.substr(banner, libc_so.substr(banner, 512).find('\n'));
  const std::size_t at = line.find(words);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view text = line.substr(at + words.size());
  text = text.substr(0, text.find_first_not_of("0123456789."));
  while (!text.empty() && text.back() == '.') {
    text.remove_suffix(1);
  }
  const Result<Version> version = Version::parse(text);
  return version ? std::optional(*version) : std::nullopt;
}

std::string elf_machine(std::string_view first_bytes) {
  static constexpr std::array<std::pair<unsigned, std::string_view>, 6> machines = {
      {{3, "i686"}, {22, "s390x"}, {40, "armv7l"}, {62, "x86_64"}, {183, "aarch64"}, {243, "riscv64"}}};
  static constexpr unsigned power64 = 21;
  if (first_bytes.size() < 20 || !first_bytes.starts_with("\x7f"
                                                          "ELF")) {
    return {};
  }
  const auto byte = [&](std::size_t index) {
    return static_cast<unsigned>(static_cast<std::uint8_t>(first_bytes[index]));
  };
  const bool little = byte(5) == 1;
  const unsigned machine = little ? byte(18) | byte(19) << 8U : byte(19) | byte(18) << 8U;
  if (machine == power64) {
    return little ? "ppc64le" : "ppc64";
  }
  const auto* const found =
      std::find_if(machines.begin(), machines.end(), [&](const auto& entry) { return entry.first == machine; });
  return found == machines.end() ? std::string() : std::string(found->second);
}

// Linkers put the interpreter's name right behind the program headers, so the start of the file shows it.
std::string interpreter_in(std::string_view first_bytes) {
  for (const std::string_view name : {"/ld-linux", "/ld64.so", "/ld-musl-"}) {
    const std::size_t at = first_bytes.find(name);
    if (at == std::string_view::npos) {
      continue;
    }
    const std::size_t before = first_bytes.rfind('\0', at);
    const std::size_t end = first_bytes.find('\0', at);
    if (before != std::string_view::npos && end != std::string_view::npos && first_bytes[before + 1] == '/') {
      return std::string(first_bytes.substr(before + 1, end - before - 1));
    }
  }
  return {};
}

}  // namespace cudnn_install
