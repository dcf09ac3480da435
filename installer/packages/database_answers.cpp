// What dpkg's and rpm's databases answer.
#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "packages/answer_lines.h"
#include "packages/answers.h"
#include "packages/package_manager_words.h"

namespace cudnn_install {

namespace {

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (std::size_t end = line.find('\t'); end != std::string_view::npos; end = line.find('\t')) {
    fields.push_back(line.substr(0, end));
    line.remove_prefix(end + 1);
  }
  fields.push_back(line);
  return fields;
}

// dpkg's status: the second letter of db:Status-Abbrev, and R as the third where a package wants to be unpacked again.
std::string trouble_of(std::string_view status) {
  if (status.size() > 2 && status[2] == 'R') {
    return "to be installed again";
  }
  switch (status.size() > 1 ? status[1] : '?') {
    case 'i':
    case 'n':
    case 'c':
      return "";
    case 'H':
      return "half-installed";
    case 'U':
      return "unpacked, not configured";
    case 'F':
      return "half-configured";
    case 'W':
      return "waiting for triggers";
    case 't':
      return "triggers pending";
    default:
      return "in state '" + quoted_line(status) + "'";
  }
}

void add_dpkg_line(Installed& installed, const std::vector<std::string_view>& fields) {
  if (fields.size() != 3) {
    return;
  }
  const std::string name(fields[1]);
  if (const std::string trouble = trouble_of(fields[0]); !trouble.empty()) {
    installed.broken.push_back(name + " (" + trouble + ")");
  } else if (fields[0][1] == 'i') {
    installed.versions[name] = fields[2];
  }
}

// rpm says "package NAME is not installed" where the others have their lines.
void add_rpm_line(Installed& installed, const std::vector<std::string_view>& fields) {
  if (fields.size() != 2 || fields[0].empty()) {
    return;
  }
  const std::string name(fields[0]);
  const std::string version(fields[1]);
  const auto [place, is_new] = installed.versions.emplace(name, version);
  if (is_new || place->second == version) {
    return;
  }
  auto& several = installed.several[name];
  if (several.empty()) {
    several.push_back(place->second);
  }
  if (std::find(several.begin(), several.end(), version) == several.end()) {
    several.push_back(version);
  }
}

// dpkg --audit's sentences, in the words of trouble_of().
std::string state_in(std::string_view sentence) {
  using Meaning = std::pair<std::string_view, std::string_view>;
  constexpr std::array meanings = {Meaning{"half configured", "half-configured"},
                                   Meaning{"unpacked but not yet configured", "unpacked, not configured"},
                                   Meaning{"half installed", "half-installed"},
                                   Meaning{"trigger", "waiting for triggers"},
                                   Meaning{"reinstall", "to be installed again"},
                                   Meaning{"mess", "to be installed again"}};
  const auto meaning = std::find_if(meanings.begin(), meanings.end(), [&](const Meaning& each) {
    return sentence.find(each.first) != std::string_view::npos;
  });
  return meaning == meanings.end() ? quoted_line(sentence) : std::string(meaning->second);
}

std::vector<std::string> dpkg_findings(std::string_view out) {
  std::vector<std::string> findings;
  std::string state;
  bool in_sentence = false;
  for (const std::string_view line : answer_lines(out)) {
    const auto words = answer_words(line);
    if (words.empty()) {
      continue;
    }
    if (line.front() == ' ') {
      if (state.find("md5sums") == std::string::npos) {  // nothing that keeps a package from working
        findings.push_back(quoted_line(words.front()) + " (" + state + ")");
      }
    } else if (!in_sentence) {
      state = state_in(line);
    }
    in_sentence = line.front() != ' ';
  }
  return findings;
}

std::vector<std::string> rpm_findings(std::string_view out) {
  Installed installed;
  for (const std::string_view line : answer_lines(out)) {
    add_rpm_line(installed, fields_of(line));
  }
  std::vector<std::string> findings;
  for (const auto& [name, versions] : installed.several) {
    findings.push_back(quoted_line(name + ": stands in the database in several versions: " + joined(versions, ", ")));
  }
  return findings;
}

bool is_verdict(std::string_view word) {
  return word == "missing" || (word.size() >= 8 && word.find_first_not_of("SM5DLUGTPVC.?") == std::string_view::npos);
}

// NAME-EPOCH:VERSION-RELEASE.ARCH (dnf), EPOCH:NAME-VERSION-RELEASE.ARCH (yum 3); "!" stands before what is excluded.
std::string locked_name(std::string_view line) {
  const std::size_t colon = line.find(':');
  if (colon != std::string_view::npos && line.find_first_not_of("0123456789") == colon) {
    line.remove_prefix(colon + 1);
  }
  for (int part = 0; part < 2; ++part) {
    const std::size_t dash = line.rfind('-');
    line = line.substr(0, dash == std::string_view::npos ? 0 : dash);
  }
  return std::string(line);
}

std::vector<std::string> locks_in_xml(std::string_view out) {
  std::vector<std::string> names;
  for (auto name = between(out, "<name>", "</name>"); !name.empty(); name = between(out, "<name>", "</name>")) {
    names.push_back(without_entities(name));
    out.remove_prefix(static_cast<std::size_t>(name.data() + name.size() - out.data()));
  }
  return names;
}

}  // namespace

