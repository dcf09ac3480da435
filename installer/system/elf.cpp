#include "system/elf.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <string_view>
#include <utility>

namespace cudnn_install {

namespace {

constexpr std::uint64_t read_limit = 16U << 20U;  // bytes in all, so that no file can make the reader work for long
constexpr std::uint64_t blob_limit = 4U << 20U;   // any one table
constexpr std::size_t string_limit = 4096;

constexpr std::size_t header_size = 64;
constexpr std::size_t segment_size = 56;
constexpr std::size_t section_size = 64;
constexpr std::size_t need_size = 16;  // Verneed and Vernaux alike
constexpr std::uint16_t type_shared_object = 3;
constexpr std::uint16_t more_segments_than_fit = 0xffff;  // PN_XNUM: the real count would be in a section header
enum : std::uint32_t { segment_load = 1, segment_dynamic = 2, segment_note = 4, segment_stack = 0x6474e551 };
constexpr std::uint32_t flag_executable = 1;
constexpr std::uint32_t section_note = 7;
enum : std::uint64_t { tag_needed = 1, tag_strings = 5, tag_strings_size = 10, tag_soname = 14 };
enum : std::uint64_t { tag_rpath = 15, tag_runpath = 29, tag_version_needs = 0x6ffffffe };

tl::unexpected<Error> malformed(std::string what) {
  return failure(Fault::archive, "malformed ELF file: " + std::move(what));
}

bool fits(std::uint64_t offset, std::uint64_t length, std::uint64_t size) {
  return offset <= size && length <= size - offset;
}

// A piece of the file with its byte order. What lies outside reads as 0.
struct Bytes {
  std::vector<std::byte> data{};
  bool little = true;

  [[nodiscard]] std::uint64_t number(std::uint64_t at, std::size_t width) const {
    if (!fits(at, width, data.size())) {
      return 0;
    }
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < width; ++i) {
      value = value << 8U | std::to_integer<std::uint64_t>(data[at + (little ? width - 1 - i : i)]);
    }
    return value;
  }
  [[nodiscard]] std::string text() const { return {reinterpret_cast<const char*>(data.data()), data.size()}; }
  [[nodiscard]] std::uint16_t u16(std::uint64_t at) const { return static_cast<std::uint16_t>(number(at, 2)); }
  [[nodiscard]] std::uint32_t u32(std::uint64_t at) const { return static_cast<std::uint32_t>(number(at, 4)); }
  [[nodiscard]] std::uint64_t u64(std::uint64_t at) const { return number(at, 8); }
};

// A segment, a section or any other stretch of the file.
struct Part {
  std::uint32_t type = 0;
  std::uint32_t detail = 0;  // a segment's flags, a section's name
  std::uint64_t offset = 0;
  std::uint64_t address = 0;
  std::uint64_t size = 0;  // in the file
  std::uint64_t memory_size = 0;
  std::uint64_t alignment = 0;
};

// The entries of a dynamic section up to its end mark.
using Dynamic = std::vector<std::pair<std::uint64_t, std::uint64_t>>;

// Of several entries with one tag the loader takes the last.
std::optional<std::uint64_t> value_of(const Dynamic& dynamic, std::uint64_t tag) {
  const auto found =
      std::find_if(dynamic.rbegin(), dynamic.rend(), [&](const auto& entry) { return entry.first == tag; });
  return found == dynamic.rend() ? std::nullopt : std::optional(found->second);
}

// GLIBC_PRIVATE and GLIBC_ABI_… are no versions.
std::optional<Version> highest_glibc(const std::vector<ElfNeed>& needs) {
  static constexpr std::string_view prefix = "GLIBC_";
  std::optional<Version> highest;
  for (const ElfNeed& need : needs) {
    for (const std::string& name : need.versions) {
      const auto version = Version::parse(name.starts_with(prefix) ? name.substr(prefix.size()) : "");
      if (version && (!highest || *highest < *version)) {
        highest = *version;
      }
    }
  }
  return highest;
}

// One pass over one file: header first, then segments, then whatever is asked for.
class Image {
 public:
  Image(const ReadAt& read, std::uint64_t size) : read_(read), size_(size) {}

