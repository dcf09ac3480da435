// What will be done. Pure: (recipe, release, host, receipt, request) → plan; nothing here touches the machine.
//
// The documented plan is the recipe's steps with every name filled in: the guide's own commands, in its order. fused()
// rewrites it into what is really performed. People are shown the first; the transaction takes the second.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/error.h"
#include "base/sha256.h"
#include "base/version.h"
#include "host/host.h"
#include "receipt/package_receipt.h"
#include "receipt/receipt.h"
#include "recipe/recipe.h"
#include "release/release.h"

namespace cudnn_install {

// --- steps -------------------------------------------------------------------------------------------------------

struct MakeDirectory {  // where the CUDA directory lacks include or lib64; the guide takes them for granted
  std::string path{};
  bool operator==(const MakeDirectory&) const = default;
};
struct RemoveOlder {  // names of the replaced build that the new one may lack; from the receipt
  std::vector<std::string> paths{};
  bool operator==(const RemoveOlder&) const = default;
};
enum class Shape { archive, runfile };
struct UnpackArchive {
  std::string archive{};
  Shape shape = Shape::archive;  // a runfile extracts itself, by the guide; performed: it is read, never run
  bool operator==(const UnpackArchive&) const = default;
};
struct CopyFiles {
  std::string from{};  // glob below the archive's top directory: lib/libcudnn*
  std::string to{};    // absolute directory
  Links links = Links::follow;
  bool operator==(const CopyFiles&) const = default;
};
struct MakeLinks {  // those that the archive lacks
  std::string directory{};
  std::vector<std::pair<std::string, std::string>> links{};  // name and target, the targets first
  bool operator==(const MakeLinks&) const = default;
};
struct SetMode {
  std::string mode{};  // a+r
  std::vector<std::string> paths{};
  bool operator==(const SetMode&) const = default;
};
// Fused: every member of the archive that matches a rule goes straight to its directory, mode right from the start.
struct PlaceRule {
  std::string from{};
  std::string to{};  // absolute
  bool operator==(const PlaceRule&) const = default;
};
struct PlaceFiles {
  std::string archive{};
  std::vector<PlaceRule> rules{};
  bool operator==(const PlaceFiles&) const = default;
};
struct RefreshLoaderCache {  // ldconfig, where the loader's configuration knows the directory
  std::string directory{};
  bool operator==(const RefreshLoaderCache&) const = default;
};
// Uninstall and rollback, from the receipt; absolute paths as seen from outside the root.
struct RemovePaths {
  std::vector<std::string> paths{};
  bool operator==(const RemovePaths&) const = default;
};
struct RestorePaths {
  std::vector<std::string> paths{};
  std::string from{};  // "kept files" or "cuDNN 8.9.5.30"
  bool operator==(const RestorePaths&) const = default;
};

// --- package methods: performed by the system's own manager, which Plan::packages tells

struct InstallPackageFile {  // a local installer; or the package that brings a network repository's keyring and source
  std::string file{};        // in hand, or "": `url` is fetched first
  std::string url{};
  PackageVersion package{};  // as far as it is known beforehand
  bool operator==(const InstallPackageFile&) const = default;
};
struct CopyKeyring {
  std::string from{};  // glob, one match: /var/cudnn-local-repo-…/cudnn-local-*-keyring.gpg
  std::string to{};    // directory
  bool operator==(const CopyKeyring&) const = default;
};
struct AddRepository {  // the guide adds it by the URL of its .repo file; performed by writing the file
  Repository repository{};
  std::string url{};
  std::string keyring{};  // a keyring in hand that is put at repository.key; "": somebody else brings it
  bool operator==(const AddRepository&) const = default;
};
struct RefreshIndex {
  std::string source{};  // path of apt's list file or id of the repository; documented: "", everything
  bool operator==(const RefreshIndex&) const = default;
};
struct InstallPackages {  // documented: one a step, perhaps with a wildcard; effective: all at once
  std::vector<PackageVersion> packages{};
  bool operator==(const InstallPackages&) const = default;
};
struct HoldPackages {  // no upgrade of the system may change them
  std::vector<PackageVersion> packages{};
  bool operator==(const HoldPackages&) const = default;
};
struct RemovePackages {
  std::vector<std::string> names{};
  bool operator==(const RemovePackages&) const = default;
};

using Step = std::variant<MakeDirectory, RemoveOlder, UnpackArchive, CopyFiles, MakeLinks, SetMode, PlaceFiles,
                          RefreshLoaderCache, RemovePaths, RestorePaths, InstallPackageFile, CopyKeyring, AddRepository,
                          RefreshIndex, InstallPackages, HoldPackages, RemovePackages>;

struct PlannedStep {
  Step step{};
  std::optional<Clause> clause{};  // none: a step of ours; `note` says why it is there
  std::string note{};
  bool operator==(const PlannedStep&) const = default;
};

// --- plan --------------------------------------------------------------------------------------------------------

enum class Standing { satisfied, command, missing };  // command: what to run to get it; missing: nothing we can name
struct PrerequisiteLine {
  std::string name{};  // driver | toolkit | zlib
  Clause clause{};
  Standing standing = Standing::missing;
  std::string detail{};  // "driver 580.95.05, loaded" or "run: sudo apt-get install zlib1g"
  bool operator==(const PrerequisiteLine&) const = default;
};

enum class Verb { install, upgrade, uninstall, rollback };
std::string_view name_of(Verb verb);

// What is to be on the disk, as far as it can be known without opening the archive.
struct Wanted {
  std::string product{};  // cudnn8
  std::string front{};    // libcudnn
  Version version{};      // four parts
  std::string cuda{};     // variant of the archive: 12
  std::string platform{};
  std::string top{};      // the archive's top directory; "": its members lie at the top
  std::string license{};  // path of the licence text below it
  std::string version_header{};
  std::string location{};          // path or URL of the archive
  std::optional<Sha256> sha256{};  // none: --allow-unverified
  std::string trust{};             // catalogue | given | unverified
  bool demo = false;               // the top directory is the demo payload's
  Shape shape = Shape::archive;    // what a runfile holds beyond `allowed` is passed over
  // What the archive may hold and what it must hold, below its top directory; from the product's recipe.
  std::vector<std::string> allowed{};   // globs: include/cudnn*.h, lib/libcudnn*.so* …
  std::vector<std::string> required{};  // names: include/cudnn.h, lib/libcudnn_ops_infer.so.8 …
};

// Versions of a driver that serve, without their ends.
struct VersionRange {
  Version above{};
  Version below{};
  bool operator==(const VersionRange&) const = default;
};
bool serves(const VersionRange& range, const Version& driver);

// What a package method is about; the steps say what is done.
struct PackageWork {
  Manager manager{};
  std::string product{};                   // cudnn8, cuda-compat-13-0
  std::string version{};                   // 8.9.6.50; "" where `range` leaves it open
  std::string cuda{};                      // 12.2, or 12 for cuDNN 9
  std::string platform{};                  // linux-x86_64
  std::string repository{};                // its URL, or the local installer's file
  std::string fingerprint{};               // of the key that the keyring package may hold alone; "": not known
  std::optional<Sha256> sha256{};          // of the local installer; none: --allow-unverified, or a network method
  std::vector<PackageVersion> packages{};  // in the guide's order: runtime, dev, samples
  // The one package's version is the newest of this range that the repositories have, which is known after the refresh.
  std::optional<VersionRange> range{};
  bool in_hand = false;  // the one package is the file `repository` itself
  bool operator==(const PackageWork&) const = default;
};

struct Plan {
  Verb verb = Verb::install;
  std::string method{};    // tar
  std::string title{};     // cuDNN 8.9.6.50 for CUDA 12 into /usr/local/cuda
  std::string document{};  // the guide that the clauses are of
  std::string distro{};    // recipe
  std::string root{};      // "/" or --root
  std::string prefix{};    // as asked for
  std::string include{};   // resolved destination directories, absolute, inside root; "": files lie in the prefix
  std::string library{};   // itself, which `library` is then
  std::optional<Version> glibc{};         // of the target; the libraries may not need a newer one
  std::optional<Wanted> wanted{};         // install, upgrade
  std::optional<PackageWork> packages{};  // of a package method; then neither `wanted` nor a prefix
  std::vector<std::string> components{};
  std::optional<std::string> replaces{};  // id of the installation whose place is taken (install, upgrade) or that goes
  bool keep_previous = false;
  bool as_root = false;       // no sudo in what is shown
  bool makes_parent = false;  // of the prefix, where it is not there; else only the prefix itself
  std::vector<PrerequisiteLine> prerequisites{};
  std::vector<std::string> notes{};  // what a person should know: fall-back recipe, kept hand-made files, old CUDA …
  std::vector<PlannedStep> documented{};
  std::vector<PlannedStep> effective{};
};

// --- making ------------------------------------------------------------------------------------------------------

// A forward-compatibility library in an archive in hand, which has been read and judged.
struct CompatArchive {
  std::string kind{};                // of an ArchiveForm
  std::string top{};                 // the first part of its first member's name
  Version driver{};                  // in the name of its libcuda
  Sha256 sha256{};                   // of the bytes that were judged
  bool vouched = false;              // the digest was given
  std::vector<std::string> names{};  // of files and links in the directory of its libraries
};

// A forward-compatibility package, as the decision named it.
struct CompatWish {
  std::optional<Version> cuda{};  // of the package; to uninstall: none, the only one
  Version driver{};               // of the kernel that it is for
  VersionRange range{};
  std::optional<PackageVersion> in_hand{};  // what the file in Request::archives is; it has been read and judged
  std::optional<CompatArchive> archive{};   // the same, if it is no package
  std::vector<std::string> notes{};
};

// What the user asked for, already parsed.
struct Request {
  std::string method = "tar";
  std::optional<Version> cudnn{};
  bool latest = false;  // --cudnn latest
  std::optional<Version> cuda{};
  std::optional<std::string> arch{};  // x86_64 | sbsa | ppc64le | aarch64-jetson
  std::optional<std::string> distro{};
  std::vector<std::string> archives{};
  std::optional<Sha256> sha256{};
  bool allow_unverified = false;
  std::string root = "/";
  std::string prefix{};  // chosen by the caller (request.cpp in cli) before planning
  bool prefix_given = false;
  std::vector<std::string> components{};  // empty: all that the artifact holds
  bool keep_previous = true;              // upgrade only
  std::string repository{};  // --repository URL: a mirror of the tree that holds $distro/$arch; "": NVIDIA's own
  std::string
      key{};  // --repository-key: keyring or public key that the mirror is signed with; "": as NVIDIA's tree has it
  bool pin = true;
  std::optional<CompatWish> compat{};  // then it is not about cuDNN
};

// What a first look into the archive told: the first part of its first member's name, and whether it is the demo
// payload (its LICENSE stands first and its first line is demo_license_line), which needs no licence.
struct ArchiveGlance {
  std::string top{};  // cudnn-linux-x86_64-8.9.6.50_cuda12-archive
  bool demo = false;
};
inline constexpr std::string_view demo_license_line = "cudnn-install demo payload: this is not NVIDIA cuDNN";

// What a local installer in hand says of itself.
struct InstallerFacts {
  PackageVersion package{};          // cudnn-local-repo-ubuntu2204-8.9.6.50 1.0-1
  std::vector<std::string> files{};  // absolute paths, among them the packages that it brings
};

struct Situation {
  const Recipes& recipes;
  const Catalogue& catalogue;
  const Host& host;
  const PrefixFacts& prefix;
  const std::optional<Receipt>& receipt;  // of the prefix
  std::optional<ArchiveGlance> glance{};
  std::optional<InstallerFacts> installer{};
  std::vector<PackageReceipt> package_receipts{};  // of this root: of cuDNN, or of what Request::compat is about
};

// What a recipe says of forward compatibility.
Result<const Product*> compat_product(const Recipes& recipes);

// The directory below the prefix that `to` is for the rules of `plan`: include, lib64, or "" for the prefix itself.
std::string directory_below(const Plan& plan, const std::string& to);

bool is_url(const std::string& location);  // http or https; everything else is a path
std::string file_name_of(const std::string& location);

// deb-local, rpm-local, apt-network, rpm-network
bool is_package_method(std::string_view method);

// Whether `url`, the value of `option`, may be asked for packages and keys: https, or http to this machine; nothing in
// it that could end a line or a word of a source file.
Result<void> fetchable(const std::string& option, const std::string& url);

// The catalogue's entry for the bytes that are promised: by --sha256 alone if it is given, else by the file's name.
Result<std::optional<Catalogue::Match>> promised(const Request& request, const Catalogue& catalogue);

Result<Plan> plan_install(const Request& request, const Situation& situation);
Result<Plan> plan_upgrade(const Request& request, const Situation& situation);
Result<Plan> plan_uninstall(const Request& request, const Situation& situation);
Result<Plan> plan_rollback(const Request& request, const Situation& situation);

// fuse.cpp: unpack + copy + chmod become one PlaceFiles; the other steps stay.
std::vector<PlannedStep> fused(const std::vector<PlannedStep>& documented);

// --- showing -----------------------------------------------------------------------------------------------------

inline constexpr int plan_schema = 1;

std::string described(const Step& step);  // one sentence
enum class Explain { no, yes };           // yes: both plans, and the clause of every step
std::string to_text(const Plan& plan, Explain explain);
std::string to_shell(const Plan& plan);  // the documented plan; passes shellcheck
std::string to_json(const Plan& plan);
std::string to_dockerfile(const Plan& plan);

}  // namespace cudnn_install
