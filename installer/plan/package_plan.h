// Which deb and rpm packages an archive becomes: names, versions, where each file goes, dependencies, alternatives.
// Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "packages/debian_depends.h"
#include "plan/plan.h"
#include "receipt/receipt.h"

namespace cudnn_install {

// A file or link of the archive by its name below include/ or lib/, whatever the archive calls these directories.
struct PayloadFile {
  std::string path{};  // lib/libcudnn.so.8.9.6
  Entry entry{};
  std::optional<LibraryNeeds> needs{};  // of shared libraries
};

// An archive that was unpacked and found sound.
struct Payload {
  std::vector<PayloadFile> files{};  // sorted by path
  std::string license{};             // path of its text
  std::optional<Version> glibc{};    // highest that a library needs
  std::string glibc_user{};          // which one
  Sha256 archive{};
  std::uint64_t archive_size = 0;
};

enum class PackageFormat { deb, rpm };
std::string_view name_of(PackageFormat format);

struct PackagedPath {
  std::string path{};    // absolute
  std::string from{};    // in the payload; "": a link
  std::string target{};  // of a link
  std::uint64_t size = 0;
  Sha256 sha256{};
  bool operator==(const PackagedPath&) const = default;
};

struct Alternative {
  std::string name{};
  std::string link{};
  std::string path{};
  bool operator==(const Alternative&) const = default;
};

// The group libcudnn; the first is the master. No package holds a path that is a `link` here.
struct Alternatives {
  std::uint32_t priority = 0;  // rises with the version
  std::vector<Alternative> entries{};
};

struct PackageDescription {
  std::string kind{};
  std::string name{};
  std::string version{};       // 8.9.6.50
  std::string release{};       // 1+cuda12.2 | 1.cuda12.2
  std::string architecture{};  // as the format calls it: amd64, all | x86_64, noarch
  std::string file{};
  std::string summary{};
  std::string multi_arch{};               // deb: same, foreign, or "" where architectures would meet in one path
  std::vector<std::string> depends{};     // deb: all; rpm: packages, since rpm itself finds libraries
  std::vector<std::string> recommends{};  // what is opened late, and what goes with it
  std::vector<std::string> shlibs{};      // deb: "libcudnn_ops_infer 8 libcudnn8 (>= 8.9.6.50)"
  std::vector<PackagedPath> paths{};
  std::string samples{};  // directory for the sources of the samples, if it holds them
  Alternatives alternatives{};
};

struct PackageTarget {
  std::string distro{};
  PackageFormat format = PackageFormat::deb;
  std::string architecture{};
  Packing packing{};
  std::vector<PackageDescription> packages{};
};

struct PackagePlan {
  Wanted wanted{};
  std::string cuda{};  // as the packages say it: 12.2, or 13
  std::vector<PackageTarget> targets{};
};

struct PackageRequest {
  std::vector<std::string> distros{};
  std::optional<Version> cuda{};  // outranks the recipe's
};

// Which archive it is and who vouches for it, as for an install.
Result<Wanted> wanted_for_packages(const Request& request, const Recipes& recipes, const Catalogue& catalogue,
                                   const std::optional<ArchiveGlance>& glance);
// What can be refused before the archive is unpacked: a distro without packages, a CUDA that cannot be told.
Result<PackagePlan> package_plan(const PackageRequest& request, const Recipes& recipes, const Wanted& wanted);
// The same with every file in its package. Refuses a link chain that is not whole, a payload that needs a newer glibc
// than a distro has, and a library that no known package holds.
Result<PackagePlan> filled(PackagePlan plan, const Recipes& recipes, const Payload& payload);

}  // namespace cudnn_install
