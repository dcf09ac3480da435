// What is known about drivers, toolkits, packages and GPUs, as plain data: recipes/compat, read and checked. Each row
// keeps where it comes from and how sure that is.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/error.h"
#include "base/version.h"

namespace cudnn_install {

// read in a copy of NVIDIA's own page or code, or tried; quoted by others; inferred from other rows; from memory.
enum class Grade { read, quoted, inferred, remembered };
std::string_view name_of(Grade grade);

struct Provenance {
  std::vector<std::string> sources{};  // keys of TableSource
  Grade grade = Grade::remembered;
  bool operator==(const Provenance&) const = default;
};
struct TableSource {
  std::string key{};
  std::string title{};
};

// One release of a toolkit. A driver that is not known (or no longer bundled) is absent.
struct ToolkitRow {
  std::string release{};  // 12.4 Update 1
  Version version{};      // 12.4.1
  Version cuda{};         // 12.4
  bool preview = false;   // a release candidate or developer preview: its driver does not count as the release's
  int branch = 0;
  std::optional<Version> linux_driver{};
  std::optional<Version> windows_driver{};
  bool bundled = true;
  Provenance provenance{};
};

// The oldest drivers that run programs of every minor version of one major.
struct Floor {
  int major = 0;
  Version linux_driver{};
  Version windows_driver{};
  int below = 0;  // where the page's labelling ends; newer drivers serve by backward compatibility. 0: nowhere
  Provenance provenance{};
};

// The matrix's three answers: the package serves; the driver pairs with it; the package is older than the driver.
enum class Cell { compatible, not_applicable, incompatible };
std::string_view name_of(Cell cell);  // C, N/A, X

struct MatrixRow {
  Version package{};
  std::vector<Cell> cells{};  // one a column of the edition
};
struct Edition {
  std::string name{};  // R615
  std::string date{};
  bool complete = true;
  std::vector<int> columns{};  // driver branches
  std::vector<MatrixRow> rows{};
  Provenance provenance{};
};
// Drivers that packagers took as the lowest of their branch for a package.
struct PackagerRow {
  Version package{};
  std::vector<Version> bases{};
  Provenance provenance{};
};
struct PackageRange {
  Version from{};
  Version until{};
  Version base{};
  Provenance provenance{};
};

enum class BranchType { lts, production, new_feature, developer, unknown };
std::string_view name_of(BranchType type);
struct Branch {
  int number = 0;
  BranchType type = BranchType::unknown;
  Version cuda{};
  std::string end{};   // 2026-06: the last month of its life; "" if that is not known
  bool ended = false;  // over, in a month that is not known
  Provenance provenance{};
};

struct Package {
  Version cuda{};
  int branch = 0;
};

// What the note inside a libcuda says. Empty lists: the note has none.
struct CompatNote {
  Version cuda{};
  std::vector<int> branches{};
  std::vector<int> brands{};
  bool operator==(const CompatNote&) const = default;
};
struct KnownNote {
  Version driver{};
  CompatNote note{};
  Provenance provenance{};
};

struct Generation {
  std::string name{};
  std::vector<Version> capabilities{};
  Version first_cuda{};
  Version last_cuda{};  // no parts: still served
  int last_branch = 0;  // 0: still served
  Provenance provenance{};
};
struct Brand {
  std::string name{};
  int number = 0;  // NVML's
  bool forward = false;
  Provenance provenance{};
};
struct Gpu {
  std::string name{};  // "" where only the capability is known
  Version capability{};
  std::string brand{};  // "" if not known
  std::string board{};  // orin, thor; "" for others
  bool operator==(const Gpu&) const = default;
};

struct FeatureRow {
  int major = 0;
  Version base{};
  bool interop = false;
  std::string virtual_memory{};  // attributes: subject to the two device attributes
  Provenance provenance{};
};
struct PackageFile {
  std::string name{};  // libcuda.so.{driver}
  std::vector<std::string> links{};
  Version since{};
  Provenance provenance{};
};
struct JetsonPackage {
  std::string board{};
  Version from{};
  Version until{};  // no parts: open
  std::string package{};
  std::string directory{};
  Provenance provenance{};
};
struct CompatRules {
  Version nvrtc_since{};
  Version forward_since{};
  Version linux_bundled_until{};
  Version windows_bundled_until{};
  std::vector<PackageRange> ranges{};
  std::vector<FeatureRow> features{};
  std::vector<std::string> stray_notes{};
  std::vector<PackageFile> files{};
  std::vector<JetsonPackage> jetson{};
};

struct KnownError {
  std::string id{};  // 803, banner
  std::vector<std::string> names{};
  std::vector<std::string> texts{};
  std::string meaning{};
  std::vector<std::string> causes{};
  std::vector<std::string> checks{};
  std::vector<std::string> remedies{};
  Provenance provenance{};
};

// What the guide says in one place, and what of the program fulfils it; nothing does what is for people alone, or what
// is missing yet.
struct GuideClause {
  std::string section{};
  std::string says{};
  std::string by{};
  std::string test{};
  std::string missing{};
  std::string note{};
};

struct CompatTables {
  std::vector<TableSource> sources{};
  std::vector<Floor> floors{};
  std::vector<ToolkitRow> toolkits{};  // newest first
  std::vector<Edition> editions{};     // newest first
  std::vector<PackagerRow> packagers{};
  std::vector<Branch> branches{};   // oldest first
  std::vector<Package> packages{};  // oldest first
  std::vector<KnownNote> notes{};
  std::vector<Generation> generations{};
  std::vector<Brand> brands{};
  std::vector<Gpu> gpus{};
  CompatRules rules{};
  std::vector<KnownError> errors{};
  std::vector<GuideClause> clauses{};
};

// All files of recipes/compat together; each table must be there, once.
Loaded<CompatTables> load_compat(const std::vector<SourceText>& files);
std::vector<Error> compat_mistakes(const SourceText& file);

const Edition* find_edition(const CompatTables& tables, std::string_view name);  // R615, 615
const Branch* find_branch(const CompatTables& tables, int number);
const Package* find_package(const CompatTables& tables, const Version& cuda);
const Brand* find_brand(const CompatTables& tables, std::string_view name);
// By its capability; of one that no row has, the nearest lower one of its major. Null if there is none.
const Generation* find_generation(const CompatTables& tables, const Version& capability);
// By the name that nvidia-smi gives it, with or without NVIDIA and sizes; null if it is not known.
const Gpu* find_gpu(const CompatTables& tables, std::string_view name);
std::string title_of(const CompatTables& tables, std::string_view source);

}  // namespace cudnn_install