Installed installed_versions(const Manager& manager, std::string_view out) {
  Installed installed;
  for (const std::string_view line : answer_lines(out)) {
    const auto fields = fields_of(line);
    uses_dpkg(manager) ? add_dpkg_line(installed, fields) : add_rpm_line(installed, fields);
  }
  return installed;
}

Result<PackageVersion> package_in_file(const Manager& manager, const Answer& answer) {
  const auto lines = answer_lines(answer.out);
  const auto fields = lines.size() == 1 ? fields_of(lines.front()) : std::vector<std::string_view>();
  if (answer.status == 0 && fields.size() == 2 && !fields[0].empty() && !fields[1].empty()) {
    return PackageVersion{std::string(fields[0]), std::string(fields[1])};
  }
  const std::string reader = uses_dpkg(manager) ? "dpkg-deb" : "rpm";
  const auto said = answer_lines(answer.err);
  return failure(Fault::archive, "the file is no package that " + reader + " can read" +
                                     (said.empty() ? "" : ": '" + quoted_line(said.back()) + "'"));
}

// dpkg-deb: MODE OWNER SIZE DATE TIME ./PATH [-> TARGET | link to TARGET]; rpm: MODE PATH.
std::vector<std::string> files_in_package(const Manager& manager, std::string_view out) {
  std::vector<std::string> files;
  for (const std::string_view line : answer_lines(out)) {
    const std::size_t start = uses_dpkg(manager) ? line.find(" ./") : line.find(" /");
    if (start == std::string_view::npos || line.starts_with('d')) {
      continue;
    }
    std::string_view path = line.substr(start + (uses_dpkg(manager) ? 2 : 1));
    if (uses_dpkg(manager)) {
      path = path.substr(0, line.starts_with('l')   ? path.find(" -> ")
                            : line.starts_with('h') ? path.find(" link to ")
                                                    : path.size());
    }
    files.emplace_back(path);
  }
  return files;
}

std::vector<std::string> audit_findings(const Manager& manager, const Answer& answer) {
  auto findings = uses_dpkg(manager) ? dpkg_findings(answer.out) : rpm_findings(answer.out);
  if (findings.empty() && answer.status != 0) {
    const auto said = answer_lines(answer.err);
    findings.push_back(said.empty() ? "the database cannot be asked" : quoted_line(said.back()));
  }
  return findings;
}

// FLAGS or "missing", then "c" for configuration (and other letters), then the path.
std::vector<std::string> changed_files(const Manager& /*manager*/, std::string_view out) {
  std::vector<std::string> files;
  for (const std::string_view line : answer_lines(out)) {
    const std::size_t start = line.find(" /");
    const auto words = answer_words(line.substr(0, std::min(start, line.size())));
    const bool configuration = words.size() > 1 && words[1] == "c";
    if (start == std::string_view::npos || words.empty() || !is_verdict(words[0]) || configuration) {
      continue;
    }
    const std::string_view path = line.substr(start + 1);
    const std::size_t reason = words[0] == "missing" && path.ends_with(')') ? path.rfind(" (") : path.size();
    files.emplace_back(path.substr(0, reason));
  }
  return files;
}

std::vector<std::string> listed_words(std::string_view out) {
  std::vector<std::string> listed;
  for (const std::string_view line : answer_lines(out)) {
    if (const auto words = answer_words(line); words.size() == 1) {
      listed.emplace_back(words.front());
    }
  }
  return listed;
}

std::vector<std::string> locked_packages(const Manager& manager, std::string_view out) {
  if (manager.pin == "zypper-lock") {
    return locks_in_xml(out);
  }
  std::vector<std::string> names;
  for (const std::string_view line : answer_lines(out)) {
    constexpr std::string_view dnf5 = "Package name: ";
    const std::string name = line.starts_with(dnf5) ? std::string(line.substr(dnf5.size()))
                             : answer_words(line).size() == 1 && !line.starts_with('!') ? locked_name(line)
                                                                                        : "";
    if (!name.empty()) {
      names.push_back(name);
    }
  }
  return names;
}

}  // namespace cudnn_install
