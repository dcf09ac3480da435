#include <optional>
#include <utility>

#include "plan/plan.h"

namespace cudnn_install {
namespace {

// The guide's steps that one PlaceFiles stands for, joined: {"1.3.1", "step 2, step 3"}.
void join(std::optional<Clause>& into, const std::optional<Clause>& clause) {
  if (!clause) {
    return;
  }
  if (!into) {
    into = clause;
    return;
  }
  const std::string known = ", " + into->step + ", ";
  if (clause->section == into->section && known.find(", " + clause->step + ", ") == std::string::npos) {
    into->step += ", " + clause->step;
  }
}

// Files are placed readable by all from the start, so that only this chmod changes nothing.
bool done_by_placing(const Step& step) {
  const auto* mode = std::get_if<SetMode>(&step);
  return mode != nullptr && mode->mode == "a+r";
}

}  // namespace

std::vector<PlannedStep> fused(const std::vector<PlannedStep>& documented) {
  std::vector<PlannedStep> steps;
  std::optional<UnpackArchive> archive;
  std::optional<Clause> unpacked_by;
  std::optional<std::size_t> place;
  for (const PlannedStep& each : documented) {
    if (const auto* unpack = std::get_if<UnpackArchive>(&each.step)) {
      archive = *unpack;
      unpacked_by = each.clause;
      place.reset();
    } else if (const auto* copy = std::get_if<CopyFiles>(&each.step); copy != nullptr && archive) {
      if (!place) {
        place = steps.size();
        steps.push_back({.step = PlaceFiles{.archive = archive->archive}, .clause = unpacked_by});
      }
      std::get<PlaceFiles>(steps[*place].step).rules.push_back({copy->from, copy->to});
      join(steps[*place].clause, each.clause);
    } else if (place && done_by_placing(each.step)) {
      join(steps[*place].clause, each.clause);
    } else {
      steps.push_back(each);
    }
  }
  return steps;
}

}  // namespace cudnn_install