  Result<void> read_structure() {
    const auto start = bytes(0, std::min<std::uint64_t>(size_, header_size));
    if (!start || !looks_like_elf(start->data)) {
      return failure(Fault::archive, "not an ELF file");
    }
    header_ = *start;
    const std::uint64_t width = header_.number(4, 1);
    const std::uint64_t order = header_.number(5, 1);
    if (header_.data.size() < (width == 1 ? 52 : header_size)) {
      return malformed("it ends after " + std::to_string(size_) + " bytes, inside its header");
    }
    if (width < 1 || width > 2 || order < 1 || order > 2 || header_.number(6, 1) != 1) {
      return malformed("unknown class, byte order or version");
    }
    bits_ = width == 1 ? 32 : 64;
    header_.little = order == 1;
    return bits_ == 32 ? Result<void>() : read_segments();  // 32-bit files are named in a refusal, never installed
  }

  ElfFacts header_facts() const {
    ElfFacts facts{.machine = header_.u16(18), .bits = bits_, .little_endian = header_.little};
    facts.shared_object = header_.u16(16) == type_shared_object;
    facts.executable_stack = std::any_of(segments_.begin(), segments_.end(), [](const Part& segment) {
      return segment.type == segment_stack && (segment.detail & flag_executable) != 0;
    });
    return facts;
  }

  Result<void> read_segments() {
    const std::uint64_t count = header_.u16(56);
    if (count == more_segments_than_fit || (count > 0 && header_.u16(54) != segment_size)) {
      return malformed("it has " + std::to_string(count) + " segments of " + std::to_string(header_.u16(54)) +
                       " bytes");
    }
    const auto table = bytes(header_.u64(32), count * segment_size);
    if (!table) {
      return malformed("its segment table is not inside its " + std::to_string(size_) + " bytes");
    }
    for (std::uint64_t at = 0; at < table->data.size(); at += segment_size) {
      const Part segment{.type = table->u32(at),
                         .detail = table->u32(at + 4),
                         .offset = table->u64(at + 8),
                         .address = table->u64(at + 16),
                         .size = table->u64(at + 32),
                         .memory_size = table->u64(at + 40),
                         .alignment = table->u64(at + 48)};
      if (auto checked = check_segment(segment, segments_.size()); !checked) {
        return checked;
      }
      segments_.push_back(segment);
    }
    return {};
  }

  Result<void> add_dynamic(ElfFacts& facts) {
    const auto segment = std::find_if(segments_.begin(), segments_.end(),
                                      [](const Part& candidate) { return candidate.type == segment_dynamic; });
    if (segment == segments_.end()) {
      return {};
    }
    const auto entries = dynamic(*segment);
    if (!entries) {
      return malformed("its dynamic section is not where it is loaded from");
    }
    const std::uint64_t size = value_of(*entries, tag_strings_size).value_or(0);
    const auto strings = file_offset(value_of(*entries, tag_strings).value_or(0), size);
    if (!strings || !add_names(facts, *entries, {.offset = *strings, .size = size})) {
      return malformed("a name in its dynamic section is not in its string table");
    }
    const auto address = value_of(*entries, tag_version_needs);
    const auto needs = address ? file_offset(*address, need_size) : std::nullopt;
    if (address && (!needs || !add_needs(facts, *needs, {.offset = *strings, .size = size}))) {
      return malformed("its version needs run out of the file");
    }
    facts.glibc = highest_glibc(facts.needs);
    return {};
  }

  std::vector<ElfNote> notes() {
    std::vector<ElfNote> notes;
    const std::vector<Part> all = sections();
    const std::uint64_t names = header_.u16(62);
    for (const Part& section : all) {
      if (section.type == section_note) {
        const auto name = names < all.size() ? text(all[names], section.detail) : std::nullopt;
        add_notes(notes, section, name.value_or(""));
      }
    }
    for (const Part& segment : segments_) {
      const bool seen = std::any_of(all.begin(), all.end(), [&](const Part& section) {
        return section.type == section_note && section.offset >= segment.offset &&
               section.offset - segment.offset < segment.size;
      });
      if (segment.type == segment_note && !seen) {
        add_notes(notes, segment, "");
      }
    }
    return notes;
  }

