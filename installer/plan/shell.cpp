#include <algorithm>
#include <utility>

#include "base/text.h"
#include "plan/parts.h"

namespace cudnn_install {
namespace {

std::string words(const std::vector<std::string>& paths, std::string (*quoted)(const std::string&)) {
  std::string text;
  for (const std::string& path : paths) {
    text += " " + quoted(path);
  }
  return text;
}

// One name a line: these lists are long.
std::string removal(const std::string& sudo, const std::vector<std::string>& paths) {
  std::string text = sudo + "rm -f";
  for (const std::string& path : paths) {
    text += " \\\n  " + shell_word(path);
  }
  return text;
}

struct Commands {
  const ShellWords& shell;
  using Lines = std::vector<std::string>;

  Lines operator()(const MakeDirectory& step) const { return {shell.sudo + "mkdir -p " + shell_word(step.path)}; }
  Lines operator()(const RemoveOlder& step) const { return {removal(shell.sudo, step.paths)}; }
  Lines operator()(const UnpackArchive& step) const {
    return {"tar -xf " + shell_word(tar_operand(step.archive)) + " -C " + shell.work};
  }
  Lines operator()(const CopyFiles& step) const {
    return {shell.sudo + (step.links == Links::keep ? "cp -P " : "cp ") + shell.work + "/" + shell_word(shell.top) +
            "/" + glob_word(step.from) + " " + shell_word(step.to)};
  }
  Lines operator()(const SetMode& step) const {
    return {shell.sudo + "chmod " + shell_word(step.mode) + words(step.paths, glob_word)};
  }
  Lines operator()(const PlaceFiles& step) const {
    Lines lines = (*this)(UnpackArchive{step.archive});
    for (const PlaceRule& rule : step.rules) {
      lines.push_back((*this)(CopyFiles{rule.from, rule.to, Links::keep}).front());
    }
    return lines;
  }
  Lines operator()(const RefreshLoaderCache&) const { return {shell.sudo + "ldconfig"}; }
  Lines operator()(const RemovePaths& step) const { return {removal(shell.sudo, step.paths)}; }
  Lines operator()(const RestorePaths&) const { return {}; }
};

std::string comment(const std::string& text) {
  return "# " + printable(text) + "\n";
}

bool unpacks(const Plan& plan) {
  return std::any_of(plan.documented.begin(), plan.documented.end(),
                     [](const PlannedStep& each) { return std::holds_alternative<UnpackArchive>(each.step); });
}

std::string head(const Plan& plan) {
  std::string text = "#!/bin/sh\n" + comment(plan.title);
  if (!plan.document.empty()) {
    text += comment("The commands are those of the " + plan.document + "; its clause stands above each.");
  }
  for (const PrerequisiteLine& each : plan.prerequisites) {
    text += comment(shown(each.clause) + ", " + each.name + ", " + name_of(each.standing) + ": " + each.detail);
  }
  for (const std::string& note : plan.notes) {
    text += comment("Note: " + note);
  }
  if (plan.wanted && plan.wanted->sha256) {
    const std::string file =
        is_url(plan.wanted->location) ? file_name_of(plan.wanted->location) : plan.wanted->location;
    text += comment("The archive's sha256 (" + plan.wanted->trust + "): " + plan.wanted->sha256->hex() + "  " + file);
  }
  text += "set -eu\n";
  if (unpacks(plan)) {
    text +=
        "umask 022\n"
        "work=$(mktemp -d)\n"
        "trap 'rm -rf \"$work\"' EXIT\n"
        "trap 'exit 1' HUP INT TERM\n";
  }
  return text;
}

}  // namespace

std::string glob_word(const std::string& path) {
  const auto slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "" : path.substr(0, slash);
  std::string text = slash == std::string::npos ? "" : (directory.empty() ? "" : shell_word(directory)) + "/";
  std::string plain;
  const auto flush = [&] {
    if (!plain.empty()) {
      text += shell_word(std::exchange(plain, {}));
    }
  };
  for (const char c : path.substr(slash == std::string::npos ? 0 : slash + 1)) {
    if (c == '*' || c == '?' || c == '[' || c == ']') {
      flush();
      text += c;
    } else {
      plain += c;
    }
  }
  flush();
  return text;
}

std::string tar_operand(const std::string& path) {
  const bool risky = !path.starts_with('/') && (path.starts_with('-') || path.find(':') != std::string::npos);
  return risky ? "./" + path : path;
}

bool needs_kept_files(const Plan& plan) {
  return std::any_of(plan.documented.begin(), plan.documented.end(),
                     [](const PlannedStep& each) { return std::holds_alternative<RestorePaths>(each.step); });
}

std::vector<std::string> commands_for(const Step& step, const ShellWords& shell) {
  return std::visit(Commands{shell}, step);
}

std::string to_shell(const Plan& plan) {
  std::string text = head(plan);
  if (needs_kept_files(plan)) {
    return text + "\n" + comment("The files that come back are kept by cudnn-install, and it alone finds them.") +
           "echo " + shell_word("run: cudnn-install " + std::string(name_of(plan.verb)) + " --prefix " + plan.prefix) +
           " >&2\nexit 1\n";
  }
  const ShellWords shell{
      .sudo = plan.as_root ? "" : "sudo ", .work = "\"$work\"", .top = plan.wanted ? plan.wanted->top : std::string()};
  for (const PlannedStep& each : plan.documented) {
    text += "\n";
    if (each.clause) {
      text += comment(shown(*each.clause) + (each.note.empty() ? "" : ": " + each.note));
    } else {
      text += comment(each.note.empty() ? described(each.step) : "Added: " + each.note);
    }
    for (const std::string& command : commands_for(each.step, shell)) {
      text += command + "\n";
    }
  }
  return text;
}

}  // namespace cudnn_install
