#include "packages/offered.h"

#include <algorithm>

#include "packages/answer_lines.h"

namespace cudnn_install {

namespace {

using Versions = std::vector<std::string>;

// " cuda-compat-13-0 | 580.95.05-1 | https://…/debian12/x86_64  Packages", newest first.
Versions in_madison(const std::string& name, std::string_view out) {
  Versions found;
  for (const std::string_view line : answer_lines(out)) {
    const auto words = answer_words(line);
    if (words.size() > 3 && words[0] == name && words[1] == "|") {
      found.insert(found.begin(), std::string(words[2]));
    }
  }
  return found;
}

// "cuda-compat-13-0.x86_64  580.95.05-1.el9  cuda-rhel9-x86_64"; what is too long for its column stands on a line of
// its own.
Versions in_list(const std::string& name, std::string_view out) {
  Versions found;
  std::vector<std::string_view> words;
  for (const std::string_view line : answer_lines(out)) {
    for (const std::string_view word : answer_words(line)) {
      words.push_back(word);
    }
  }
  for (std::size_t at = 0; at + 1 < words.size(); ++at) {
    if (words[at].starts_with(name + ".")) {
      found.emplace_back(words[at + 1]);
    }
  }
  return found;
}

// <solvable status="not-installed" name="…" kind="package" edition="580.95.05-1" …/>, newest first.
Versions in_xml(const std::string& name, std::string_view out) {
  Versions found;
  constexpr std::string_view start = "<solvable ";
  for (auto at = out.find(start); at != std::string_view::npos; at = out.find(start, at + 1)) {
    const std::string_view element = out.substr(at, out.find('>', at) - at);
    if (between(element, " name=\"", "\"") == name) {
      found.insert(found.begin(), without_entities(between(element, " edition=\"", "\"")));
    }
  }
  return found;
}

}  // namespace

Words offered_query(const Manager& manager, const std::string& name) {
  if (uses_dpkg(manager)) {
    return {"apt-cache", "madison", name};
  }
  if (manager.speaks == "zypper") {
    return {"zypper", "-n", "--xmlout", "search", "--match-exact", "--type", "package", "--details", name};
  }
  if (manager.speaks == "tdnf") {
    return {"tdnf", "list", name};
  }
  Words words = {manager.speaks, "-q"};
  if (manager.speaks != "dnf5") {
    words.emplace_back("--disableplugin=versionlock");
  }
  words.insert(words.end(), {"list", "--showduplicates", name});
  return words;
}

std::vector<std::string> offered_versions(const Manager& manager, const std::string& name, const Answer& answer) {
  Versions all = uses_dpkg(manager)           ? in_madison(name, answer.out)
                 : manager.speaks == "zypper" ? in_xml(name, answer.out)
                                              : in_list(name, answer.out);
  Versions once;
  for (std::string& version : all) {
    if (!version.empty() && std::find(once.begin(), once.end(), version) == once.end()) {
      once.push_back(std::move(version));
    }
  }
  return once;
}

std::string upstream_version(const std::string& version) {
  const std::size_t colon = version.find(':');
  const std::string plain = colon == std::string::npos ? version : version.substr(colon + 1);
  return plain.substr(0, plain.rfind('-'));
}

}  // namespace cudnn_install
