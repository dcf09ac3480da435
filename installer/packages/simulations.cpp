// What a simulation says it would do: apt's Inst and Remv lines, the yum family's table, zypper's XML.
#include <algorithm>
#include <array>

#include "packages/answer_lines.h"
#include "packages/answers.h"
#include "packages/package_manager_words.h"

namespace cudnn_install {

namespace {

using Changes = std::vector<SimulatedChange>;

bool has(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

// Inst NAME [OLD] (NEW ORIGIN [ARCH]) …, Remv NAME [OLD], Purg NAME [OLD]; [OLD] is missing for a new package, and for
// one of which nothing but configuration is left.
Changes apt_changes(std::string_view out) {
  Changes changes;
  for (const std::string_view line : answer_lines(out)) {
    const auto words = answer_words(line);
    const bool goes = line.starts_with("Remv ") || line.starts_with("Purg ");
    if (words.size() < 2 || (!goes && !line.starts_with("Inst "))) {
      continue;
    }
    const bool told = words.size() > 2 && words[2].starts_with('[');
    const std::string_view from = told ? between(words[2], "[", "]") : std::string_view();
    const auto opens = std::find_if(words.begin(), words.end(), [](std::string_view w) { return w.starts_with('('); });
    const std::string_view to = goes || opens == words.end() ? std::string_view() : opens->substr(1);
    changes.push_back({std::string(words[1]), std::string(from), std::string(to)});
  }
  return changes;
}

enum class Section { none, installs, replaces, again, removes, passed };

// "Installing dependencies:", "Removing for dependencies:" (yum 3), "Transaction Summary". What is passed over happens
// to no package, or is said not to happen.
Section section_of(std::string_view line) {
  const auto begins = [&](const auto& words) {
    return std::any_of(words.begin(), words.end(), [&](std::string_view word) { return line.starts_with(word); });
  };
  if (begins(std::array<std::string_view, 2>{"Removing", "Erasing"})) {
    return Section::removes;
  }
  if (line.starts_with("Reinstalling")) {
    return Section::again;
  }
  if (begins(std::array<std::string_view, 4>{"Upgrading", "Updating", "Downgrading", "Changing"})) {
    return Section::replaces;
  }
  return begins(std::array<std::string_view, 2>{"Skipp", "Enabling"}) ? Section::passed : Section::installs;
}

// dnf 5 names the epoch that nobody writes.
std::string_view without_zero_epoch(std::string_view version) {
  return version.starts_with("0:") ? version.substr(2) : version;
}

class YumTable {
 public:
  explicit YumTable(bool flush_left) : flush_left_(flush_left) {}

  void read(std::string_view line) {
    if (line.starts_with("Transaction Summary") || line.starts_with("Total ")) {
      end();
      return;
    }
    const auto words = answer_words(line);
    if (words.empty()) {
      return;
    }
    if (line.front() != ' ' && words.back().ends_with(':')) {
      section_ = section_of(line);
      begun_.clear();
    } else if (section_ != Section::none && (line.front() == ' ' || flush_left_)) {
      row(line, words);
    }
  }

  [[nodiscard]] const Changes& changes() const { return changes_; }
  [[nodiscard]] bool seen() const { return seen_; }

 private:
  void end() {
    seen_ = seen_ || section_ != Section::none;
    section_ = Section::none;
  }

  // name, architecture, version, repository, size. A name too long for its column stands on a line of its own.
  void row(std::string_view line, std::vector<std::string_view> words) {
    if (words.front() == "replacing") {
      replaced(words);
      return;
    }
    if (line.starts_with("  ")) {
      words.insert(words.begin(), begun_.begin(), begun_.end());
    }
    begun_ = words.size() < 4 ? words : std::vector<std::string_view>();
    if (words.size() < 4 || section_ == Section::passed) {
      return;
    }
    const std::string name(words[0]);
    const std::string version(without_zero_epoch(words[2]));
    const bool goes = section_ == Section::removes;
    const std::string from = section_ == Section::installs ? "" : section_ == Section::replaces ? "?" : version;
    changes_.push_back({name, from, goes ? "" : version});
  }

  // dnf 5 tells the old version of the row before, all tell the packages that it makes obsolete:
  // "replacing libcudnn8 x86_64 8.9.6.50-1 …" or "replacing  old.x86_64 1-1".
  void replaced(const std::vector<std::string_view>& words) {
    if (words.size() < 3) {
      return;
    }
    const bool parted = words.size() > 3;
    const std::string name(parted ? words[1] : words[1].substr(0, words[1].rfind('.')));
    const std::string version(without_zero_epoch(parted ? words[3] : words[2]));
    if (!changes_.empty() && changes_.back().name == name) {
      changes_.back().from = version;
    } else {
      changes_.push_back({name, version, ""});
    }
  }

  bool flush_left_;
  bool seen_ = false;
  Section section_ = Section::none;
  std::vector<std::string_view> begun_;
  Changes changes_;
};

Result<Changes> yum_changes(const Manager& manager, const Answer& answer) {
  YumTable table(manager.speaks == "tdnf");
  for (const std::string_view line : answer_lines(answer.out)) {
    table.read(line);
  }
  const std::string both = answer.out + answer.err;
  const bool declined = has(both, "Operation aborted") || has(both, "Exiting on user");
  if (table.seen() && (answer.status == 0 || declined)) {
    return table.changes();
  }
  const bool nothing = has(both, "Nothing to do") || has(both, "No packages marked") || answer.out.empty();
  if (answer.status == 0 && nothing) {  // rpm --test, too, says nothing when all would be well
    return Changes();
  }
  return tl::unexpected(refused(manager, answer, "find out what would change"));
}

std::string attribute(std::string_view element, std::string_view name) {
  return without_entities(between(element, " " + std::string(name) + "=\"", "\""));
}

// Elements are named after what happens to the solvables in them: to-install, to-upgrade, to-downgrade, to-reinstall,
// to-remove …, each with -change-arch, -change-vendor.
Changes zypper_changes(std::string_view out) {
  Changes changes;
  std::string_view summary = between(out, "<install-summary", "</install-summary>");
  bool goes = false;
  while (!summary.empty()) {
    const std::size_t open = summary.find('<');
    const std::size_t close = summary.find('>', std::min(open, summary.size()));
    if (close == std::string_view::npos) {
      break;
    }
    const std::string_view element = summary.substr(open, close - open + 1);
    if (element.starts_with("<to-")) {
      goes = element.starts_with("<to-remove");
    } else if (element.starts_with("<solvable ") && attribute(element, "type") == "package") {
      const std::string edition = attribute(element, "edition");
      changes.push_back(
          {attribute(element, "name"), goes ? edition : attribute(element, "edition-old"), goes ? "" : edition});
    }
    summary.remove_prefix(close + 1);
  }
  return changes;
}

}  // namespace

Result<std::vector<SimulatedChange>> simulated_changes(const Manager& manager, const Answer& answer) {
  const bool zypper = manager.speaks == "zypper";
  if (!uses_dpkg(manager) && !(zypper && has(answer.out, "<stream"))) {
    return yum_changes(manager, answer);
  }
  if (answer.status != 0 && !(zypper && has(answer.out, "<install-summary"))) {
    return tl::unexpected(refused(manager, answer, "find out what would change"));
  }
  return zypper ? zypper_changes(answer.out) : apt_changes(answer.out);
}

}  // namespace cudnn_install
