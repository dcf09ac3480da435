// note_fuzz SECONDS [SEED]: ELF files with the note, damaged in every way that comes to mind, are read for that long.
// What it looks for is a crash, or what the sanitizers call one; a note that is believed must be within its bounds.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "compat/note.h"
#include "system/elf.h"

using namespace cudnn_install;

namespace {

using Bytes = std::vector<std::byte>;

void put(Bytes& bytes, std::size_t at, std::uint64_t value, std::size_t width) {
  bytes.resize(std::max(bytes.size(), at + width));
  for (std::size_t i = 0; i < width; ++i) {
    bytes[at + i] = static_cast<std::byte>(value >> (8 * i));
  }
}

void put(Bytes& bytes, std::size_t at, std::string_view text) {
  bytes.resize(std::max(bytes.size(), at + text.size()));
  std::transform(text.begin(), text.end(), bytes.begin() + static_cast<std::ptrdiff_t>(at),
                 [](char c) { return static_cast<std::byte>(c); });
}

constexpr std::size_t note_at = 64;
constexpr std::string_view owner = "NVIDIA Corporation";

// Header, note, names of sections, and three sections: none, the note, the names.
Bytes whole(std::string_view text) {
  Bytes file;
  put(file, 0,
      "\x7f"
      "ELF\x02\x01\x01");
  put(file, 16, 3, 2);
  put(file, 18, 62, 2);
  put(file, note_at, owner.size() + 1, 4);
  put(file, note_at + 4, text.size() + 1, 4);
  put(file, note_at + 8, 0, 4);
  put(file, note_at + 12, owner);
  put(file, note_at + 32, text);
  put(file, note_at + 32 + text.size(), 0, 4);
  const std::size_t note_size = (file.size() - note_at + 3) / 4 * 4;
  const std::size_t names = note_at + note_size;
  put(file, names + 1, compat_note_section);
  put(file, names + 1 + compat_note_section.size(), 0, 1);
  const std::size_t sections = (file.size() + 7) / 8 * 8;
  put(file, 40, sections, 8);
  put(file, 58, 64, 2);
  put(file, 60, 3, 2);
  put(file, 62, 2, 2);
  put(file, sections + 64, 1, 4);
  put(file, sections + 68, 7, 4);
  put(file, sections + 64 + 24, note_at, 8);
  put(file, sections + 64 + 32, note_size, 8);
  put(file, sections + 64 + 48, 4, 8);
  put(file, sections + 128 + 4, 3, 4);
  put(file, sections + 128 + 24, names, 8);
  put(file, sections + 128 + 32, compat_note_section.size() + 2, 8);
  put(file, sections + 191, 0, 1);
  return file;
}

std::optional<CompatNote> read(const Bytes& file) {
  const ReadAt from = [&](std::uint64_t offset, std::span<std::byte> into) {
    if (offset > file.size() || into.size() > file.size() - offset) {
      return false;
    }
    std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
    return true;
  };
  std::vector<NoteText> texts;
  for (const ElfNote& note : elf_notes(from, file.size())) {
    texts.push_back({note.section, note.owner, note.type, note.description});
  }
  return compat_note(texts);
}

void damage(Bytes& file, std::mt19937_64& random) {
  static constexpr std::uint64_t numbers[] = {
      0, 1, 4, 12, 0x7f, 0xff, 0x7fffffff, 0xffffffff, 0xffffffffffffffff, 1ULL << 63U};
  const std::size_t at = random() % file.size();
  switch (random() % 6) {
    case 0:
      file[at] ^= static_cast<std::byte>(1U << (random() % 8));
      break;
    case 1:
      file[at] = static_cast<std::byte>(random());
      break;
    case 2:
      put(file, at, numbers[random() % std::size(numbers)], std::size_t{1} << (random() % 4));
      break;
    case 3:
      file.resize(at + 1);
      break;
    case 4:
      file.insert(file.begin() + static_cast<std::ptrdiff_t>(at), random() % 16, static_cast<std::byte>(random()));
      break;
    default: {
      const std::size_t from = random() % file.size();
      const std::size_t count = std::min<std::size_t>({random() % 32, file.size() - from, file.size() - at});
      std::copy_n(Bytes(file).begin() + static_cast<std::ptrdiff_t>(from), count,
                  file.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
}

bool in_bounds(const CompatNote& note) {
  const auto fits = [](int number) { return number >= 0 && number <= 9999; };
  return note.cuda.size() == 2 && note.branches.size() <= 256 && note.brands.size() <= 256 &&
         std::ranges::all_of(note.branches, fits) && std::ranges::all_of(note.brands, fits);
}

}  // namespace

int main(int count, char** words) {
  const auto seconds = std::chrono::seconds(count > 1 ? std::atoi(words[1]) : 1);
  std::mt19937_64 random(count > 2 ? std::strtoull(words[2], nullptr, 10) : 1);
  const Bytes files[] = {
      whole(
          R"({"format":1,"CUDA version":"13.0","driver":[535,550,565,570,575,580],"device":[1,2,7,8,9,10,11,12,13,14]})"),
      whole(R"({"format":1,"CUDA version":"13.2"})")};
  if (!read(files[0]) || !read(files[1])) {
    std::puts("the undamaged notes are not read");
    return 1;
  }
  const auto start = std::chrono::steady_clock::now();
  std::uint64_t tried = 0;
  std::uint64_t believed = 0;
  while (std::chrono::steady_clock::now() - start < seconds) {
    Bytes file = files[random() % std::size(files)];
    for (std::uint64_t times = 1 + random() % 4; times > 0; --times) {
      damage(file, random);
    }
    const auto note = read(file);
    if (note && !in_bounds(*note)) {
      std::puts("a note out of bounds was believed");
      return 1;
    }
    ++tried;
    believed += note ? 1U : 0U;
  }
  std::printf("%llu files read, %llu notes believed\n", static_cast<unsigned long long>(tried),
              static_cast<unsigned long long>(believed));
  return believed > 0 && believed < tried ? 0 : 1;
}
