#include "system/elf.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <limits>
#include <map>
#include <sstream>
#include <tuple>

#include "support/catch.h"

using namespace cudnn_install;

namespace {

using Image = std::vector<std::byte>;

ReadAt reading_from(const Image& image) {
  return [&image](std::uint64_t offset, std::span<std::byte> into) {
    if (offset > image.size() || into.size() > image.size() - offset) {
      return false;
    }
    std::copy_n(image.begin() + static_cast<std::ptrdiff_t>(offset), into.size(), into.begin());
    return true;
  };
}

enum class Order { little, big };

void put(Image& image, std::size_t at, std::uint64_t value, std::size_t width, Order order = Order::little) {
  image.resize(std::max(image.size(), at + width));
  for (std::size_t i = 0; i < width; ++i) {
    image[at + (order == Order::little ? i : width - 1 - i)] = static_cast<std::byte>(value >> (8 * i));
  }
}

void put(Image& image, std::size_t at, std::string_view text) {
  image.resize(std::max(image.size(), at + text.size()));
  std::transform(text.begin(), text.end(), image.begin() + static_cast<std::ptrdiff_t>(at),
                 [](char c) { return static_cast<std::byte>(c); });
}

struct SegmentFields {
  std::uint32_t type;
  std::uint32_t flags;
  std::uint64_t offset;
  std::uint64_t size;
};

constexpr std::uint64_t load_address = 0x400000;
constexpr std::size_t dynamic_at = 0x140;
constexpr std::size_t strings_at = 0x200;
constexpr std::size_t needs_at = 0x260;
constexpr std::size_t notes_at = 0x2a0;
constexpr std::size_t small_size = 0x2c0;

void put_header(Image& image, Order order) {
  put(image, 0,
      "\x7f"
      "ELF\x02");
  put(image, 5, order == Order::little ? 1 : 2, 1);
  put(image, 6, 1, 1);
  put(image, 16, 3, 2, order);
  put(image, 18, 62, 2, order);
  put(image, 32, 64, 8, order);
  put(image, 54, 56, 2, order);
  put(image, 56, 4, 2, order);
  const std::vector<SegmentFields> segments{
      {1, 5, 0, small_size}, {2, 6, dynamic_at, 0xa0}, {4, 4, notes_at, small_size - notes_at}, {0x6474e551, 7, 0, 0}};
  for (std::size_t i = 0; i < segments.size(); ++i) {
    const std::size_t at = 64 + 56 * i;
    put(image, at, segments[i].type, 4, order);
    put(image, at + 4, segments[i].flags, 4, order);
    put(image, at + 8, segments[i].offset, 8, order);
    put(image, at + 16, load_address + segments[i].offset, 8, order);
    put(image, at + 32, segments[i].size, 8, order);
    put(image, at + 40, segments[i].size, 8, order);
    put(image, at + 48, 4, 8, order);
  }
}

// A whole shared object in 704 bytes: one loaded segment, two libraries needed, two GLIBC versions, one note.
Image small_library(Order order = Order::little) {
  Image image(small_size);
  put_header(image, order);
  const std::vector<std::pair<std::uint64_t, std::uint64_t>> dynamic{{14, 1},
                                                                     {1, 16},
                                                                     {1, 26},
                                                                     {29, 37},
                                                                     {5, load_address + strings_at},
                                                                     {10, 0x60},
                                                                     {15, 1},
                                                                     {0x6ffffffe, load_address + needs_at},
                                                                     {0, 0}};
  for (std::size_t i = 0; i < dynamic.size(); ++i) {
    put(image, dynamic_at + 16 * i, dynamic[i].first, 8, order);
    put(image, dynamic_at + 16 * i + 8, dynamic[i].second, 8, order);
  }
  using namespace std::string_view_literals;
  put(image, strings_at,
      "\0libcudnn.so.8\0\0libc.so.6\0libz.so.1\0\0$ORIGIN\0GLIBC_2.14\0GLIBC_2.9\0GLIBC_PRIVATE\0"sv);
  put(image, needs_at, 1, 2, order);
  put(image, needs_at + 2, 3, 2, order);
  put(image, needs_at + 8, 16, 4, order);
  const std::vector<std::uint64_t> names{45, 56, 66};
  for (std::size_t i = 0; i < names.size(); ++i) {
    put(image, needs_at + 16 + 16 * i + 8, names[i], 4, order);
    put(image, needs_at + 16 + 16 * i + 12, i + 1 < names.size() ? 16 : 0, 4, order);
  }
  put(image, notes_at, 5, 4, order);
  put(image, notes_at + 4, 6, 4, order);
  put(image, notes_at + 8, 7, 4, order);
  put(image, notes_at + 12, "CUDA\0\0\0\0{\"a\"}"sv);
  return image;
}

std::string shown(const ElfFacts& facts) {
  std::ostringstream text;
  text << machine_name(facts) << ' ' << facts.bits << (facts.little_endian ? " little" : " big")
       << (facts.shared_object ? " shared" : " other") << " soname=" << facts.soname << " needed=";
  for (const std::string& name : facts.needed) {
    text << name << ',';
  }
  text << " runpath=" << facts.runpath << " stack=" << (facts.executable_stack ? "rwx" : "rw")
       << " glibc=" << (facts.glibc ? facts.glibc->text() : "-");
  return text.str();
}

std::string facts_or_error(const Image& image) {
  const auto facts = elf_facts(reading_from(image), image.size());
  return facts ? shown(*facts) : facts.error().what;
}

std::string output_of(const std::string& command) {
  std::string output;
  FILE* const pipe = ::popen(command.c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::vector<char> buffer(65536);
  for (std::size_t count = 1; count > 0;) {
    count = std::fread(buffer.data(), 1, buffer.size(), pipe);
    output.append(buffer.data(), count);
  }
  ::pclose(pipe);
  return output;
}

// What stands behind `mark` on the line, up to `end`.
std::string behind(const std::string& line, const std::string& mark, char end) {
  const std::size_t at = line.find(mark);
  return at == std::string::npos ? ""
                                 : line.substr(at + mark.size(), line.find(end, at + mark.size()) - at - mark.size());
}

void add_line(ElfFacts& facts, const std::string& line) {
  static const std::map<std::string, std::uint16_t> machines{
      {"X86-64", 62}, {"AArch64", 183}, {"PowerPC64", 21}, {"80386", 3}};
  const std::string name = behind(line, "[", ']');
  const bool version_need =
      line.find("Name: GLIBC_") != std::string::npos && line.find("Version:") != std::string::npos;
  if (line.find("Machine:") != std::string::npos) {
    facts.machine = machines.at(line.substr(line.rfind(' ') + 1));
  } else if (line.find("(SONAME)") != std::string::npos) {
    facts.soname = name;
  } else if (line.find("(NEEDED)") != std::string::npos) {
    facts.needed.push_back(name);
  } else if (line.find("(RUNPATH)") != std::string::npos || line.find("(RPATH)") != std::string::npos) {
    facts.runpath = name;
  } else if (line.find("GNU_STACK") != std::string::npos) {
    facts.executable_stack = line.find(" RWE ") != std::string::npos;
  } else if (version_need) {
    const auto version = Version::parse(behind(line, "Name: GLIBC_", ' '));
    if (version && (!facts.glibc || *facts.glibc < *version)) {
      facts.glibc = *version;
    }
  }
}

// The same line as shown(), made from what binutils says.
std::string shown_by_readelf(const std::string& path) {
  std::istringstream text(output_of("LC_ALL=C readelf -hldVW '" + path + "' 2>/dev/null"));
  ElfFacts facts;
  for (std::string line; std::getline(text, line);) {
    if (line.find("Class:") != std::string::npos) {
      facts.bits = line.find("ELF64") != std::string::npos ? 64 : 32;
    } else if (line.find("Data:") != std::string::npos) {
      facts.little_endian = line.find("little endian") != std::string::npos;
    } else if (line.find(" Type:  ") != std::string::npos) {
      facts.shared_object = line.find("DYN") != std::string::npos;
    } else {
      add_line(facts, line);
    }
  }
  return shown(facts);
}

std::vector<std::string> libraries_in(const std::string& directory, const std::string& part) {
  std::vector<std::string> paths;
  if (std::filesystem::is_directory(directory)) {
    for (const auto& entry : std::filesystem::directory_iterator(directory)) {
      const std::string name = entry.path().filename();
      if (entry.is_regular_file() && !entry.is_symlink() && name.find(part) != std::string::npos) {
        paths.push_back(entry.path());
      }
    }
  }
  std::sort(paths.begin(), paths.end());
  return paths;
}

std::string facts_of_file(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  REQUIRE(file >= 0);
  const auto facts = elf_facts(reading(file), std::filesystem::file_size(path));
  ::close(file);
  return facts ? shown(*facts) : facts.error().what;
}

bool is_elf(const std::string& path) {
  return output_of("head -c 4 '" + path + "'") ==
         "\x7f"
         "ELF";
}

const std::string small_facts =
    "x86_64 64 little shared soname=libcudnn.so.8 needed=libc.so.6,libz.so.1, runpath=$ORIGIN stack=rwx glibc=2.14";

}  // namespace

TEST_CASE("the facts of real libraries are those that readelf tells", "[elf]") {
  if (output_of("command -v readelf").empty()) {
    WARN("skipped: readelf is not installed (package binutils)");
    return;
  }
  std::vector<std::string> paths = libraries_in("/usr/local/cuda/lib64", "libcudnn");
  for (const char* directory :
       {"/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/aarch64-linux-gnu/lib"}) {
    const auto more = libraries_in(directory, ".so");
    for (std::size_t i = 0; i < more.size(); i += more.size() / 40 + 1) {
      paths.push_back(more[i]);
    }
  }
  std::size_t compared = 0;
  for (const std::string& path : paths) {
    if (is_elf(path)) {
      INFO(path);
      CHECK(facts_of_file(path) == shown_by_readelf(path));
      ++compared;
    }
  }
  CHECK(compared > 3);
}

TEST_CASE("a small library is read in either byte order", "[elf]") {
  CHECK(facts_or_error(small_library()) == small_facts);
  std::string big = small_facts;
  big.replace(big.find("little"), 6, "big");
  CHECK(facts_or_error(small_library(Order::big)) == big);
}

TEST_CASE("the loader's address of the dynamic section must be the file's offset of it", "[elf]") {
  Image image = small_library();
  put(image, 64 + 56 + 16, load_address + dynamic_at + 16, 8);
  CHECK(facts_or_error(image) == "malformed ELF file: its dynamic section is not where it is loaded from");
}

TEST_CASE("numbers that lead out of the file or of a table are refused in words", "[elf]") {
  struct Wrong {
    std::size_t at;
    std::uint64_t value;
    std::string message;
  };
  const std::vector<Wrong> wrongs{
      {5, 3, "unknown class, byte order or version"},
      {32, small_size - 8, "its segment table is not inside its 704 bytes"},
      {64 + 8, 1, "it has 704 bytes, segment 0 wants 704 from byte 1"},
      {64 + 40, 8, "segment 0 has impossible sizes"},
      {64 + 56 + 16, std::numeric_limits<std::uint64_t>::max(), "segment 1 has impossible sizes"},
      {dynamic_at + 8, 0x60, "a name in its dynamic section is not in its string table"},
      {dynamic_at + 16 * 2 + 8, 0x5f000, "a name in its dynamic section is not in its string table"},
      {dynamic_at + 16 * 4 + 8, 1, "a name in its dynamic section is not in its string table"},
      {dynamic_at + 16 * 7 + 8, 1, "its version needs run out of the file"},
      {needs_at + 8, small_size, "its version needs run out of the file"}};
  for (const Wrong& wrong : wrongs) {
    Image image = small_library();
    put(image, wrong.at, wrong.value, wrong.at == 5 ? 1 : wrong.at == needs_at + 8 ? 4 : 8);
    CHECK(facts_or_error(image) == "malformed ELF file: " + wrong.message);
  }
}

TEST_CASE("a path of the old kind is told from one of the new kind, which hides it", "[elf]") {
  const auto is_old = [](const Image& image) {
    const auto facts = elf_facts(reading_from(image), image.size());
    return facts && facts->rpath;
  };
  Image image = small_library();  // DT_RUNPATH and DT_RPATH
  CHECK_FALSE(is_old(image));
  put(image, dynamic_at + 16 * 3, 0x6000000f, 8);  // DT_RUNPATH becomes a tag that nobody knows
  CHECK(is_old(image));
  put(image, dynamic_at + 16 * 6, 0x6000000f, 8);
  CHECK_FALSE(is_old(image));
}

TEST_CASE("a file cut short at any length is refused", "[elf]") {
  const Image whole = small_library();
  for (std::size_t length = 0; length < whole.size(); ++length) {
    const Image cut(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    const auto facts = elf_facts(reading_from(cut), cut.size());
    INFO(length);
    REQUIRE_FALSE(facts);
    REQUIRE(facts.error().fault == Fault::archive);
    elf_notes(reading_from(cut), cut.size());
  }
  const Image cut(whole.begin(), whole.begin() + 300);
  CHECK(facts_or_error(cut) == "malformed ELF file: it has 300 bytes, segment 0 wants 704 from byte 0");
}

TEST_CASE("no flipped bit and no absurd number makes the reader crash or linger", "[elf]") {
  const auto start = std::chrono::steady_clock::now();
  const Image whole = small_library();
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const unsigned mask : {1U, 2U, 4U, 8U, 16U, 32U, 64U, 128U, 255U}) {
      Image image = whole;
      image[at] ^= static_cast<std::byte>(mask);
      elf_facts(reading_from(image), image.size());
      elf_notes(reading_from(image), image.size());
    }
    for (const std::uint64_t number : {std::numeric_limits<std::uint64_t>::max(), std::uint64_t{1} << 63U,
                                       std::uint64_t{0xffffffff}, std::uint64_t{small_size - 1}}) {
      Image image = whole;
      put(image, std::min(at, whole.size() - 8), number, 8);
      elf_facts(reading_from(image), image.size());
      elf_notes(reading_from(image), image.size());
    }
  }
  CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(60));
}

