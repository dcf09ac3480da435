// Prints the argument vector that a manager is given, each word ended by a NUL, for tests that run it in a real system:
//   speak MANAGER VERB [WORD…]      packages are NAME=VERSION
//   speak read FILE                 how a recorded answer is read
#include <cstdio>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "packages/package_manager_words.h"
#include "recorded_answers.h"

using namespace cudnn_install;

namespace {

const std::map<std::string, Manager> managers = {
    {"apt", {.speaks = "apt", .strict_refresh = true, .pin = "preferences"}},
    {"apt-2.0", {.speaks = "apt", .pin = "preferences"}},
    {"dnf", {.speaks = "dnf", .pin = "versionlock"}},
    {"dnf5", {.speaks = "dnf5", .pin = "versionlock"}},
    {"yum", {.speaks = "yum", .pin = "versionlock"}},
    {"zypper", {.speaks = "zypper", .pin = "zypper-lock"}},
};

PackageVersion package(const std::string& word) {
  const std::size_t at = word.find('=');
  return {word.substr(0, at), at == std::string::npos ? "" : word.substr(at + 1)};
}

std::vector<PackageVersion> packages(const Words& words) {
  std::vector<PackageVersion> result;
  for (const std::string& word : words) {
    result.push_back(package(word));
  }
  return result;
}

Repository repository(const Words& words) {
  return {.id = words.at(0), .title = words.at(0), .url = words.at(1), .key = words.at(2)};
}

using Verb = std::function<Words(const Manager&, const Words&)>;
const std::map<std::string, Verb> verbs = {
    {"refresh", [](const Manager& m, const Words& w) { return refresh_command(m, w.at(0)); }},
    {"simulate", [](const Manager& m, const Words& w) { return simulation_command(m, packages(w)); }},
    {"simulate-removal", [](const Manager& m, const Words& w) { return removal_simulation_command(m, w); }},
    {"download", [](const Manager& m, const Words& w) { return download_command(m, packages(w)); }},
    {"install", [](const Manager& m, const Words& w) { return install_command(m, packages(w)); }},
    {"remove", [](const Manager& m, const Words& w) { return removal_command(m, w); }},
    {"install-files", [](const Manager& m, const Words& w) { return file_install_command(m, w); }},
    {"simulate-files", [](const Manager& m, const Words& w) { return file_simulation_command(m, w); }},
    {"fetch", [](const Manager& m, const Words& w) { return fetch_command(m, package(w.at(1)), w.at(0)); }},
    {"web-file", [](const Manager& m, const Words& w) { return web_file_command(m, w.at(0), w.at(1)); }},
    {"versions", [](const Manager& m, const Words& w) { return version_query(m, w); }},
    {"file-version", [](const Manager& m, const Words& w) { return package_file_query(m, w.at(0)); }},
    {"file-list", [](const Manager& m, const Words& w) { return package_file_list(m, w.at(0)); }},
    {"audit", [](const Manager& m, const Words&) { return audit_query(m); }},
    {"check", [](const Manager& m, const Words& w) { return check_query(m, w); }},
    {"manual", [](const Manager& m, const Words& w) { return manual_query(m, w); }},
    {"mark-automatic", [](const Manager& m, const Words& w) { return mark_automatic_command(m, w); }},
    {"keys", [](const Manager& m, const Words&) { return key_query(m); }},
    {"import-key", [](const Manager& m, const Words& w) { return key_import_command(m, w.at(0)); }},
    {"remove-keys", [](const Manager& m, const Words& w) { return key_removal_command(m, w); }},
    {"repair", [](const Manager& m, const Words&) { return repair_command(m); }},
    {"lock", [](const Manager& m, const Words& w) { return lock_command(m, package(w.at(0))); }},
    {"unlock", [](const Manager& m, const Words& w) { return unlock_command(m, package(w.at(0))); }},
    {"locks", [](const Manager& m, const Words&) { return lock_query(m); }},
    {"repository",
     [](const Manager& m, const Words& w) {
       const TextFile file = repository_file(m, repository(w));
       return Words{file.path, file.text};
     }},
    {"pin",
     [](const Manager& m, const Words& w) {
       const TextFile file = pin_file(m, "cudnn", packages(w));
       return Words{file.path, file.text};
     }},
};

}  // namespace

int main(int count, char** words) {
  if (count == 3 && std::string(words[1]) == "read") {
    std::fputs(as_read(recorded_answer(words[2])).c_str(), stdout);
    return 0;
  }
  if (count < 3 || managers.count(words[1]) == 0 || verbs.count(words[2]) == 0) {
    return 2;
  }
  for (const std::string& word : verbs.at(words[2])(managers.at(words[1]), Words(words + 3, words + count))) {
    std::fwrite(word.c_str(), 1, word.size() + 1, stdout);
  }
  return 0;
}
