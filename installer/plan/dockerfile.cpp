#include <algorithm>
#include <string_view>
#include <utility>

#include "base/text.h"
#include "plan/parts.h"

namespace cudnn_install {
namespace {

constexpr std::string_view work = "/tmp/cudnn-install";

std::string comment(const std::string& text) {
  return "# " + printable(text) + "\n";
}

// COPY and ADD split at blanks and expand variables; the JSON form stops the first, a backslash the second.
std::string copy_operands(const std::string& source) {
  constexpr std::string_view plain = "._+-/:%=";
  const bool simple = std::all_of(source.begin(), source.end(), [&](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           plain.find(c) != std::string_view::npos;
  });
  const std::string to = std::string(work) + "/";
  if (simple) {
    return source + " " + to;
  }
  std::string quoted;
  for (const char c : source) {
    quoted += c == '"' || c == '\\' ? std::string("\\") + c : c == '$' ? "\\\\$" : std::string(1, c);
  }
  return "[\"" + quoted + "\", \"" + to + "\"]";
}

void add_command(std::string& run, const std::string& command) {
  run += (run.empty() ? "RUN set -eu; umask 022; \\\n    " : "; \\\n    ") + command;
}

// An absolute path would be looked for in the build context; the archive lies at its top.
std::string archive_lines(const Wanted& wanted, std::string& run) {
  const std::string file = file_name_of(wanted.location);
  if (wanted.sha256) {
    add_command(run, "printf '%s\\n' " + shell_word(wanted.sha256->hex() + "  " + std::string(work) + "/" + file) +
                         " | sha256sum -c -");
  }
  return is_url(wanted.location) ? "ADD " + copy_operands(wanted.location) + "\n"
                                 : "COPY " + copy_operands(file) + "\n";
}

// A step whose files lie in the image's work directory, and the line that brings them there.
Step brought_in(Step step, std::string& lines) {
  std::string* place = nullptr;
  if (auto* file = std::get_if<InstallPackageFile>(&step)) {
    file->file += std::exchange(file->url, {});
    place = &file->file;
  } else if (auto* added = std::get_if<AddRepository>(&step); added != nullptr && !added->keyring.empty()) {
    place = &added->keyring;
  }
  if (place != nullptr) {
    const std::string file = file_name_of(*place);
    lines += is_url(*place) ? "ADD " + copy_operands(*place) + "\n" : "COPY " + copy_operands(file) + "\n";
    *place = std::string(work) + "/" + file;
  }
  return step;
}

}  // namespace

std::string to_dockerfile(const Plan& plan) {
  std::string text = comment(plan.title);
  if (needs_kept_files(plan)) {
    return text + comment("An image keeps no older files that could be brought back: build it from another base.");
  }
  if (!plan.document.empty()) {
    text += comment("The commands are those of the " + plan.document + ".");
  }
  for (const PrerequisiteLine& each : plan.prerequisites) {
    text += comment(shown(each.clause) + ", " + each.name + ", " + name_of(each.standing) + ": " + each.detail);
  }
  std::string run;
  if (plan.wanted) {
    text += archive_lines(*plan.wanted, run);
  }
  const ShellWords shell{.work = std::string(work),
                         .top = plan.wanted ? plan.wanted->top : std::string(),
                         .manager = plan.packages ? plan.packages->manager : Manager(),
                         .never_asks = true};
  const std::size_t before = text.size();
  for (const PlannedStep& each : plan.documented) {
    Step step = brought_in(each.step, text);
    if (auto* unpack = std::get_if<UnpackArchive>(&step)) {
      unpack->archive = std::string(work) + "/" + file_name_of(unpack->archive);
    }
    for (const std::string& command : commands_for(step, shell)) {
      add_command(run, command);
    }
  }
  if (plan.wanted || text.size() > before) {
    add_command(run, "rm -rf " + std::string(work));
  }
  return text + (run.empty() ? "" : run + "\n");
}

}  // namespace cudnn_install
