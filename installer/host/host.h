// What the machine is: plain facts, no decisions. `host --json` prints it and `--host FILE` reads it back, so a plan
// can be made for a machine that is elsewhere.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/version.h"

namespace cudnn_install {

inline constexpr int host_schema = 1;
inline constexpr const char* usual_toolkit = "/usr/local/cuda";  // the link to the one that is in use

struct OsRelease {
  std::string id{};
  std::vector<std::string> id_like{};
  std::string version_id{};
  std::string pretty_name{};
  bool operator==(const OsRelease&) const = default;
};

enum class LibcKind { none, glibc, musl };
struct Libc {
  LibcKind kind = LibcKind::none;
  std::optional<Version> version{};
  bool operator==(const Libc&) const = default;
};

struct CudaToolkit {
  std::string prefix{};              // as found: /usr/local/cuda
  std::string resolved{};            // /usr/local/cuda-13.0
  std::optional<Version> version{};  // 13.0.2 from version.json, 11.0 from version.txt, 12.2 from cuda.h
  std::string source{};              // version.json | version.txt | cuda.h | name
  bool operator==(const CudaToolkit&) const = default;
};

// The driver as installed (what modinfo or the package's files say) and as loaded (/proc/driver/nvidia/version): two
// different things until the machine restarts.
struct Driver {
  std::optional<Version> installed{};
  std::optional<Version> loaded{};
  bool operator==(const Driver&) const = default;
};

struct Host {
  OsRelease os{};
  std::string machine{};   // of the root's ELF files, else uname -m for "/": x86_64, aarch64, ppc64le
  std::string platform{};  // linux-x86_64, linux-sbsa, linux-aarch64 (Jetson), linux-ppc64le; empty: none of ours
  bool jetson = false;
  Libc libc{};
  std::vector<CudaToolkit> toolkits{};  // the /usr/local/cuda link first, then newest first
  Driver driver{};
  std::string package_manager{};  // apt | dnf | yum | zypper | tdnf | none: the one that is there
  // What keeps packages from being installed into the running system: ostree | transactional-update | read-only; ""
  // where nothing does.
  std::string fixed_image{};
  bool zlib = false;  // libz.so.1 can be found by the loader
  bool root_user = false;
  std::string user{};
  bool operator==(const Host&) const = default;
};

// Facts about the directory that is to be installed into, asked for once the prefix is known.
struct PrefixFacts {
  std::string requested{};
  std::string resolved{};  // every link followed; the requested path if it does not exist
  bool exists = false;
  std::string file_system{};  // ext4, xfs, overlay, tmpfs …
  bool read_only = false;
  bool no_exec = false;
  std::optional<Version> cuda{};  // of the toolkit there
  std::string include{};          // resolved directories that the guide's include and lib64 mean, inside the root
  std::string library{};
};

// os_release.cpp, cuda_toolkits.cpp, driver.cpp, libc.cpp: pure parsers of the files' texts.
OsRelease parsed_os_release(std::string_view text);                     // no ID: "linux", as os-release(5) says
std::optional<Version> version_in_json(std::string_view version_json);  // "cuda": {"version": "13.0.2"}
std::optional<Version> version_in_txt(std::string_view version_txt);    // CUDA Version 11.0.228 → 11.0
std::optional<Version> version_in_header(std::string_view cuda_h);      // #define CUDA_VERSION 12020
std::optional<Version> loaded_driver(std::string_view proc_version);    // /proc/driver/nvidia/version, both wordings
std::optional<Version> module_driver(std::string_view module_version);  // /sys/module/nvidia/version
std::optional<Version> driver_in_name(std::string_view file_name);      // libcuda.so.580.82.07
std::optional<Version> glibc_version(std::string_view libc_so);         // the banner in the bytes of libc.so.6
std::string elf_machine(std::string_view first_bytes);                  // 20 bytes are enough; "" if it is not ELF
std::string interpreter_in(std::string_view first_bytes);  // /lib64/ld-linux-x86-64.so.2; "" if none is seen

// host_json.cpp. The text is one JSON record with every field present.
std::string to_json(const Host& host);
Result<Host> host_from_json(const std::string& text, const std::string& file);

// probe.cpp and prefix.cpp, which look at the machine through root_view.h. `root` is "/" or another system's root;
// every link is resolved as inside it. Reads only, decides nothing, never fails: what cannot be read is absent.
Host probed_host(const std::string& root);
PrefixFacts probed_prefix(const std::string& root, const std::string& prefix);

// linux-x86_64 for x86_64, linux-sbsa and linux-aarch64 (Jetson) for aarch64, linux-ppc64le; "" for others.
std::string platform_of(std::string_view machine, bool jetson);

}  // namespace cudnn_install
