// What a package method did: verify, status and uninstall read nothing else. One receipt for each product, in
// <root>/var/lib/cudnn-install/packages/.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"
#include "base/package_manager.h"
#include "receipt/receipt.h"

namespace cudnn_install {

inline constexpr int package_receipt_schema = 1;

enum class SubjectKind {
  file,     // source list, repository file, keyring, preferences: small files that we write
  package,  // in the database of dpkg or rpm
  lock,     // versionlock or zypper's lock of one package
  key       // gpg-pubkey in rpm's database
};
std::string_view name_of(SubjectKind kind);

// One thing that a package method changes, before and after. A file's state is its bytes and mode, a package's is its
// version, a lock's or key's is "set". nullopt: absent.
struct SubjectState {
  std::string value{};
  std::uint32_t mode = 0;  // of files
  bool automatic = false;  // of packages: apt's mark
  bool operator==(const SubjectState&) const = default;
};

struct Subject {
  SubjectKind kind = SubjectKind::file;
  std::string name{};  // absolute path below the root; package; gpg-pubkey-…
  std::string role{};  // installer | source | keyring | pin | wanted | dependency: what it is there for
  std::optional<SubjectState> before{};
  std::optional<SubjectState> after{};
  bool operator==(const Subject&) const = default;
};

struct PackageReceipt {
  std::string id{};       // 32 hexadecimal digits, random
  std::string method{};   // deb-local …
  std::string product{};  // cudnn8, cuda-compat-13-0
  std::string version{};  // 8.9.6.50
  std::string cuda{};     // 12.2, or 12 for cuDNN 9
  std::string platform{};
  std::string recipe{};  // distro
  std::vector<std::string> clauses{};
  std::vector<std::string> components{};
  Manager manager{};
  std::string repository{};                // its URL, or the local installer's file
  std::string source{};                    // what was refreshed: path of apt's list, or the repository's id
  std::vector<PackageVersion> packages{};  // what was asked for, in the order of the guide
  LicenceRecord licence{};                 // its text lies in the packages: no digest
  std::vector<Subject> subjects{};         // in the order in which they were changed; taken back from the end
  std::string when{};
  std::string tool{};
  bool operator==(const PackageReceipt&) const = default;
};

// Of a forward-compatibility package: its product is the package's name, cuda-compat-13-0.
bool is_compat(const PackageReceipt& receipt);
// cuDNN 8.9.6.50 for CUDA 12.2 | cuda-compat-13-0 580.95.05
std::string title_of(const PackageReceipt& receipt);

// As receipts of files: every field present, a digest of its own at the end; errors likewise.
std::string to_json(const PackageReceipt& receipt);
Result<PackageReceipt> package_receipt_from_json(const std::string& text, const std::string& file);

}  // namespace cudnn_install
