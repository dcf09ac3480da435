#include <utility>

#include "base/text.h"
#include "plan/parts.h"

namespace cudnn_install {
namespace {

std::string listed(const std::vector<PackageVersion>& packages) {
  std::string text;
  for (const PackageVersion& each : packages) {
    text += (text.empty() ? "" : ", ") + each.name + (each.version.empty() ? "" : " " + each.version);
  }
  return text;
}

std::string counted(const std::vector<std::string>& paths) {
  return std::to_string(paths.size()) + (paths.size() == 1 ? " name" : " names");
}

struct Describe {
  std::string operator()(const MakeDirectory& step) const { return "make the directory " + step.path; }
  std::string operator()(const RemoveOlder& step) const {
    return "remove " + counted(step.paths) + " of the older build";
  }
  std::string operator()(const UnpackArchive& step) const {
    return (step.shape == Shape::runfile ? "extract the runfile " : "unpack ") + step.archive;
  }
  std::string operator()(const CopyFiles& step) const {
    return "copy " + step.from + " to " + step.to + (step.links == Links::keep ? ", links as links" : "");
  }
  std::string operator()(const MakeLinks& step) const {
    std::string text = "make links in " + step.directory + ": ";
    for (const auto& [name, target] : step.links) {
      text += (name == step.links.front().first ? "" : ", ") + name + " to " + target;
    }
    return text;
  }
  std::string operator()(const SetMode& step) const {
    return "set mode " + step.mode + " on " + joined(step.paths, ", ");
  }
  std::string operator()(const PlaceFiles& step) const {
    std::string text = "place from " + step.archive + ": ";
    for (const PlaceRule& rule : step.rules) {
      text += (&rule == step.rules.data() ? "" : ", ") + rule.from + " to " + rule.to;
    }
    return text;
  }
  std::string operator()(const RefreshLoaderCache& step) const {
    return "refresh the loader's cache (ldconfig) for " + step.directory;
  }
  std::string operator()(const RemovePaths& step) const { return "remove " + counted(step.paths); }
  std::string operator()(const RestorePaths& step) const {
    return "bring back " + counted(step.paths) + " from " + step.from;
  }
  std::string operator()(const InstallPackageFile& step) const {
    return step.url.empty() ? "install the package file " + step.file : "fetch " + step.url + " and install it";
  }
  std::string operator()(const CopyKeyring& step) const { return "copy the keyring " + step.from + " to " + step.to; }
  std::string operator()(const AddRepository& step) const {
    return "add the repository " + (step.url.empty() ? step.repository.url : step.url) +
           (step.repository.key.empty() ? "" : ", signed with " + step.repository.key);
  }
  std::string operator()(const RefreshIndex& step) const {
    return step.source.empty() ? "refresh the package lists" : "refresh the package list of " + step.source;
  }
  std::string operator()(const InstallPackages& step) const { return "install " + listed(step.packages); }
  std::string operator()(const HoldPackages& step) const { return "hold " + listed(step.packages); }
  std::string operator()(const RemovePackages& step) const { return "remove the packages " + joined(step.names, ", "); }
};

// Where the paths themselves are the news, one a line.
const std::vector<std::string>* paths_below(const Step& step) {
  if (const auto* older = std::get_if<RemoveOlder>(&step)) {
    return &older->paths;
  }
  if (const auto* removed = std::get_if<RemovePaths>(&step)) {
    return &removed->paths;
  }
  if (const auto* restored = std::get_if<RestorePaths>(&step)) {
    return &restored->paths;
  }
  return nullptr;
}

// Text with every line made safe for a terminal.
class Page {
 public:
  void line(const std::string& text) { text_ += printable(text) + "\n"; }
  void gap() { text_ += "\n"; }
  [[nodiscard]] std::string text() && { return std::move(text_); }

