// The JSON records of `compat`.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "compat/decision.h"
#include "compat/explain.h"
#include "compat/requirement.h"

namespace cudnn_install {

struct RequirementReport {
  std::string variable{};
  std::string expression{};
  RequirementResult result{};
};
struct CompatReport {
  std::vector<CompatQuestion> questions{};
  std::vector<CompatAnswer> answers{};  // one a question
  std::vector<std::pair<CompatLibrary, CompatAnswer>> installed{};
  bool shared_is_harmful = false;
  std::vector<RequirementReport> requirements{};
  bool requirements_disabled = false;
  std::vector<HookChoice> hooks{};
};
// The decisive answer at the top, and each GPU's own below "gpus".
std::string compat_record(const CompatReport& report);
std::string matrix_record(const CompatTables& tables, const Edition& edition);
std::string clauses_record(const std::vector<GuideClause>& clauses);
std::string explanation_record(const std::vector<ErrorExplanation>& explanations);

// One libcuda or libcudart that a program gets, or would get.
struct FoundLibrary {
  std::string path{};
  std::string because{};  // mapped, RPATH, LD_LIBRARY_PATH, RUNPATH, loader cache
  bool taken = false;
};
struct WhyReport {
  std::string what{};  // of the process or program
  std::vector<FoundLibrary> driver_libraries{};
  std::vector<FoundLibrary> runtime_libraries{};
  std::string kernel_driver{};
  std::string verdict{};  // right, harmful, stub, missing, unknown
  std::vector<std::string> reasons{};
};
std::string why_record(const WhyReport& report);

}  // namespace cudnn_install
