// The parts of `compat`, and what they look at.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/definition.h"
#include "compat/decision.h"

namespace cudnn_install {

// One nested command: what was typed of it, and what runs it.
struct CompatPart {
  Definition definition;
  Run run{};
};
CompatPart compat_check(Definition& parent);
CompatPart compat_matrix(Definition& parent);
CompatPart compat_explain(Definition& parent);
CompatPart compat_why(Definition& parent);
CompatPart compat_activate(Definition& parent);
CompatPart compat_deactivate(Definition& parent);
CompatPart compat_clauses(Definition& parent);
CompatPart compat_install(Definition& parent);
CompatPart compat_uninstall(Definition& parent);

// The built-in tables, or those in `directory`. Mistakes beyond the first are told on stderr.
Result<CompatTables> compat_tables(const std::string& directory, Context& context);

// What is asked about, as typed; "" means this machine's own.
struct CompatWords {
  std::string cuda{};
  std::string driver{};
  std::string gpu{};  // a name, or a compute capability
  std::string os{};
  std::string library{};  // a file, or the directory that it is in
  std::string root = "/";
  std::string recipes{};
  bool cuda_follows = false;               // the CUDA is not known yet: whoever asks fills it in
  std::optional<CompatLibrary> in_hand{};  // instead of `library`
};
// One question for each GPU that differs; one without a GPU where none is known.
struct CompatQuestions {
  std::vector<CompatQuestion> questions{};
  std::vector<CompatLibrary> installed{};  // compat libraries on this machine, newest first
  std::string shared{};                    // where the shared link leads; "" where it is not active
};
Result<CompatQuestions> compat_questions(const CompatTables& tables, const CompatWords& words, Context& context);

// A libcuda: version from its name, note from its bytes.
Result<CompatLibrary> compat_library(const std::string& path);
// The same of bytes that will lie at `path`.
Result<CompatLibrary> compat_library(int descriptor, std::uint64_t size, const std::string& path);
// Of several answers the least usable one: every visible GPU must be served.
const CompatAnswer& decisive(const std::vector<CompatAnswer>& answers);
// 21 for unsupported and harmful.
std::optional<Fault> fault_of(Verdict verdict);

// --driver and --gpu, under a heading of --help.
void add_machine_options(Definition& part, CompatWords& words, const std::string& group);

// The shared model: a link that a checked activation sets, and the loader's configuration that names the link alone.
inline constexpr const char* shared_directory = "/usr/local/cuda-compat";
inline constexpr const char* shared_link = "current";
inline constexpr const char* loader_file = "00-cuda-compat.conf";

}  // namespace cudnn_install
