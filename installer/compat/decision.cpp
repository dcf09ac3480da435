#include "compat/decision.h"

#include <algorithm>
#include <array>

#include "compat/host_answer.h"

namespace cudnn_install {

namespace {

void add_option(const CompatTables& tables, const CompatQuestion& question, CompatAnswer& answer) {
  std::vector<std::string> refused;
  std::optional<PackageOffer> offer = offered_package(tables, question, refused);
  if (!offer) {
    return;
  }
  CompatOption option{.way = Verdict::forward, .package = std::move(offer)};
  option.adds = {"all features of CUDA " + question.cuda.text() + " that need no newer kernel driver (no error 36)",
                 "PTX and run-time compilation of CUDA " + question.cuda.text() + " (no error 222)"};
  option.limits = forward_limits(tables, option.package->cuda);
  for (const std::string& assumption : forward_assumptions(question)) {
    option.limits.push_back("only if " + assumption);
  }
  answer.options.push_back(std::move(option));
}

std::string command_for(const PackageOffer& offer) {
  return "install " + offer.name + " (cudnn-install compat install --cuda " + offer.cuda.text() + "), version " +
         offer.from + " or newer and below " + offer.below +
         ", and let each application ask for it: cudnn-install compat activate";
}

void make_forward(const CompatTables& tables, const CompatQuestion& question, PackageOffer offer,
                  CompatAnswer& answer) {
  answer.verdict = Verdict::forward;
  answer.clause = "3.1";
  answer.reasons.push_back(offer.matrix.reason);
  answer.reasons.insert(answer.reasons.end(), offer.matrix.remarks.begin(), offer.matrix.remarks.end());
  answer.limits = forward_limits(tables, offer.cuda);
  answer.assumed = forward_assumptions(question);
  answer.actions.insert(answer.actions.begin(), command_for(offer));
  answer.package = std::move(offer);
}

void explain_refusal(const CompatTables& tables, const CompatQuestion& question,
                     const std::vector<std::string>& refused, CompatAnswer& answer) {
  if (question.os == OperatingSystem::windows) {
    answer.reasons.emplace_back("forward compatibility is for Linux alone");
    answer.clause = "3.1";
    return;
  }
  if (question.cuda < tables.rules.forward_since) {
    answer.reasons.push_back("there are no forward-compatibility packages before CUDA " +
                             tables.rules.forward_since.text());
    return;
  }
  answer.reasons.insert(answer.reasons.end(), refused.begin(), refused.end());
  answer.clause = refused.empty() ? answer.clause : "3.3.1";
}

}  // namespace

CompatAnswer decided(const CompatTables& tables, const CompatQuestion& question) {
  const bool jetson = question.gpu && !question.gpu->board.empty();
  CompatAnswer answer = jetson ? jetson_answer(tables, question) : host_answer(tables, question);
  if (!jetson && answer.verdict == Verdict::minor_version) {
    add_option(tables, question, answer);
  }
  if (!jetson && answer.verdict == Verdict::unsupported && answer.error == 0) {
    std::vector<std::string> refused;
    std::optional<PackageOffer> offer = offered_package(tables, question, refused);
    if (offer) {
      make_forward(tables, question, std::move(*offer), answer);
    } else {
      explain_refusal(tables, question, refused, answer);
    }
  }
  return question.library ? library_answer(tables, question, std::move(answer)) : answer;
}

std::string_view name_of(OperatingSystem os) {
  return os == OperatingSystem::windows ? "windows" : "linux";
}

std::string_view name_of(Verdict verdict) {
  static constexpr std::array<std::string_view, 6> words = {"backward",   "minor-version", "forward",
                                                            "not-needed", "harmful",       "unsupported"};
  return words.at(static_cast<std::size_t>(verdict));
}

}  // namespace cudnn_install