 private:
  std::optional<Bytes> bytes(std::uint64_t offset, std::uint64_t length) {
    if (!fits(offset, length, size_) || length > std::min(blob_limit, budget_)) {
      return std::nullopt;
    }
    budget_ -= length;
    Bytes piece{.data = std::vector<std::byte>(length), .little = header_.little};
    return read_(offset, piece.data) ? std::optional(std::move(piece)) : std::nullopt;
  }

  std::optional<std::string> text(const Part& table, std::uint64_t at) {
    std::string text;
    while (at < table.size && text.size() < string_limit) {
      const auto piece = bytes(table.offset + at, std::min<std::uint64_t>(64, table.size - at));
      if (!piece) {
        return std::nullopt;
      }
      text += piece->text();
      if (const std::size_t end = text.find('\0'); end != std::string::npos) {
        return text.substr(0, end);
      }
      at += piece->data.size();
    }
    return std::nullopt;
  }

  Result<void> check_segment(const Part& segment, std::size_t index) const {
    if (segment.type != segment_load && segment.type != segment_dynamic) {
      return {};
    }
    if (!fits(segment.offset, segment.size, size_)) {
      return malformed("it has " + std::to_string(size_) + " bytes, segment " + std::to_string(index) + " wants " +
                       std::to_string(segment.size) + " from byte " + std::to_string(segment.offset));
    }
    const bool wraps = segment.address + segment.memory_size < segment.address;
    if (wraps || (segment.type == segment_load && segment.size > segment.memory_size)) {
      return malformed("segment " + std::to_string(index) + " has impossible sizes");
    }
    return {};
  }

  // Where in the file the byte stands that is loaded at `address`, if `length` bytes from there are one segment's.
  std::optional<std::uint64_t> file_offset(std::uint64_t address, std::uint64_t length) const {
    for (const Part& segment : segments_) {
      if (segment.type == segment_load && address >= segment.address &&
          fits(address - segment.address, length, segment.size)) {
        return segment.offset + (address - segment.address);
      }
    }
    return std::nullopt;
  }

  std::optional<Dynamic> dynamic(const Part& segment) {
    // The loader goes by the address, most tools by the offset: a file in which the two differ means to deceive one.
    const auto table = bytes(segment.offset, segment.size);
    if (!table || file_offset(segment.address, segment.size) != segment.offset) {
      return std::nullopt;
    }
    Dynamic entries;
    for (std::uint64_t at = 0; at + 16 <= table->data.size() && table->u64(at) != 0; at += 16) {
      entries.emplace_back(table->u64(at), table->u64(at + 8));
    }
    return entries;
  }

  bool add_names(ElfFacts& facts, const Dynamic& dynamic, const Part& strings) {
    const auto text_of = [&](std::optional<std::uint64_t> at) { return at ? text(strings, *at) : std::string(); };
    const auto runpath = value_of(dynamic, tag_runpath);
    const auto soname = text_of(value_of(dynamic, tag_soname));
    const auto path = text_of(runpath ? runpath : value_of(dynamic, tag_rpath));
    bool complete = soname && path;
    facts.soname = soname.value_or("");
    facts.runpath = path.value_or("");
    facts.rpath = !runpath && value_of(dynamic, tag_rpath);
    for (auto entry = dynamic.begin(); complete && entry != dynamic.end(); ++entry) {
      if (entry->first == tag_needed) {
        const auto name = text(strings, entry->second);
        facts.needed.push_back(name.value_or(""));
        complete = name.has_value();
      }
    }
    return complete;
  }

  // Both lists like the loader: by their links, not by their counts. Links only lead forwards, so the lists end.
  bool add_needs(ElfFacts& facts, std::uint64_t needs, const Part& strings) {
    for (std::uint64_t next = 1; next != 0; needs += next) {
      const auto entry = bytes(needs, need_size);
      const auto library = entry ? text(strings, entry->u32(4)) : std::nullopt;
      if (!library || !add_versions(facts.needs.emplace_back(ElfNeed{*library}), needs + entry->u32(8), strings)) {
        return false;
      }
      next = entry->u32(12);
    }
    return true;
  }

  bool add_versions(ElfNeed& need, std::uint64_t at, const Part& strings) {
    for (std::uint64_t next = 1; next != 0; at += next) {
      const auto entry = bytes(at, need_size);
      const auto name = entry ? text(strings, entry->u32(8)) : std::nullopt;
      if (!name) {
        return false;
      }
      need.versions.push_back(*name);
      next = entry->u32(12);
    }
    return true;
  }

