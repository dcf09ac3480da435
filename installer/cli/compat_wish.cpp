#include "cli/compat_wish.h"

#include <algorithm>
#include <utility>

#include "base/text.h"

namespace cudnn_install {

namespace {

// Each once: what a library says of itself may be what holds without it, too.
std::string sentences(const std::vector<std::string>& said) {
  std::vector<std::string> once;
  for (const std::string& each : said) {
    if (std::ranges::find(once, each) == once.end()) {
      once.push_back(each);
    }
  }
  return joined(once, "; ");
}

Error refusal(const std::string& name, const CompatAnswer& answer) {
  return {.fault = Fault::unsupported,
          .what = name + " is not installed: " + sentences(answer.reasons) +
                  (answer.clause.empty() ? "" : " (CUDA Compatibility guide, " + answer.clause + ")"),
          .hint = sentences(answer.actions)};
}

std::vector<CompatAnswer> answers_to(const CompatTables& tables, const CompatQuestions& asked) {
  std::vector<CompatAnswer> answers;
  for (const CompatQuestion& question : asked.questions) {
    answers.push_back(decided(tables, question));
  }
  return answers;
}

const CompatOption* option_in(const CompatAnswer& answer) {
  return answer.verdict == Verdict::minor_version && !answer.options.empty() ? &answer.options.front() : nullptr;
}

// The package that serves, if one does.
const PackageOffer* offer_in(const CompatAnswer& answer) {
  if (answer.verdict == Verdict::forward) {
    return answer.package ? &*answer.package : nullptr;
  }
  const CompatOption* option = option_in(answer);
  return option != nullptr && option->package ? &*option->package : nullptr;
}

// Whether the library that was asked about adds something.
bool library_serves(const CompatAnswer& answer) {
  const CompatOption* option = option_in(answer);
  return answer.verdict == Verdict::forward || (option != nullptr && !option->package);
}

void append(std::vector<std::string>& to, const std::vector<std::string>& from, const std::string& before) {
  for (const std::string& each : from) {
    to.push_back(before + each);
  }
}

std::vector<std::string> notes_of(const CompatQuestion& question, const CompatAnswer& answer) {
  std::vector<std::string> notes;
  if (const CompatOption* option = option_in(answer)) {
    notes.push_back("driver " + question.driver.text() + " serves CUDA " + question.cuda.text() +
                    " by minor-version compatibility already");
    append(notes, option->adds, "the package adds: ");
    append(notes, option->limits, "");
  } else {
    notes = answer.reasons;
    append(notes, answer.limits, "");
    append(notes, answer.assumed, "assumed: ");
  }
  notes.emplace_back("nothing uses it by itself; for an application: cudnn-install compat activate");
  return notes;
}

// `name` is what is installed, or not.
Result<CompatWish> wish_of_library(const CompatTables& tables, const CompatQuestions& asked,
                                   const CompatLibrary& library, const std::string& name) {
  const CompatAnswer answer = decisive(answers_to(tables, asked));
  const CompatQuestion& question = asked.questions.front();
  if (!library_serves(answer)) {
    return tl::unexpected(refusal(name, answer));
  }
  const Version cuda = cuda_of_library(tables, library);
  if (cuda.size() < 2 || !library.driver) {
    return failure(Fault::unsupported, "which CUDA '" + printable(library.path) + "' is of is not known");
  }
  CompatWish wish{.cuda = Version::parse(cuda.first(2)).value_or(Version()), .driver = question.driver};
  wish.range = {.above = question.driver,
                .below = Version::parse(std::to_string(library.driver->major() + 1)).value_or(Version())};
  wish.notes = notes_of(question, answer);
  return wish;
}

}  // namespace

Result<CompatWish> compat_wish(const CompatTables& tables, const CompatQuestions& asked) {
  const std::vector<CompatAnswer> answers = answers_to(tables, asked);
  const CompatAnswer& answer = decisive(answers);
  const CompatQuestion& question = asked.questions.front();
  const PackageOffer* offer = offer_in(answer);
  if (offer == nullptr) {
    return tl::unexpected(refusal(package_name(question.cuda), answer));
  }
  for (const CompatAnswer& other : answers) {
    const PackageOffer* theirs = offer_in(other);
    if (theirs == nullptr || theirs->name != offer->name) {
      return failure(Fault::unsupported,
                     "the GPUs of this machine need different packages: " + offer->name + " and " +
                         (theirs == nullptr ? "none" : theirs->name),
                     "say which GPU it is for: --gpu NAME");
    }
  }
  CompatWish wish{.cuda = offer->cuda, .driver = question.driver};
  wish.range = {.above = question.driver, .below = Version::parse(offer->below).value_or(Version())};
  wish.notes = notes_of(question, answer);
  if (offer->cuda != question.cuda) {
    wish.notes.push_back(package_name(question.cuda) + " does not serve on this driver; " + offer->name +
                         " does, for CUDA " + question.cuda.text() + " too");
  }
  return wish;
}

Result<CompatWish> compat_wish(const CompatTables& tables, const CompatQuestions& asked, const PackageInHand& package) {
  return wish_of_library(tables, asked, package.library, package.package.name + " " + package.package.version)
      .map([&](CompatWish wish) {
        wish.in_hand = package.package;
        return wish;
      });
}

Result<CompatWish> compat_wish(const CompatTables& tables, const CompatQuestions& asked, const ArchiveInHand& archive) {
  const std::string name = "libcuda of driver " + archive.archive.driver.text();
  return wish_of_library(tables, asked, archive.library, name).map([&](CompatWish wish) {
    wish.archive = archive.archive;
    return wish;
  });
}

}  // namespace cudnn_install
