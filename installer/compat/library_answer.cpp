#include <algorithm>
#include <utility>

#include "compat/host_answer.h"

namespace cudnn_install {

namespace {

std::string named(const CompatLibrary& library) {
  return library.path.empty() ? "the library" : "'" + library.path + "'";
}

CompatAnswer harmful(CompatAnswer answer, const CompatQuestion& question, int error, std::string reason) {
  answer.without_library = answer.verdict;
  answer.verdict = Verdict::harmful;
  answer.clause = "3.3.3";
  answer.error = error;
  answer.reasons.insert(answer.reasons.begin(), std::move(reason));
  answer.actions = {"keep " + named(*question.library) +
                    " off LD_LIBRARY_PATH, /etc/ld.so.conf.d and every RPATH: it gives error " + std::to_string(error)};
  const Verdict host = *answer.without_library;
  if (host == Verdict::backward) {
    answer.actions.emplace_back("nothing else: the driver serves by itself");
  } else if (host == Verdict::minor_version) {
    answer.actions.emplace_back(
        "nothing else where the limits do not matter: the driver serves by minor-version compatibility");
  } else if (host == Verdict::forward && answer.package) {
    answer.actions.push_back("use " + answer.package->name + " instead, version " + answer.package->from + " or newer");
  }
  return answer;
}

// Why the library must not be loaded here, with the error that it would cause; error 0: it may be.
std::pair<int, std::string> harm(const CompatTables& tables, const CompatQuestion& question) {
  const CompatLibrary& library = *question.library;
  const bool orin_board = question.gpu && question.gpu->board == "orin";
  const bool known_gpu = brand_is_known(question);
  if (library.for_orin != orin_board && (library.for_orin ? known_gpu : orin_board)) {
    return {803, named(library) + (orin_board ? " is of a package for data centres" : " is of Jetson Orin's package") +
                     ": the two are never crossed"};
  }
  if (library.for_orin || orin_board || (question.gpu && !question.gpu->board.empty())) {
    return {};
  }
  const MatrixAnswer matrix = matrix_answer(tables, library, question.driver);
  if (matrix.cell == Cell::incompatible) {
    return {803, matrix.reason};
  }
  std::vector<int> accepted = library.note ? library.note->brands : std::vector<int>();
  for (const Brand& brand : tables.brands) {
    if (brand.forward && (!library.note || library.note->brands.empty())) {
      accepted.push_back(brand.number);
    }
  }
  const bool same = matrix.cell == Cell::not_applicable;
  if (std::string refusal = brand_refusal(tables, question, accepted); !same && !refusal.empty()) {
    return {804, std::move(refusal)};
  }
  const int branch = library.driver ? static_cast<int>(library.driver->major()) : 0;
  if (std::string refusal = generation_refusal(tables, question, branch); !refusal.empty()) {
    return {100, std::move(refusal)};
  }
  return {};
}

CompatAnswer not_needed(CompatAnswer answer, std::string reason) {
  answer.without_library = answer.verdict;
  answer.verdict = Verdict::not_needed;
  answer.clause = "3.3.1";
  answer.reasons.insert(answer.reasons.begin(), std::move(reason));
  answer.actions = {"nothing: leave the library off the search path; after the next driver upgrade it would do harm"};
  return answer;
}

// The library serves on this kernel; what does it do for the CUDA that is wanted?
CompatAnswer usable(const CompatTables& tables, const CompatQuestion& question, CompatAnswer answer) {
  const CompatLibrary& library = *question.library;
  const MatrixAnswer matrix = matrix_answer(tables, library, question.driver);
  const Version cuda = cuda_of_library(tables, library);
  if (matrix.cell == Cell::not_applicable) {
    return not_needed(std::move(answer), matrix.reason);
  }
  if (answer.verdict == Verdict::backward) {
    return not_needed(std::move(answer), "the driver has all of CUDA " + question.cuda.text() + " by itself");
  }
  answer.without_library = answer.verdict;
  if (cuda < question.cuda) {
    answer.reasons.insert(answer.reasons.begin(),
                          named(library) + " is of CUDA " + cuda.text() + ", older than " + question.cuda.text());
    answer.verdict = answer.verdict == Verdict::minor_version ? answer.verdict : Verdict::unsupported;
    return answer;
  }
  answer.options.clear();
  answer.package.reset();
  if (answer.verdict == Verdict::minor_version) {
    answer.options.push_back(
        {.way = Verdict::forward,
         .adds = {named(library) + " brings all of CUDA " + cuda.text() + ": no error 36, no error 222"},
         .limits = forward_limits(tables, cuda)});
    return answer;
  }
  answer.verdict = Verdict::forward;
  answer.clause = "3.1";
  answer.reasons = {named(library) + " is of CUDA " + cuda.text(), matrix.reason};
  answer.reasons.insert(answer.reasons.end(), matrix.remarks.begin(), matrix.remarks.end());
  answer.limits = forward_limits(tables, cuda);
  answer.assumed = forward_assumptions(question);
  answer.actions = {"let each application ask for it: cudnn-install compat activate"};
  return answer;
}

}  // namespace

CompatAnswer library_answer(const CompatTables& tables, const CompatQuestion& question, CompatAnswer without) {
  if (question.os == OperatingSystem::windows) {
    without.without_library = without.verdict;
    without.reasons.emplace_back("forward compatibility is for Linux alone");
    return without;
  }
  if (without.error != 0) {
    return without;
  }
  auto [error, reason] = harm(tables, question);
  if (error != 0) {
    return harmful(std::move(without), question, error, std::move(reason));
  }
  return usable(tables, question, std::move(without));
}

}  // namespace cudnn_install