  std::vector<Part> sections() {
    std::vector<Part> found;
    const bool ours = bits_ == 64 && header_.u64(40) != 0 && header_.u16(58) == section_size;
    const auto table = ours ? bytes(header_.u64(40), header_.u16(60) * section_size) : std::nullopt;
    for (std::uint64_t at = 0; table && at < table->data.size(); at += section_size) {
      found.push_back({.type = table->u32(at + 4),
                       .detail = table->u32(at),
                       .offset = table->u64(at + 24),
                       .size = table->u64(at + 32),
                       .alignment = table->u64(at + 48)});
    }
    return found;
  }

  void add_notes(std::vector<ElfNote>& notes, const Part& range, const std::string& name) {
    const std::uint64_t alignment = range.alignment == 8 ? 8 : 4;
    const auto padded = [&](std::uint64_t length) { return (length + alignment - 1) / alignment * alignment; };
    const auto all = bytes(range.offset, range.size);
    const std::string text = all ? all->text() : "";
    for (std::uint64_t at = 0; fits(at, 12, text.size());) {
      const std::uint64_t owner_size = all->u32(at);
      const std::uint64_t description_size = all->u32(at + 4);
      const std::uint64_t description = at + padded(12 + owner_size);
      if (!fits(at + 12, owner_size, text.size()) || !fits(description, description_size, text.size())) {
        return;
      }
      const std::string owner = text.substr(at + 12, owner_size);
      notes.push_back({.section = name,
                       .owner = owner.substr(0, owner.find('\0')),
                       .type = all->u32(at + 8),
                       .description = text.substr(description, description_size)});
      at = description + padded(description_size);
    }
  }

  const ReadAt& read_;
  std::uint64_t size_;
  std::uint64_t budget_ = read_limit;
  Bytes header_{};
  int bits_ = 0;
  std::vector<Part> segments_{};
};

}  // namespace

bool looks_like_elf(std::span<const std::byte> first_bytes) {
  static constexpr std::array magic{std::byte{0x7f}, std::byte{'E'}, std::byte{'L'}, std::byte{'F'}};
  return first_bytes.size() >= magic.size() && std::equal(magic.begin(), magic.end(), first_bytes.begin());
}

Result<ElfFacts> elf_facts(const ReadAt& read, std::uint64_t size) {
  Image image(read, size);
  ElfFacts facts;
  const auto add_all = [&] {
    facts = image.header_facts();
    return image.add_dynamic(facts);
  };
  return image.read_structure().and_then(add_all).map([&] { return facts; });
}

std::vector<ElfNote> elf_notes(const ReadAt& read, std::uint64_t size) {
  Image image(read, size);
  return image.read_structure() ? image.notes() : std::vector<ElfNote>();
}

std::string machine_name(const ElfFacts& facts) {
  static constexpr std::array<std::pair<std::uint16_t, std::string_view>, 5> names{
      {{3, "x86"}, {21, "ppc64"}, {40, "arm"}, {62, "x86_64"}, {183, "aarch64"}}};
  const auto known =
      std::find_if(names.begin(), names.end(), [&](const auto& row) { return row.first == facts.machine; });
  const std::string name =
      known == names.end() ? "machine " + std::to_string(facts.machine) : std::string(known->second);
  return (facts.bits == 32 ? "32-bit " : "") + name + (facts.machine == 21 && facts.little_endian ? "le" : "");
}

std::uint16_t machine_of(std::string_view platform) {
  const bool arm = platform == "linux-sbsa" || platform == "linux-aarch64";
  return platform == "linux-x86_64" ? 62 : arm ? 183 : platform == "linux-ppc64le" ? 21 : 0;
}

ReadAt reading(int descriptor) {
  return [descriptor](std::uint64_t offset, std::span<std::byte> into) {
    while (!into.empty()) {
      const ssize_t count = ::pread(descriptor, into.data(), into.size(), static_cast<off_t>(offset));
      if (count <= 0) {
        if (count < 0 && errno == EINTR) {
          continue;
        }
        return false;
      }
      offset += static_cast<std::uint64_t>(count);
      into = into.subspan(static_cast<std::size_t>(count));
    }
    return true;
  };
}

}  // namespace cudnn_install