TEST_CASE("however long its lists are, no file makes the reader read more than 16 MiB", "[elf]") {
  // given a library with a million version needs, each with the longest name
  Image image = small_library();
  image.resize(24U << 20U);
  put(image, 64 + 32, image.size(), 8);
  put(image, 64 + 40, image.size(), 8);
  put(image, dynamic_at + 16 * 4 + 8, load_address + 0x300, 8);
  put(image, dynamic_at + 16 * 5 + 8, 0x1000, 8);
  put(image, dynamic_at + 16 * 7 + 8, load_address + 0x2000, 8);
  put(image, 0x301, std::string(4000, 'x'));
  for (std::size_t at = 0x2000; at + 32 < image.size(); at += 16) {
    put(image, at + 8, 2, 4);
    put(image, at + 12, 16, 4);
  }
  std::uint64_t read = 0;
  const ReadAt counting = [&](std::uint64_t offset, std::span<std::byte> into) {
    read += into.size();
    return reading_from(image)(offset, into);
  };
  // when it is read
  const auto facts = elf_facts(counting, image.size());
  // then it is given up
  REQUIRE_FALSE(facts);
  CHECK(facts.error().what == "malformed ELF file: its version needs run out of the file");
  CHECK(read <= (16U << 20U));
}

TEST_CASE("what is not an ELF file, and what says that it has too many segments, is refused", "[elf]") {
  Image script;
  put(script, 0, "INPUT(libcudnn.so.8)");
  CHECK(facts_or_error(script) == "not an ELF file");
  CHECK(facts_or_error({}) == "not an ELF file");
  Image crowded = small_library();
  put(crowded, 56, 0xffff, 2);
  CHECK(facts_or_error(crowded) == "malformed ELF file: it has 65535 segments of 56 bytes");
}

