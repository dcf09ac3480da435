// The ELF reader: it reads inside the file only, little of it, and never twice as much for a smaller file.
#include <algorithm>

#include "fuzz/target.h"
#include "system/elf.h"

using namespace cudnn_install;

namespace {

constexpr std::uint64_t most_bytes = 16U << 20U;  // elf.h promises it

// Counts, and aborts on a read that is not inside the file.
struct Reads {
  std::span<const std::byte> file;
  std::uint64_t bytes = 0;

  bool operator()(std::uint64_t offset, std::span<std::byte> into) {
    require(offset <= file.size() && into.size() <= file.size() - offset);
    bytes += into.size();
    require(bytes <= most_bytes);
    std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
    return true;
  }
};

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Reads first{.file = bytes_of(data, size)};
  const auto facts = elf_facts([&](std::uint64_t at, std::span<std::byte> into) { return first(at, into); }, size);
  if (facts) {
    require(facts->bits == 32 || facts->bits == 64);
    require(!machine_name(*facts).empty());
    require(facts->soname.find('\0') == std::string::npos);
  } else {
    require(facts.error().fault == Fault::archive);
    require_showable(facts.error());
  }
  Reads second{.file = bytes_of(data, size)};
  for (const ElfNote& note :
       elf_notes([&](std::uint64_t at, std::span<std::byte> into) { return second(at, into); }, size)) {
    require(note.description.size() <= size && note.owner.size() <= size);
  }
  return 0;
}
