#include "packages/ownership.h"

#include <algorithm>

#include "packages/answer_lines.h"

namespace cudnn_install {

namespace {

// dpkg-query takes its operands as shell patterns.
std::string literal_pattern(std::string_view path) {
  std::string pattern;
  for (const char c : path) {
    if (c == '*' || c == '?' || c == '[' || c == '\\') {
      pattern += '\\';
    }
    pattern += c;
  }
  return pattern;
}

std::string joined(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) {
    text += (text.empty() ? "" : ", ") + std::string(name);
  }
  return text;
}

// rpm prints a line for each owner of a path and does not say which path it speaks of. Between two paths that nobody
// owns, one line a path is clear; more lines than paths mean that some path has several owners, and then all the names
// stand for each of the paths.
void add_run(std::vector<Owner>& owners, const std::vector<std::string>& paths, std::vector<std::string_view> names) {
  if (names.size() == paths.size()) {
    for (std::size_t i = 0; i < paths.size(); ++i) {
      owners.push_back({paths[i], std::string(names[i])});
    }
    return;
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  for (const std::string& path : names.empty() ? std::vector<std::string>() : paths) {
    owners.push_back({path, joined(names)});
  }
}

}  // namespace

std::vector<std::string> dpkg_owner_query(const std::string& root, const std::vector<std::string>& paths) {
  std::vector<std::string> argv = {"dpkg-query"};
  if (root != "/") {
    argv.push_back("--admindir=" + root + "/var/lib/dpkg");  // --root is unknown to dpkg before 1.21
  }
  argv.emplace_back("--search");
  std::transform(paths.begin(), paths.end(), std::back_inserter(argv), literal_pattern);
  return argv;
}

std::vector<std::string> rpm_owner_query(const std::string& root, const std::vector<std::string>& paths) {
  std::vector<std::string> argv = {"rpm"};
  if (root != "/") {
    argv.insert(argv.end(), {"--root", root});
  }
  argv.insert(argv.end(), {"--query", "--queryformat", "%{NAME}\\n", "--file"});
  argv.insert(argv.end(), paths.begin(), paths.end());
  return argv;
}

std::vector<Owner> dpkg_owners(std::string_view out) {
  std::vector<Owner> owners;
  for (const std::string_view line : answer_lines(out)) {
    const std::size_t colon = line.find(": /");
    if (colon == std::string_view::npos || line.starts_with("diversion by ") || line.starts_with("local diversion ")) {
      continue;
    }
    std::string_view packages = line.substr(0, colon);
    while (!packages.empty()) {
      const std::size_t end = std::min(packages.find(", "), packages.size());
      owners.push_back({std::string(line.substr(colon + 2)), std::string(packages.substr(0, end))});
      packages.remove_prefix(std::min(end + 2, packages.size()));
    }
  }
  return owners;
}

std::vector<Owner> rpm_owners(std::string_view out, const std::vector<std::string>& paths) {
  std::vector<Owner> owners;
  std::vector<std::string> run;
  std::vector<std::string_view> names;
  std::vector<std::string_view> lines = answer_lines(out);
  auto next = lines.begin();
  for (const std::string& path : paths) {
    const auto unowned = std::find(next, lines.end(), "file " + path + " is not owned by any package");
    if (unowned == lines.end()) {
      run.push_back(path);
      continue;
    }
    names.assign(next, unowned);
    add_run(owners, run, names);
    run.clear();
    next = unowned + 1;
  }
  names.assign(next, lines.end());
  add_run(owners, run, names);
  return owners;
}

}  // namespace cudnn_install
