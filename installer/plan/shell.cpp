#include <algorithm>
#include <utility>

#include "base/text.h"
#include "packages/package_manager_words.h"
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

// Every part of a path may be a glob: the guide's keyring lies in a folder that only a glob names.
std::string glob_words(const std::string& path) {
  std::string text;
  for (std::size_t start = 0; start < path.size();) {
    const std::size_t end = std::min(path.find('/', start + 1), path.size());
    text += glob_word(path.substr(start, end - start));
    start = end;
  }
  return text;
}

struct Commands {
  const ShellWords& shell;
  using Lines = std::vector<std::string>;

  // A command of the package manager, which asks a person unless it is told not to.
  [[nodiscard]] std::string as_root(Words command, bool asks = false) const {
    if (asks && shell.never_asks && command.size() > 1) {
      command.insert(command.begin() + 2, "-y");
    }
    return shell.sudo + words(command, quoted).substr(1);
  }
  static std::string quoted(const std::string& word) { return shell_word(word); }
  [[nodiscard]] std::string written(const TextFile& file) const {
    std::string text = "printf '%s\\n'";
    for (std::size_t start = 0; start < file.text.size();) {
      const std::size_t end = std::min(file.text.find('\n', start), file.text.size());
      text += " \\\n  " + shell_word(file.text.substr(start, end - start));
      start = end + 1;
    }
    return text + " |\n  " + shell.sudo + "tee " + shell_word(file.path) + " >/dev/null";
  }
  // As a word of the shell: the file itself, or where its URL was fetched to by a line of `lines`.
  std::string fetched(const std::string& location, Lines& lines) const {
    if (!is_url(location)) {
      return shell_word(tar_operand(location));
    }
    lines.push_back("wget -P " + shell.work + " " + shell_word(location));
    return shell.work + "/" + shell_word(file_name_of(location));
  }

  Lines operator()(const MakeDirectory& step) const { return {shell.sudo + "mkdir -p " + shell_word(step.path)}; }
  Lines operator()(const RemoveOlder& step) const { return {removal(shell.sudo, step.paths)}; }
  Lines operator()(const UnpackArchive& step) const {
    if (step.shape == Shape::runfile) {
      return {"sh " + shell_word(tar_operand(step.archive)) + " -x --target " + shell.work + "/" +
              shell_word(shell.top)};
    }
    return {"tar -xf " + shell_word(tar_operand(step.archive)) + " -C " + shell.work};
  }
  Lines operator()(const CopyFiles& step) const {
    return {shell.sudo + (step.links == Links::keep ? "cp -P " : "cp ") + shell.work + "/" + shell_word(shell.top) +
            "/" + glob_word(step.from) + " " + shell_word(step.to)};
  }
  Lines operator()(const MakeLinks& step) const {
    Lines lines;
    for (const auto& [name, target] : step.links) {
      lines.push_back(shell.sudo + "ln -s " + shell_word(target) + " " + shell_word(step.directory + "/" + name));
    }
    return lines;
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
  Lines operator()(const InstallPackageFile& step) const {
    Lines lines;
    const std::string file = fetched(step.url.empty() ? step.file : step.url, lines);
    Words command = documented_package_file(shell.manager, file);
    command.pop_back();
    lines.push_back(as_root(std::move(command)) + " " + file);
    return lines;
  }
  Lines operator()(const CopyKeyring& step) const {
    return {shell.sudo + "cp " + glob_words(step.from) + " " + shell_word(step.to + "/")};
  }
  Lines operator()(const AddRepository& step) const {
    if (!step.url.empty()) {
      return {as_root(documented_repository(shell.manager, step.url))};
    }
    Lines lines;
    if (!step.keyring.empty()) {
      const std::string key = fetched(step.keyring, lines);
      lines.push_back(shell.sudo + "install -D -m 0644 " + key + " " + shell_word(step.repository.key));
    }
    lines.push_back(written(repository_file(shell.manager, step.repository)));
    return lines;
  }
  Lines operator()(const RefreshIndex&) const { return {as_root(documented_refresh(shell.manager))}; }
  Lines operator()(const InstallPackages& step) const {
    Lines lines;
    for (const PackageVersion& package : step.packages) {
      lines.push_back(as_root(documented_install(shell.manager, package), true));
    }
    return lines;
  }
  Lines operator()(const HoldPackages& step) const {
    if (const TextFile file = pin_file(shell.manager, "cudnn", step.packages); !file.path.empty()) {
      return {written(file)};
    }
    Lines lines;
    for (const PackageVersion& package : step.packages) {
      if (Words lock = lock_command(shell.manager, package); !lock.empty()) {
        lines.push_back(as_root(std::move(lock)));
      }
    }
    return lines;
  }
  Lines operator()(const RemovePackages& step) const {
    return {as_root(documented_removal(shell.manager, step.names), true)};
  }
};

// Where the archive's members come to lie in the unpacking directory; a runfile is given a directory there.
std::string top_of(const Plan& plan) {
  return plan.wanted && plan.wanted->shape == Shape::runfile ? "driver" : plan.wanted ? plan.wanted->top : "";
}

std::string comment(const std::string& text) {
  return "# " + printable(text) + "\n";
}

bool needs_work_directory(const Plan& plan) {
  return std::any_of(plan.documented.begin(), plan.documented.end(), [](const PlannedStep& each) {
    const auto* file = std::get_if<InstallPackageFile>(&each.step);
    const auto* added = std::get_if<AddRepository>(&each.step);
    return std::holds_alternative<UnpackArchive>(each.step) || (file != nullptr && !file->url.empty()) ||
           (added != nullptr && is_url(added->keyring));
  });
}

// Files that everybody has to be able to read, apt's own user among them.
bool writes_files(const Plan& plan) {
  return std::any_of(plan.documented.begin(), plan.documented.end(), [](const PlannedStep& each) {
    return std::holds_alternative<UnpackArchive>(each.step) || std::holds_alternative<CopyKeyring>(each.step) ||
           std::holds_alternative<AddRepository>(each.step);
  });
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
  if (plan.packages && plan.packages->sha256) {
    text +=
        comment("The installer's sha256 (given): " + plan.packages->sha256->hex() + "  " + plan.packages->repository);
  }
  text += writes_files(plan) ? "set -eu\numask 022\n" : "set -eu\n";
  if (needs_work_directory(plan)) {
    text +=
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
           "echo " +
           shell_word("run: cudnn-install " + std::string(name_of(plan.verb)) +
                      (plan.prefix.empty() ? "" : " --prefix " + plan.prefix)) +
           " >&2\nexit 1\n";
  }
  const ShellWords shell{.sudo = plan.as_root ? "" : "sudo ",
                         .work = "\"$work\"",
                         .top = top_of(plan),
                         .manager = plan.packages ? plan.packages->manager : Manager()};
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
