// switch: which of the installed versions the plain names lead to, by the system's own alternatives.
#include <unistd.h>

#include <algorithm>
#include <memory>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/options.h"
#include "cli/request.h"
#include "cli/switch_record.h"
#include "host/root_view.h"

namespace cudnn_install {

namespace {

constexpr const char* group_name = "libcudnn";

struct SwitchOptions {
  OutputOptions output{};
  std::string to{};
  bool automatic = false;
  bool dry_run = false;
  std::string root = "/";
};

// Below another root the root's own program runs: only that one knows its records.
Result<Finished> asked_of(const SwitchOptions& options, const std::string& root, std::vector<std::string> words,
                          Context& context) {
  const RootView view(root);
  std::string program;
  for (const char* name : {"/usr/bin/update-alternatives", "/usr/sbin/update-alternatives", "/usr/sbin/alternatives"}) {
    program = program.empty() && view.is_file(name) ? name : program;
  }
  if (program.empty()) {
    return failure(Fault::unsupported, "this system has neither update-alternatives nor alternatives",
                   "the library is chosen by its directory here");
  }
  words.insert(words.begin(), program);
  if (root != "/") {
    words.insert(words.begin(), {"chroot", root});
  }
  auto finished = context.processes.run({.argv = words});
  if (finished && options.root != "/" && (finished->status == 126 || finished->status == 127)) {
    return failure(Fault::unsupported, "the programs of '" + root + "' do not run on this machine", "switch there");
  }
  return finished;
}

Result<AlternativesGroup> group_of(const SwitchOptions& options, const std::string& root, Context& context) {
  const auto queried = asked_of(options, root, {"--query", group_name}, context);
  if (!queried) {
    return tl::unexpected(queried.error());
  }
  if (auto group = queried_alternatives(queried->out); group && queried->status == 0) {
    return std::move(*group);
  }
  const auto displayed = asked_of(options, root, {"--display", group_name}, context);
  if (!displayed) {
    return tl::unexpected(displayed.error());
  }
  if (auto group = displayed_alternatives(displayed->out, group_name); group && displayed->status == 0) {
    return std::move(*group);
  }
  return failure(Fault::unsupported, "no version of cuDNN is registered in the alternatives group 'libcudnn'",
                 "the packages libcudnnN-dev and libcudnnN-devel register themselves");
}

std::string registered(const AlternativesGroup& group) {
  std::vector<int> majors;
  for (const VersionChoice& choice : group.choices) {
    if (const int major = cudnn_major_of(choice.path); std::ranges::find(majors, major) == majors.end()) {
      majors.push_back(major);
    }
  }
  std::ranges::sort(majors);
  std::string text;
  for (const int major : majors) {
    text += (text.empty() ? "" : ", ") + std::to_string(major) + " (" + choice_of(group, major)->path + ")";
  }
  return text;
}

Result<const VersionChoice*> wanted(const SwitchOptions& options, const AlternativesGroup& group) {
  if (options.automatic) {
    return best_of(group);
  }
  const auto major = Version::parse(options.to);
  if (!major || major->size() != 1) {
    return failure(Fault::usage, "'" + options.to + "' is no major version of cuDNN", "write 7, 8 or 9");
  }
  const VersionChoice* choice = choice_of(group, static_cast<int>(major->major()));
  if (choice == nullptr) {
    return failure(Fault::unsupported,
                   "cuDNN " + options.to + " is not registered in the alternatives group 'libcudnn'",
                   "registered are: " + registered(group));
  }
  return choice;
}

bool is_so(const SwitchOptions& options, const AlternativesGroup& group, const VersionChoice& choice) {
  const ChoiceMode mode = options.automatic ? ChoiceMode::automatic : ChoiceMode::manual;
  return group.mode == mode && group.value == choice.path;
}

std::string mode_text(ChoiceMode mode) {
  return mode == ChoiceMode::automatic ? "automatic" : "manual";
}

std::string line(const std::string& name, const std::string& from, const std::string& to) {
  return "  " + printable(name) + ": " + (from == to ? printable(from) : printable(from) + " -> " + printable(to)) +
         "\n";
}

std::string target_of(const VersionChoice* choice, const std::string& slave) {
  if (choice == nullptr) {
    return "nothing";
  }
  const auto found = std::ranges::find(choice->slaves, slave, &std::pair<std::string, std::string>::first);
  return found == choice->slaves.end() || found->second.empty() ? "nothing" : found->second;
}

// Every name of the group with what it led to and what it leads to.
std::string table(const AlternativesGroup& before, const AlternativesGroup& after) {
  std::string text = line("libcudnn", before.value.empty() ? "nothing" : before.value, after.value);
  std::vector<std::string> names;
  for (const VersionChoice* choice : {chosen(after), chosen(before)}) {
    for (const auto& [name, path] :
         choice != nullptr ? choice->slaves : std::vector<std::pair<std::string, std::string>>()) {
      if (std::ranges::find(names, name) == names.end()) {
        names.push_back(name);
      }
    }
  }
  for (const std::string& name : names) {
    text += line(name, target_of(chosen(before), name), target_of(chosen(after), name));
  }
  return text + line("mode", mode_text(before.mode), mode_text(after.mode));
}

// What the records will say, for --dry-run.
AlternativesGroup foreseen(const SwitchOptions& options, AlternativesGroup group, const VersionChoice& choice) {
  group.mode = options.automatic ? ChoiceMode::automatic : ChoiceMode::manual;
  group.value = choice.path;
  return group;
}

Result<AlternativesGroup> switched(const SwitchOptions& options, const std::string& root, const VersionChoice& choice,
                                   Context& context) {
  const std::string option = options.automatic ? "--auto" : "--set";
  std::vector<std::string> words = {option, group_name};
  if (!options.automatic) {
    words.push_back(choice.path);
  }
  const auto done = asked_of(options, root, words, context);
  if (!done) {
    return tl::unexpected(done.error());
  }
  if (done->status != 0) {
    return failure(Fault::package_manager, "update-alternatives " + option + " failed: " + done->err);
  }
  auto after = group_of(options, root, context);
  if (after && !is_so(options, *after, choice)) {
    return failure(Fault::package_manager, "update-alternatives reported success, and the group is as before");
  }
  return after;
}

Result<Outcome> run(const SwitchOptions& options, Context& context) {
  const auto root = checked_root(options.root);
  if (!root) {
    return tl::unexpected(root.error());
  }
  if (options.automatic != options.to.empty()) {
    return failure(Fault::usage, "say either --to VERSION or --auto");
  }
  const auto before = group_of(options, *root, context);
  const auto choice = before ? wanted(options, *before) : tl::unexpected(before.error());
  if (!choice) {
    return tl::unexpected(choice.error());
  }
  SwitchReport report{.before = *before, .after = *before};
  if (is_so(options, *before, **choice)) {
    return Outcome{.text = "unchanged:\n" + table(*before, *before), .record = switch_record(report), .fault = {}};
  }
  report.change = true;
  report.after = foreseen(options, *before, **choice);
  if (!options.dry_run) {
    if (::geteuid() != 0) {
      return failure(
          Fault::permission, "the alternatives can only be changed by root",
          "run: sudo cudnn-install switch " + (options.automatic ? std::string("--auto") : "--to " + options.to));
    }
    auto after = switched(options, *root, **choice, context);
    if (!after) {
      return tl::unexpected(after.error());
    }
    report.after = std::move(*after);
  }
  return Outcome{.text = (options.dry_run ? "would switch:\n" : "switched:\n") + table(report.before, report.after),
                 .record = switch_record(report),
                 .fault = {}};
}

}  // namespace

Run add_switch(Definition& definition) {
  auto options = std::make_shared<SwitchOptions>();
  definition.text({.names = "--to", .value = "MAJOR", .text = "Major version that is to be in front: 7, 8 or 9"},
                  options->to);
  definition.flag({.names = "--auto", .value = {}, .text = "The newest, now and after every later installation"},
                  options->automatic);
  definition.flag({.names = "--dry-run", .value = {}, .text = "Show what would change and do nothing"},
                  options->dry_run);
  definition.text({.names = "--root", .value = "DIR", .text = "Root of another system of the same architecture"},
                  options->root);
  add_output_options(definition, options->output);
  return [options](Context& context) { return run(*options, context); };
}

}  // namespace cudnn_install
