// What was done, as a record: verify, status, uninstall, upgrade and rollback read nothing else.
//
// One receipt per prefix. It holds the installations in the order in which they were laid over each other: where two
// have the same path (cuDNN 8's and 9's cudnn.h), the later one's file is visible and `displaced` keeps what lies
// below.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/sha256.h"
#include "base/target_path.h"

namespace cudnn_install {

inline constexpr int receipt_schema = 1;

enum class EntryKind { file, link };

// One directory entry as it is, or shall be. Times in nanoseconds since 1970, UTC.
struct Entry {
  EntryKind kind = EntryKind::file;
  std::uint32_t mode = 0;  // permission bits; 0777 for links
  std::uint64_t size = 0;  // of files
  std::int64_t mtime = 0;
  std::int64_t ctime = 0;   // 0 = not known
  std::uint64_t inode = 0;  // 0 = not known; compared only together with size and mtime
  Sha256 sha256{};          // of files
  std::string target{};     // of links
  bool operator==(const Entry&) const = default;
};
// Same bytes and mode (files) or same target (links); times and inodes do not count.
bool same_content(const Entry& left, const Entry& right);

// An entry whose bytes are kept aside below <prefix>/.cudnn-install/kept/.
struct Kept {
  Entry entry{};
  std::string where{};  // relative to the state directory: kept/3f2a…/7
  bool operator==(const Kept&) const = default;
};

struct InstalledPath {
  TargetPath path;
  Entry entry{};
  std::optional<Kept> displaced{};  // what stood there before; uninstall brings it back
  bool operator==(const InstalledPath&) const = default;
};

struct LicenceRecord {
  bool accepted = false;
  Sha256 text{};       // digest of the LICENSE file in the archive
  std::string when{};  // 2026-11-21T10:00:00Z
  std::string user{};
  bool operator==(const LicenceRecord&) const = default;
};

struct Source {
  std::string location{};  // path or URL
  Sha256 sha256{};
  std::string trust{};  // catalogue | given | unverified
  bool operator==(const Source&) const = default;
};

struct Installation {
  std::string id{};        // 32 hexadecimal digits, random
  std::string product{};   // cudnn8
  std::string front{};     // libcudnn: its links appear last and vanish first
  std::string version{};   // 8.9.6.50
  std::string cuda{};      // 12
  std::string platform{};  // linux-x86_64
  std::string method{};    // tar
  std::string recipe{};    // distro recipe: ubuntu2204
  std::vector<std::string> clauses{};
  std::vector<std::string> components{};
  Source source{};
  std::string protection{};  // seccomp+uid | seccomp | uid | none
  std::string when{};
  std::string tool{};  // version of cudnn-install
  LicenceRecord licence{};
  bool demo = false;      // the demo payload
  bool replaced = false;  // it took the place of a build of ours of the same major
  std::vector<InstalledPath> paths{};
  std::vector<std::string> packages{};
  std::vector<std::string> keys{};
  std::vector<std::string> pins{};
  bool operator==(const Installation&) const = default;
};

// Of CUDA's forward compatibility, and not of cuDNN.
bool is_compat(const Installation& installation);
// cuDNN, or cuda-compat-13-0
std::string name_of(const Installation& installation);

// The version that `rollback` returns to: the whole installation, each of its paths kept aside.
struct Previous {
  Installation installation{};
  std::uint32_t position = 0;  // where it stood among the installations
  std::vector<Kept> kept{};    // one for each of installation.paths, in the same order
  bool operator==(const Previous&) const = default;
};

struct Receipt {
  std::string id{};           // of the state directory
  std::string transaction{};  // the last one that changed it
  // Directories that we made, outermost first and relative to the prefix: "" is the prefix, ".." the one that holds it.
  std::vector<std::string> created{};
  std::vector<Installation> installations{};
  std::optional<Previous> previous{};
  bool operator==(const Receipt&) const = default;
};

// JSON with every field present and a digest of its own at the end; a receipt from a newer schema is `unsupported`, an
// edited or damaged one is `conflict` with the way out as its hint. `file` is the name that errors show.
std::string to_json(const Receipt& receipt);
Result<Receipt> receipt_from_json(const std::string& text, const std::string& file);

}  // namespace cudnn_install
