#include "packages/debian_depends.h"

#include <algorithm>
#include <array>
#include <optional>
#include <set>
#include <string_view>
#include <utility>

#include "base/version.h"

namespace cudnn_install {

namespace {

// The package that holds a library; the loader's name differs by architecture.
struct Holder {
  std::string_view soname;
  std::string_view package;
};
constexpr std::array holders = {
    Holder{"libc.so.6", "libc6"},
    Holder{"libm.so.6", "libc6"},
    Holder{"libdl.so.2", "libc6"},
    Holder{"libpthread.so.0", "libc6"},
    Holder{"librt.so.1", "libc6"},
    Holder{"libutil.so.1", "libc6"},
    Holder{"ld-linux-x86-64.so.2", "libc6"},
    Holder{"ld-linux-aarch64.so.1", "libc6"},
    Holder{"ld64.so.2", "libc6"},
    Holder{"libgcc_s.so.1", "libgcc-s1"},
    Holder{"libstdc++.so.6", "libstdc++6"},
    Holder{"libz.so.1", "zlib1g"},
};

// The GCC release that first had a version of libstdc++'s symbols, by its last number: GLIBCXX_3.4.21 came with 5.1.
using Row = std::pair<std::string_view, std::string_view>;
constexpr std::array libstdcxx = {
    Row{"GLIBCXX_3.4", "4.1.1"},   Row{"GLIBCXX_3.4.9", "4.2.1"},  Row{"GLIBCXX_3.4.10", "4.3"},
    Row{"GLIBCXX_3.4.11", "4.4"},  Row{"GLIBCXX_3.4.12", "4.4.1"}, Row{"GLIBCXX_3.4.13", "4.4.2"},
    Row{"GLIBCXX_3.4.14", "4.5"},  Row{"GLIBCXX_3.4.15", "4.6"},   Row{"GLIBCXX_3.4.16", "4.6.1"},
    Row{"GLIBCXX_3.4.17", "4.7"},  Row{"GLIBCXX_3.4.18", "4.8"},   Row{"GLIBCXX_3.4.19", "4.8.3"},
    Row{"GLIBCXX_3.4.20", "4.9"},  Row{"GLIBCXX_3.4.21", "5.2"},   Row{"GLIBCXX_3.4.22", "6"},
    Row{"GLIBCXX_3.4.23", "7"},    Row{"GLIBCXX_3.4.24", "7.2"},   Row{"GLIBCXX_3.4.25", "8"},
    Row{"GLIBCXX_3.4.26", "9"},    Row{"GLIBCXX_3.4.27", "9.2"},   Row{"GLIBCXX_3.4.28", "9.3"},
    Row{"GLIBCXX_3.4.29", "11"},   Row{"GLIBCXX_3.4.30", "12"},    Row{"GLIBCXX_3.4.31", "13.1"},
    Row{"GLIBCXX_3.4.32", "13.2"}, Row{"GLIBCXX_3.4.33", "14"},    Row{"CXXABI_1.3", "4.1.1"},
    Row{"CXXABI_1.3.1", "4.1.1"},  Row{"CXXABI_1.3.2", "4.3"},     Row{"CXXABI_1.3.3", "4.4"},
    Row{"CXXABI_1.3.4", "4.5"},    Row{"CXXABI_1.3.5", "4.6"},     Row{"CXXABI_1.3.6", "4.7"},
    Row{"CXXABI_1.3.7", "4.8"},    Row{"CXXABI_1.3.8", "4.9"},     Row{"CXXABI_1.3.9", "5.2"},
    Row{"CXXABI_1.3.10", "6"},     Row{"CXXABI_1.3.11", "7"},      Row{"CXXABI_1.3.12", "9"},
    Row{"CXXABI_1.3.13", "11"},    Row{"CXXABI_1.3.14", "13"},     Row{"CXXABI_1.3.15", "14"},
};

std::string_view holder_of(std::string_view soname) {
  const auto* found = std::find_if(holders.begin(), holders.end(), [&](const Holder& h) { return h.soname == soname; });
  return found == holders.end() ? std::string_view() : found->package;
}

tl::unexpected<Error> unknown(const LibraryNeeds& library, const std::string& what) {
  return failure(Fault::unsupported,
                 "'" + library.name + "' needs " + what + ", and no table tells which package has it",
                 "add it to installer/packages/debian_depends.cpp");
}

// The part of a symbol version behind its word: GLIBC_2.14 → 2.14. What has none (GLIBC_PRIVATE, CXXABI_TM_1) is
// ignored.
std::optional<Version> number_in(std::string_view symbol) {
  const std::size_t at = symbol.find('_');
  const auto version = Version::parse(at == std::string_view::npos ? "" : symbol.substr(at + 1));
  return version ? std::optional(*version) : std::nullopt;
}

// The first row of the same word that is not older.
const Row* row_for(std::string_view symbol, const Version& number) {
  const std::string_view word = symbol.substr(0, symbol.find('_') + 1);
  const auto* row = std::find_if(libstdcxx.begin(), libstdcxx.end(), [&](const Row& each) {
    return each.first.starts_with(word) && number_in(each.first).value_or(Version()) >= number;
  });
  return row == libstdcxx.end() ? nullptr : row;
}

// The version of the package that a symbol version came with; empty: any.
Result<Version> package_version(const LibraryNeeds& library, std::string_view package, const std::string& symbol) {
  const auto number = number_in(symbol);
  if (!number || package != "libstdc++6") {
    return number.value_or(Version());
  }
  const Row* row = row_for(symbol, *number);
  return row == nullptr ? unknown(library, "'" + symbol + "'") : Version::parse(row->second, Fault::internal);
}

using Floors = std::map<std::string, Version>;

Result<void> add_needs(const LibraryNeeds& library, const std::set<std::string>& own, Floors& floors) {
  for (const std::string& needed : library.needed) {
    if (own.contains(needed)) {
      continue;
    }
    const std::string_view package = holder_of(needed);
    if (package.empty()) {
      return unknown(library, "'" + needed + "'");
    }
    Version& floor = floors[std::string(package)];
    const auto versions = library.versions.find(needed);
    if (versions == library.versions.end()) {
      continue;
    }
    for (const std::string& symbol : versions->second) {
      const auto version = package_version(library, package, symbol);
      if (!version) {
        return tl::unexpected(version.error());
      }
      floor = std::max(floor, *version);
    }
  }
  return {};
}

// zlib1g has an epoch; libgcc-s1 was called libgcc1, with an epoch, up to Debian 10 and Ubuntu 18.04.
std::string written(const std::string& package, const Version& floor) {
  const auto at_least = [&](const std::string& name, const std::string& epoch) {
    return name + (floor.size() == 0 ? "" : " (>= " + epoch + floor.text() + ")");
  };
  if (package == "libgcc-s1") {
    return at_least(package, "") + " | " + at_least("libgcc1", "1:");
  }
  return at_least(package, package == "zlib1g" ? "1:" : "");
}

}  // namespace

Result<std::vector<std::string>> debian_depends(const std::vector<LibraryNeeds>& libraries) {
  std::set<std::string> own;
  for (const LibraryNeeds& library : libraries) {
    own.insert(library.soname);
  }
  Floors floors;
  for (const LibraryNeeds& library : libraries) {
    if (auto added = add_needs(library, own, floors); !added) {
      return tl::unexpected(added.error());
    }
  }
  std::vector<std::string> depends;
  depends.reserve(floors.size());
  for (const auto& [package, floor] : floors) {
    depends.push_back(written(package, floor));
  }
  return depends;
}

}  // namespace cudnn_install
