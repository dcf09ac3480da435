// May programs of one CUDA run on a driver, and by which of the compatibilities? A pure answer to a pure question.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compat/tables.h"

namespace cudnn_install {

enum class OperatingSystem { gnu_linux, windows };
std::string_view name_of(OperatingSystem os);

enum class Verdict { backward, minor_version, forward, not_needed, harmful, unsupported };
std::string_view name_of(Verdict verdict);  // backward, minor-version, forward, not-needed, harmful, unsupported

// A libcuda of a forward-compatibility package, installed or in hand.
struct CompatLibrary {
  std::string path{};
  std::optional<Version> driver{};  // in its name; Jetson Orin's has none
  std::optional<CompatNote> note{};
  bool for_orin = false;  // it lies in a directory compat_orin, or its name ends in .1.1
};

struct CompatQuestion {
  Version driver{};  // of the kernel
  OperatingSystem os = OperatingSystem::gnu_linux;
  Version cuda{};            // two numbers
  std::optional<Gpu> gpu{};  // several GPUs: ask for each
  std::optional<CompatLibrary> library{};
};

// Which source gave the matrix's answer.
enum class MatrixSource { note, edition, known_note, packagers, range, branch_rule };
std::string_view name_of(MatrixSource source);
struct MatrixAnswer {
  Cell cell = Cell::incompatible;
  MatrixSource source = MatrixSource::branch_rule;
  std::string where{};  // R615; 590.44.01: the edition or the library that said so
  std::string reason{};
  std::vector<std::string> remarks{};  // what else is known about the driver's branch
  Grade grade = Grade::read;
  bool operator==(const MatrixAnswer&) const = default;
};
// Does the package serve on this kernel driver? The newest edition that has row and column decides; else what is known
// of notes, of packagers and of branches.
MatrixAnswer matrix_answer(const CompatTables& tables, const Package& package, const Version& driver);
// The same for a library in hand: its note outranks the tables. Either way it must be newer than the kernel's driver.
MatrixAnswer matrix_answer(const CompatTables& tables, const CompatLibrary& library, const Version& driver);

struct PackageOffer {
  std::string name{};       // cuda-compat-12-8
  std::string directory{};  // /usr/local/cuda-12.8/compat
  Version cuda{};
  std::string from{};   // versions that serve: 570.26 or newer, newer than the kernel's driver …
  std::string below{};  // … and below 571
  MatrixAnswer matrix{};
};

// Another way that is open.
struct CompatOption {
  Verdict way = Verdict::forward;
  std::optional<PackageOffer> package{};
  std::vector<std::string> adds{};
  std::vector<std::string> limits{};
};

struct CompatAnswer {
  Verdict verdict = Verdict::unsupported;
  std::string clause{};  // of the CUDA Compatibility guide: 2.1
  std::vector<std::string> reasons{};
  std::vector<std::string> limits{};
  std::vector<std::string> actions{};  // what to do
  std::vector<std::string> assumed{};  // what the answer takes for granted
  std::optional<PackageOffer> package{};
  std::vector<CompatOption> options{};
  Version driver_cuda{};  // the newest CUDA that the driver knows all of; no parts if it is older than every table
  std::optional<Verdict> without_library{};  // what holds where the given library is left out
  int error = 0;                             // CUDA's error that a harmful library causes; 0: none
};
CompatAnswer decided(const CompatTables& tables, const CompatQuestion& question);

// The newest CUDA that a driver knows all of: 12.2 for 535.54.03. No parts for drivers older than every table.
Version cuda_of_driver(const CompatTables& tables, const Version& driver, OperatingSystem os);
// The oldest driver with all of `cuda`: the one that its first release came with.
std::optional<Version> driver_of_cuda(const CompatTables& tables, const Version& cuda, OperatingSystem os);
// The package's name: cuda-compat-12-8 for 12.8.
std::string package_name(const Version& cuda);
// The CUDA of a library: of its note, else of its branch; no parts if neither tells.
Version cuda_of_library(const CompatTables& tables, const CompatLibrary& library);

}  // namespace cudnn_install
