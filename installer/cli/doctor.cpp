// doctor: findings, and with --fix their mending, each edit shown first.
#include "cli/doctor.h"

#include <unistd.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <ostream>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/records.h"
#include "cli/request.h"
#include "cli/survey.h"
#include "cli/terminal.h"
#include "system/signals.h"
#include "transaction/mending.h"

namespace cudnn_install {

namespace {

struct DoctorOptions {
  OutputOptions output{};
  std::vector<std::string> only{};
  std::vector<std::string> retired{};
  std::string root = "/";
  std::string recipes{};
  bool fix = false;
  bool undo = false;
  bool yes = false;
  std::string lock_timeout = "60";
};

// "a,b" and repeated options mean the same.
Result<std::vector<std::string>> chosen_checks(const std::vector<std::string>& typed) {
  std::vector<std::string> known;
  std::ranges::transform(checks(), std::back_inserter(known), &Check::id);
  std::vector<std::string> chosen;
  for (const std::string& list : typed) {
    for (std::size_t at = 0; at <= list.size();) {
      const std::size_t end = std::min(list.find(',', at), list.size());
      const std::string word = list.substr(at, end - at);
      at = end + 1;
      if (std::ranges::find(known, word) == known.end()) {
        const std::string near = nearest(word, known);
        return failure(Fault::usage, "doctor has no check '" + word + "'",
                       near.empty() ? "its checks are: " + joined(known, ", ") : "did you mean '" + near + "'?");
      }
      chosen.push_back(word);
    }
  }
  return chosen;
}

Result<std::vector<std::string>> fingerprints(const std::vector<std::string>& typed) {
  std::vector<std::string> found;
  for (const std::string& each : typed) {
    std::string digits;
    for (const char c : each) {
      digits += c >= 'A' && c <= 'F' ? static_cast<char>(c - 'A' + 'a') : c;
    }
    if (digits.size() != 40 || digits.find_first_not_of("0123456789abcdef") != std::string::npos) {
      return failure(Fault::usage, "'" + each + "' is not a key's fingerprint", "write its 40 hexadecimal digits");
    }
    found.push_back(std::move(digits));
  }
  return found;
}

struct Ward {
  const DoctorOptions& options;
  std::string root{};
  std::vector<std::string> only{};
  std::vector<std::string> retired{};
  Recipes recipes{};
};

std::vector<Diagnosis> findings_of(const Ward& ward, Context& context) {
  Observed seen = observed(ward.root, ward.recipes, context.processes);
  seen.retired.insert(ward.retired.begin(), ward.retired.end());
  add_damage(ward.root, context, seen);
  add_harmful_compat(ward.root, ward.options.recipes, context, seen);
  return diagnosed(seen, ward.only);
}

std::string text_of(const Diagnosis& finding) {
  std::string text = std::string(name_of(finding.severity)) + " " + finding.id + ": " + printable(finding.what) + "\n";
  for (const Evidence& evidence : finding.evidence) {
    text += "  " + printable(evidence.file) + (evidence.line > 0 ? ":" + std::to_string(evidence.line) : "") +
            (evidence.text.empty() ? "" : ": " + printable(evidence.text)) + "\n";
  }
  text += "  remedy: " + printable(finding.remedy) + "\n";
  text += finding.command.empty() ? "" : "  command: " + printable(finding.command) + "\n";
  return text + (finding.fix.empty() ? "" : "  cudnn-install doctor --fix does it\n");
}

std::string text_of(const DoctorReport& report) {
  std::string text;
  for (const Diagnosis& finding : report.mended) {
    text += "mended " + finding.id + ": " + printable(finding.fix.front().path) + "\n";
  }
  if (!report.mended.empty()) {
    text += "cudnn-install doctor --undo takes it back\n";
  }
  for (const Diagnosis& finding : report.findings) {
    text += text_of(finding);
  }
  const std::size_t count = report.findings.size();
  return text + (count == 0 ? "no findings\n" : std::to_string(count) + (count == 1 ? " finding\n" : " findings\n"));
}

Outcome answer(const DoctorReport& report) {
  return {.text = text_of(report),
          .record = doctor_record(report),
          .fault = report.findings.empty() ? std::nullopt : std::optional(Fault::findings)};
}

std::string command_for(const Ward& ward, const char* option) {
  return std::string("sudo cudnn-install doctor ") + option +
         (ward.root == "/" ? "" : " --root " + shell_word(ward.root));
}

// Whoever may not write there is told before anything is asked.
Result<void> may_write(const Ward& ward, const std::vector<Diagnosis>& mendable) {
  const std::string base = ward.root == "/" ? "" : ward.root;
  for (const Diagnosis& finding : mendable) {
    for (const FileEdit& edit : finding.fix) {
      const std::string directory = base + edit.path.substr(0, edit.path.rfind('/'));
      if (::access(directory.c_str(), W_OK) != 0) {
        return failure(Fault::permission, "'" + edit.path + "' can only be changed by its owner",
                       "run: " + command_for(ward, "--fix"));
      }
    }
  }
  return {};
}

void show_edits(const Diagnosis& finding, Context& context) {
  context.err << finding.id << ": " << printable(finding.what) << '\n';
  for (const FileEdit& edit : finding.fix) {
    context.err << diff_of(edit);
  }
  context.err << std::flush;
}

std::vector<Diagnosis> mendable_of(const std::vector<Diagnosis>& findings) {
  std::vector<Diagnosis> mendable;
  std::ranges::copy_if(findings, std::back_inserter(mendable),
                       [](const Diagnosis& finding) { return !finding.fix.empty(); });
  return mendable;
}

Result<MendingPlace> mending_place(const Ward& ward, Context& context) {
  const auto state = state_directory(ward.root, context);
  const auto timeout = checked_lock_timeout(ward.options.lock_timeout);
  if (!state || !timeout) {
    return tl::unexpected(!state ? state.error() : timeout.error());
  }
  return MendingPlace{.root = ward.root, .state = *state, .files = context.files, .lock_timeout = *timeout};
}

Result<bool> agreed(const Ward& ward, const Diagnosis& finding, Context& context) {
  show_edits(finding, context);
  return ward.options.yes ? Result<bool>(true)
                          : asked(context, "make this change?", "look at the edits above, then add --yes");
}

// Without a terminal nobody can be asked: every edit is shown, and nothing is done.
Result<void> can_ask(const Ward& ward, const std::vector<Diagnosis>& mendable, Context& context) {
  if (ward.options.yes || (context.terminal.input && context.terminal.errors)) {
    return {};
  }
  for (const Diagnosis& finding : mendable) {
    show_edits(finding, context);
  }
  return failure(Fault::usage, "no terminal to ask: nothing was changed", "look at the edits above, then add --yes");
}

// One finding at a time, and after each the machine is looked at anew: an edit may have settled another finding, or
// have changed the file that the next one is about.
Result<DoctorReport> mended(const Ward& ward, std::vector<Diagnosis> findings, Context& context) {
  static constexpr int most_rounds = 200;
  DoctorReport report{.root = ward.root, .findings = std::move(findings), .mended = {}};
  std::vector<Diagnosis> declined;
  std::optional<Mending> mending;
  watch_signals();
  for (int round = 0; round < most_rounds; ++round) {
    const std::vector<Diagnosis> mendable = mendable_of(report.findings);
    const auto next = std::ranges::find_if(
        mendable, [&](const Diagnosis& finding) { return std::ranges::find(declined, finding) == declined.end(); });
    if (next == mendable.end()) {
      break;
    }
    const auto yes = agreed(ward, *next, context);
    if (!yes) {
      return tl::unexpected(yes.error());
    }
    if (!*yes) {
      declined.push_back(*next);
      continue;
    }
    if (!mending) {
      const auto place = mending_place(ward, context);
      auto begun = place ? Mending::begin(*place) : tl::unexpected(place.error());
      if (!begun) {
        return tl::unexpected(begun.error());
      }
      mending.emplace(std::move(*begun));
    }
    if (auto done = mending->carry_out(next->fix); !done) {
      return tl::unexpected(during(done.error(), "mend " + next->id));
    }
    report.mended.push_back(*next);
    report.findings = findings_of(ward, context);
  }
  return report;
}

Result<Outcome> taken_back(const Ward& ward, Context& context) {
  const auto place = mending_place(ward, context);
  const auto undone = place ? undo_mending(*place) : tl::unexpected(place.error());
  if (!undone) {
    return tl::unexpected(undone.error());
  }
  std::string text;
  for (const std::string& path : undone->restored) {
    text += "as before: " + printable(path) + "\n";
  }
  for (const std::string& path : undone->left) {
    text += "changed since, left as it is: " + printable(path) + "\n";
  }
  return Outcome{.text = text.empty() ? "there is nothing to take back\n" : text,
                 .record = undone_record(undone->restored, undone->left),
                 .fault = undone->left.empty() ? std::nullopt : std::optional(Fault::conflict)};
}

Result<Outcome> run(const DoctorOptions& options, Context& context) {
  const auto root = checked_root(options.root);
  const auto only = chosen_checks(options.only);
  const auto retired = fingerprints(options.retired);
  const auto book = recipe_book(options.recipes, context);
  if (!root || !only || !retired || !book) {
    return tl::unexpected(!root ? root.error() : !only ? only.error() : !retired ? retired.error() : book.error());
  }
  if (options.fix && options.undo) {
    return failure(Fault::usage, "--fix and --undo exclude each other");
  }
  const Ward ward{.options = options, .root = *root, .only = *only, .retired = *retired, .recipes = book->recipes};
  if (options.undo) {
    return taken_back(ward, context);
  }
  std::vector<Diagnosis> findings = findings_of(ward, context);
  const std::vector<Diagnosis> mendable = mendable_of(findings);
  if (!options.fix || mendable.empty()) {
    return answer({.root = ward.root, .findings = std::move(findings), .mended = {}});
  }
  if (auto allowed = may_write(ward, mendable).and_then([&] { return can_ask(ward, mendable, context); }); !allowed) {
    return tl::unexpected(allowed.error());
  }
  return mended(ward, std::move(findings), context).map(answer);
}

}  // namespace

Run add_doctor(Definition& definition) {
  auto options = std::make_shared<DoctorOptions>();
  definition.texts({.names = "--only", .value = "ID", .text = "This check alone; several are separated by commas"},
                   options->only);
  definition.flag({.names = "--fix", .value = {}, .text = "Mend what can be mended; each edit is shown first"},
                  options->fix);
  definition.flag({.names = "--undo", .value = {}, .text = "Take back what the last --fix changed"}, options->undo);
  definition.flag({.names = "-y,--yes", .value = {}, .text = "Do not ask whether to go on"}, options->yes);
  definition.texts({.names = "--retired-key",
                    .value = "FINGERPRINT",
                    .text = "Look for this key too, as for the one that NVIDIA withdrew"},
                   options->retired);
  definition.text({.names = "--root", .value = "DIR", .text = "Root of another system"}, options->root);
  definition.text(
      {.names = "--recipes", .value = "DIR", .text = "Read the recipes from DIR instead of the built-in ones"},
      options->recipes);
  definition.text({.names = "--lock-timeout",
                   .value = "SECONDS",
                   .text = "Seconds to wait for another run; 0: give up at once; default: 60"},
                  options->lock_timeout);
  add_output_options(definition, options->output);
  return [options](Context& context) { return run(*options, context); };
}

}  // namespace cudnn_install