TEST_CASE("a 32-bit file is named, not read", "[elf]") {
  Image image = small_library();
  put(image, 4, 1, 1);
  put(image, 18, 3, 2);
  image.resize(52);
  CHECK(facts_or_error(image) == "32-bit x86 32 little shared soname= needed= runpath= stack=rw glibc=-");
}

TEST_CASE("notes come from segments, and with their names from sections", "[elf]") {
  Image image = small_library();
  const auto lines = [&] {
    std::vector<std::string> texts;
    for (const ElfNote& note : elf_notes(reading_from(image), image.size())) {
      texts.push_back(note.section + '|' + note.owner + '|' + std::to_string(note.type) + '|' + note.description);
    }
    return texts;
  };
  CHECK(lines() == std::vector<std::string>{std::string("|CUDA|7|{\"a\"}\0", 14)});
  // given section headers that name the same bytes
  const std::size_t sections = image.size();
  put(image, 40, sections, 8);
  put(image, 58, 64, 2);
  put(image, 60, 2, 2);
  put(image, 62, 1, 2);
  image.resize(sections + 128);
  put(image, sections, 1, 4);
  put(image, sections + 4, 7, 4);
  put(image, sections + 24, notes_at, 8);
  put(image, sections + 32, 26, 8);
  put(image, sections + 64 + 24, image.size(), 8);
  put(image, sections + 64 + 32, 40, 8);
  put(image, image.size() + 1, ".note.cuda.fwd_compatibility");
  image.resize(image.size() + 20);
  // then each note stands once
  CHECK(lines() == std::vector<std::string>{std::string(".note.cuda.fwd_compatibility|CUDA|7|{\"a\"}\0", 42)});
}

TEST_CASE("platforms have machines and machines have names", "[elf]") {
  CHECK(machine_of("linux-x86_64") == 62);
  CHECK(machine_of("linux-sbsa") == 183);
  CHECK(machine_of("linux-aarch64") == 183);
  CHECK(machine_of("linux-ppc64le") == 21);
  CHECK(machine_of("windows-x86_64") == 0);
  ElfFacts facts;
  facts.bits = 64;
  facts.machine = 21;
  CHECK(machine_name(facts) == "ppc64le");
  facts.little_endian = false;
  CHECK(machine_name(facts) == "ppc64");
  facts.machine = 243;
  CHECK(machine_name(facts) == "machine 243");
}
