// A bounded reader of ELF files for hostile bytes: header, program headers, dynamic section, version needs, notes. It
// reads what it needs through `ReadAt`, never more than 16 MiB in all, and answers an error instead of guessing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/version.h"

namespace cudnn_install {

struct ElfNote {
  std::string section{};  // .note.cuda.fwd_compatibility, if section headers name it
  std::string owner{};
  std::uint32_t type = 0;
  std::string description{};
};

// The symbol versions that a file wants of one library: libc.so.6 with GLIBC_2.2.5 and GLIBC_2.14.
struct ElfNeed {
  std::string library{};
  std::vector<std::string> versions{};
};

struct ElfFacts {
  std::uint16_t machine = 0;  // EM_X86_64 = 62, EM_AARCH64 = 183, EM_PPC64 = 21
  int bits = 0;               // 32 or 64
  bool little_endian = true;
  bool shared_object = false;  // ET_DYN
  std::string soname{};
  std::vector<std::string> needed{};
  std::string runpath{};  // DT_RUNPATH, else DT_RPATH
  bool rpath = false;     // it is DT_RPATH: asked before LD_LIBRARY_PATH, and for libraries that others open too
  bool executable_stack = false;
  std::vector<ElfNeed> needs{};
  std::optional<Version> glibc{};  // highest GLIBC_x.y among the version needs
};

// Fills `into` from `offset`; false if that many bytes are not there.
using ReadAt = std::function<bool(std::uint64_t offset, std::span<std::byte> into)>;

bool looks_like_elf(std::span<const std::byte> first_bytes);
// `size` is the file's size; every offset in the file is checked against it. Errors are `archive`.
Result<ElfFacts> elf_facts(const ReadAt& read, std::uint64_t size);
// The notes in sections or segments of type NOTE; a malformed note ends the list, an absent one is an empty list.
std::vector<ElfNote> elf_notes(const ReadAt& read, std::uint64_t size);

// "x86_64", "aarch64", "ppc64le", "32-bit x86" … as messages name it.
std::string machine_name(const ElfFacts& facts);
// The machine that files for `platform` (linux-sbsa) must be for; 0 if the platform has no ELF files.
std::uint16_t machine_of(std::string_view platform);

// A ReadAt on an open descriptor (pread); the descriptor must outlive it.
ReadAt reading(int descriptor);

}  // namespace cudnn_install
