// What NVIDIA's container runtime makes of a host: NVIDIA_REQUIRE_CUDA, and whether it would take an image's own
// libcuda.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "compat/decision.h"

namespace cudnn_install {

// What an expression may ask about; absent: not known here.
struct RequirementFacts {
  std::optional<Version> cuda{};  // of the host's own driver
  std::optional<Version> driver{};
  std::optional<Version> arch{};  // compute capability
  std::string brand{};
};

struct RequirementResult {
  bool holds = false;
  std::vector<std::string> reasons{};  // one a condition that failed, or could not be asked
};
// Alternatives are separated by spaces, conditions of one by commas: "cuda>=13.0 brand=tesla,driver>=535,driver<536".
// Signs: = != < <= > >=. An error is of the expression.
Result<RequirementResult> evaluated_requirement(std::string_view expression, const RequirementFacts& facts);

struct ImageRequirement {
  bool disabled = false;                                           // NVIDIA_DISABLE_REQUIRE
  std::vector<std::pair<std::string, std::string>> expressions{};  // variable → expression; all must hold
};
// From an image's environment: every NVIDIA_REQUIRE_*; images that have none but CUDA_VERSION demand that version.
ImageRequirement requirement_of(const std::map<std::string, std::string>& environment);

// Would the hook put the image's compat directory before the host's driver? The rules of three generations of it.
struct HookChoice {
  std::string generation{};  // container toolkit 1.20, container toolkit 1.18, libnvidia-container
  bool takes_image = false;
  std::string reason{};
};
std::vector<HookChoice> hook_choices(const CompatLibrary& library, const Version& driver);

}  // namespace cudnn_install
