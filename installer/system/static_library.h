// Static libraries (ar archives) for hostile bytes: where their members lie, and what the ELF files among them are for.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/error.h"
#include "system/elf.h"

namespace cudnn_install {

struct StaticMember {
  std::string name{};
  std::uint64_t offset = 0;
  std::uint64_t size = 0;
};

// The members but for symbol and name tables, in their order; each lies inside the `size` bytes. Errors are `archive`.
Result<std::vector<StaticMember>> static_members(const ReadAt& read, std::uint64_t size);
// Every ELF member must be a 64-bit object file for `machine`; else an error, `unsupported`, that names the first which
// is not. Members that are no ELF files are passed over.
Result<void> check_static_machine(const ReadAt& read, std::uint64_t size, std::uint16_t machine);

}  // namespace cudnn_install
