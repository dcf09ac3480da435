// Is it true? The receipt held against the disk. Reads only.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "host/root_view.h"
#include "receipt/receipt.h"

namespace cudnn_install {

enum class Damage {
  missing,
  changed,
  wrong_mode,
  wrong_link,
  wrong_type,
  unreadable,
  broken_chain,
  wrong_elf,
  load,
  wrong_version,  // header and library are of two versions
};
std::string_view name_of(Damage damage);

struct Finding {
  Damage damage{};
  std::string path{};    // relative to the prefix
  std::string detail{};  // found and expected
  bool operator==(const Finding&) const = default;
};

enum class Depth {
  stat,    // lstat: type, size, mode, link target; the bytes of files whose time or inode is not as recorded
  digest,  // every byte
};

// Every visible path of every installation in the receipt (what a later installation covers is checked where it is
// kept). `prefix` is absolute and resolved.
std::vector<Finding> damage_of(const Receipt& receipt, const std::string& prefix, Depth depth);

// The chain libX.so → libX.so.8 → libX.so.8.9.6 of every library: each link names a file that is there, each SONAME is
// the name of a link or file, every ELF file is for `machine`. Shape from the receipt, not from a list.
std::vector<Finding> broken_chains(const Installation& installation, const std::string& prefix);

// The value of `#define NAME value` in a C header, or nothing.
std::optional<std::uint32_t> header_macro(std::string_view text, std::string_view name);

// A program is compiled with `header` (cudnn_version.h) and run with what libcudnn.so.N in `libraries` leads to: one
// version, else a finding. Silent where the header is not there or the library's name does not tell.
std::vector<Finding> header_findings(const RootView& view, const std::string& header, const std::string& libraries);

// Opens every libcudnn* of the installation in a child process without privileges, calls cudnnGetVersion, the version
// checks of the sub-libraries and cudnnGetCudartVersion, and demands that all mapped cuDNN files come from one
// directory. A child that dies is a finding that names the signal. Only where the installation's platform is this
// machine's.
struct LoadProof {
  std::string version{};  // 8906 → "8.9.6"
  std::string cudart{};   // 12020 → "12.2"; empty: not asked or not answered
  std::vector<std::string> opened{};
  std::vector<Finding> findings{};
};
LoadProof load_proof(const Installation& installation, const std::string& prefix);

}  // namespace cudnn_install
