// The note that NVIDIA puts into libcuda: which driver branches and GPU brands the library accepts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compat/tables.h"

namespace cudnn_install {

inline constexpr std::string_view compat_note_section = ".note.cuda.fwd_compatibility";

// One note of an ELF file, as its reader hands it out.
struct NoteText {
  std::string section{};
  std::string owner{};
  std::uint32_t type = 0;
  std::string description{};
};

// Nothing where no note is of that section, where its text is no JSON, or where it has values of other types or out of
// range: a damaged note is no note. Branches or brands that it leaves out (Jetson's does) are empty.
std::optional<CompatNote> compat_note(const std::vector<NoteText>& notes);

}  // namespace cudnn_install