 private:
  std::string text_;
};

void add_wanted(Page& page, const Plan& plan) {
  if (!plan.wanted) {
    return;
  }
  const Wanted& wanted = *plan.wanted;
  page.line("  archive     " + wanted.location);
  page.line("  sha256      " + (wanted.sha256 ? wanted.sha256->hex() + " (" + wanted.trust + ")" : "not known"));
  page.line("  platform    " + shown_platform(wanted.platform));
  page.line("  components  " + joined(plan.components, ", "));
  page.line("  recipe      " + plan.distro + ", method " + plan.method + " after the " + plan.document);
}

void add_packages(Page& page, const Plan& plan) {
  if (!plan.packages) {
    return;
  }
  const PackageWork& work = *plan.packages;
  page.line("  repository  " + work.repository);
  if (work.sha256) {
    page.line("  sha256      " + work.sha256->hex() + " (given)");
  }
  page.line("  packages    " + listed(work.packages) +
            (work.range && !work.in_hand
                 ? ", the newest above " + work.range->above.text() + " and below " + work.range->below.text()
                 : ""));
  page.line("  manager     " + work.manager.speaks +
            (work.manager.pin.empty() ? "" : ", holds versions by " + work.manager.pin));
  page.line("  platform    " + shown_platform(work.platform));
  page.line("  components  " + joined(plan.components, ", "));
  page.line("  recipe      " + plan.distro + ", method " + plan.method +
            (plan.document.empty() ? "" : " after the " + plan.document));
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(width, text.size()), ' ');
  return text;
}

void add_prerequisites(Page& page, const Plan& plan) {
  if (plan.prerequisites.empty()) {
    return;
  }
  page.gap();
  page.line("needed first:");
  for (const PrerequisiteLine& each : plan.prerequisites) {
    page.line("  " + padded(name_of(each.standing), 11) + padded(each.name, 9) + each.detail + " (" +
              shown(each.clause) + ")");
  }
}

void add_steps(Page& page, const std::vector<PlannedStep>& steps, Explain explain) {
  int number = 0;
  for (const PlannedStep& each : steps) {
    std::string line = "  " + std::to_string(++number) + ". " + described(each.step);
    if (explain == Explain::yes && each.clause) {
      line += " (" + shown(*each.clause) + ")";
    }
    if (!each.note.empty()) {
      line += " [" + std::string(each.clause ? "" : "added: ") + each.note + "]";
    }
    page.line(line);
    if (const auto* paths = paths_below(each.step)) {
      for (const std::string& path : *paths) {
        page.line("       " + path);
      }
    }
  }
}

// What is done besides the documented steps and is no part of them in another form.
std::vector<PlannedStep> besides(const Plan& plan) {
  std::vector<PlannedStep> steps;
  for (const PlannedStep& each : plan.effective) {
    if (std::holds_alternative<RefreshLoaderCache>(each.step) || std::holds_alternative<HoldPackages>(each.step)) {
      steps.push_back(each);
    }
  }
  return steps;
}

}  // namespace

std::string name_of(Standing standing) {
  switch (standing) {
    case Standing::satisfied:
      return "satisfied";
    case Standing::command:
      return "to do";
    case Standing::missing:
      break;
  }
  return "missing";
}

std::string_view name_of(Verb verb) {
  switch (verb) {
    case Verb::install:
      return "install";
    case Verb::upgrade:
      return "upgrade";
    case Verb::uninstall:
      return "uninstall";
    case Verb::rollback:
      break;
  }
  return "rollback";
}

std::string shown(const Clause& clause) {
  return clause.section + (clause.step.empty() ? "" : " ") + clause.step;
}

std::string described(const Step& step) {
  return std::visit(Describe{}, step);
}

std::string to_text(const Plan& plan, Explain explain) {
  const bool both = explain == Explain::yes && (plan.wanted || plan.packages);
  Page page;
  page.line(plan.title);
  add_wanted(page, plan);
  add_packages(page, plan);
  add_prerequisites(page, plan);
  if (!plan.documented.empty()) {
    page.gap();
    page.line(both ? "steps as documented:" : "steps:");
    add_steps(page, plan.documented, explain);
  }
  if (both) {
    page.gap();
    page.line(plan.packages ? "steps as performed:" : "steps as performed, all or none:");
    add_steps(page, plan.effective, explain);
  } else if (const auto more = besides(plan); !more.empty()) {
    page.gap();
    page.line("and after them:");
    add_steps(page, more, explain);
  }
  if (!plan.notes.empty()) {
    page.gap();
    page.line("notes:");
    for (const std::string& note : plan.notes) {
      page.line("  - " + note);
    }
  }
  return std::move(page).text();
}

}  // namespace cudnn_install
