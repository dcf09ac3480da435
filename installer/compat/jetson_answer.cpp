#include <algorithm>

#include "compat/host_answer.h"

namespace cudnn_install {

namespace {

std::string filled(std::string text, const Version& cuda) {
  const std::string dashed = std::to_string(cuda.part(0)) + "-" + std::to_string(cuda.part(1));
  for (const auto& [name, value] : {std::pair<std::string, std::string>{"{dashed}", dashed}, {"{cuda}", cuda.text()}}) {
    if (const std::size_t at = text.find(name); at != std::string::npos) {
      text.replace(at, name.size(), value);
    }
  }
  return text;
}

}  // namespace

// A Jetson's driver has a version of its own, so the CUDA that it came with is not known from it.
CompatAnswer jetson_answer(const CompatTables& tables, const CompatQuestion& question) {
  CompatAnswer answer{.clause = "3.1"};
  const auto rule = std::ranges::find_if(tables.rules.jetson, [&](const JetsonPackage& each) {
    return each.board == question.gpu->board && each.from <= question.cuda &&
           (each.until.size() == 0 || question.cuda <= each.until);
  });
  if (rule == tables.rules.jetson.end() || question.os == OperatingSystem::windows) {
    answer.reasons.push_back("no package for Jetson " + question.gpu->board + " is known that brings CUDA " +
                             question.cuda.text());
    answer.actions.emplace_back("use the CUDA of the JetPack, or a newer JetPack");
    return answer;
  }
  answer.verdict = Verdict::forward;
  PackageOffer offer{.name = filled(rule->package, question.cuda),
                     .directory = filled(rule->directory, question.cuda),
                     .cuda = question.cuda};
  offer.matrix.cell = Cell::compatible;
  offer.matrix.grade = rule->provenance.grade;
  offer.matrix.reason = "Jetson has packages of its own; those of data centres are never put on it";
  answer.reasons = {offer.matrix.reason,
                    "a Jetson driver's version does not tell its CUDA: CUDA versions are compared"};
  answer.assumed = {"the JetPack's own CUDA is older than " + question.cuda.text() + ": else nothing is needed"};
  answer.limits = forward_limits(tables, question.cuda);
  answer.actions = {"install " + offer.name + " from the Jetson repository; it lies in " + offer.directory};
  answer.package = std::move(offer);
  return answer;
}

}  // namespace cudnn_install
