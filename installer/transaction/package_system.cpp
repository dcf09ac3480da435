#include "transaction/package_system.h"

#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <thread>
#include <utility>

#include "base/text.h"
#include "system/resolve.h"
#include "system/signals.h"
#include "system/uninterrupted.h"
#include "transaction/state_directory.h"
#include "transaction/system_file.h"

namespace cudnn_install {

namespace {

constexpr std::chrono::seconds question_limit{600};  // a simulation may read large indices from slow disks
constexpr std::chrono::milliseconds nap{500};

Answer answer_of(Finished finished) {
  return {.status = finished.status, .out = std::move(finished.out), .err = std::move(finished.err)};
}

std::string folder_of(const std::string& path) {
  return path.substr(0, std::max<std::size_t>(path.rfind('/'), 1));
}

}  // namespace

Words PackageSystem::in_root(const Words& words) const {
  if (place_.root == "/") {
    return words;
  }
  Words all = {"chroot", place_.root};
  all.insert(all.end(), words.begin(), words.end());
  return all;
}

Result<void> PackageSystem::present() const {
  const std::string program = uses_dpkg(manager_) ? "apt-get" : manager_.speaks;
  const auto answer = ask({program, "--version"});
  return answer && answer->status == 0 ? Result<void>()
                                       : failure(Fault::unsupported, "this system has no '" + program + "'",
                                                 "name the recipe of a relative that fits with --distro, or take the "
                                                 "tar method");
}

Result<Answer> PackageSystem::ask(const Words& words) const {
  return place_.processes.run({.argv = in_root(words), .time_limit = question_limit}).map(answer_of);
}

Result<Answer> PackageSystem::change(const Words& words) const {
  const auto until = std::chrono::steady_clock::now() + place_.patience;
  while (true) {
    auto answer =
        place_.processes.run({.argv = in_root(words), .outlives_us = true, .held = place_.lock}).map(answer_of);
    const bool busy = answer && answer->status != 0 && refused(manager_, *answer, "").fault == Fault::busy;
    if (!busy || interrupted() || std::chrono::steady_clock::now() >= until) {
      return answer;
    }
    std::this_thread::sleep_for(nap);
  }
}

Result<void> PackageSystem::carry_out(const Words& words, const std::string& what) const {
  return change(words).and_then([&](const Answer& answer) { return carried_through(manager_, answer, what); });
}

Result<std::vector<SimulatedChange>> PackageSystem::simulated(const Words& words) const {
  return ask(words).and_then([&](const Answer& answer) { return simulated_changes(manager_, answer); });
}

Result<std::map<std::string, SubjectState>> PackageSystem::packages(const Words& names) const {
  std::map<std::string, SubjectState> found;
  if (names.empty()) {
    return found;
  }
  const auto answer = ask(version_query(manager_, names));
  if (!answer) {
    return tl::unexpected(answer.error());
  }
  const Installed installed = installed_versions(manager_, answer->out);
  for (const auto& [name, version] : installed.versions) {
    found[name].value = version;
  }
  for (const auto& [name, versions] : installed.several) {
    found[name].value = "several";
  }
  for (const std::string& broken : installed.broken) {
    found[broken.substr(0, broken.find(' '))].value = "broken";
  }
  if (const Words query = manual_query(manager_, names); !query.empty() && !found.empty()) {
    const auto marks = ask(query);
    if (!marks) {
      return tl::unexpected(marks.error());
    }
    const auto manual = listed_words(marks->out);
    for (auto& [name, state] : found) {
      state.automatic = marks->status == 0 && std::find(manual.begin(), manual.end(), name) == manual.end();
    }
  }
  return found;
}

Result<std::vector<std::string>> PackageSystem::locks() const {
  const Words query = lock_query(manager_);
  if (query.empty()) {
    return std::vector<std::string>();
  }
  return ask(query).map([&](const Answer& answer) { return locked_packages(manager_, answer.out); });
}

Result<std::vector<std::string>> PackageSystem::keys() const {
  const Words query = key_query(manager_);
  if (query.empty()) {
    return std::vector<std::string>();
  }
  return ask(query).map([&](const Answer& answer) { return listed_words(answer.out); });
}

Result<std::vector<std::string>> PackageSystem::trouble() const {
  return ask(audit_query(manager_)).map([&](const Answer& answer) { return audit_findings(manager_, answer); });
}

Result<std::optional<SubjectState>> PackageSystem::file(const std::string& path) const {
  const auto found = resolve(place_.root, folder_of(path), Caution::strict);
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (!found->missing.empty()) {
    return std::optional<SubjectState>();
  }
  const SystemPlace at{.directory = found->directory, .name = path.substr(path.rfind('/') + 1)};
  return read_file_text(place_.files, at).map([](const std::optional<FileText>& text) {
    return text ? std::optional(SubjectState{.value = text->text, .mode = text->mode}) : std::nullopt;
  });
}

Result<std::string> PackageSystem::text_of(const std::string& path) const {
  const auto state = file(path);
  if (!state || !*state) {
    return state ? failure(Fault::conflict, "there is no file '" + path + "'") : tl::unexpected(state.error());
  }
  return (*state)->value;
}

Result<void> PackageSystem::put(const std::string& path, const std::optional<SubjectState>& state) const {
  const auto at = system_place(place_.files, place_.root, path, Missing::made);
  if (!at) {
    return tl::unexpected(at.error());
  }
  if (state) {
    return put_file(place_.files, *at, {.text = state->value, .mode = state->mode});
  }
  return place_.files.remove(at->directory, at->name).and_then([&] {
    return place_.files.sync(at->directory.number());
  });
}

Result<void> PackageSystem::make_directory(const std::string& path) const {
  return system_place(place_.files, place_.root, path + "/.", Missing::made).map([](const SystemPlace&) {});
}

Result<Sha256> PackageSystem::copy_in(const std::string& from, const std::string& path) const {
  const auto source = resolve("/", folder_of(from), Caution::trusting);
  const auto at = system_place(place_.files, place_.root, path, Missing::made);
  if (!source || !at) {
    return tl::unexpected(source ? at.error() : source.error());
  }
  return place_.files.remove(at->directory, at->name)
      .and_then([&] {
        return copy_file(place_.files, source->directory, from.substr(from.rfind('/') + 1), at->directory, at->name);
      })
      .and_then([&] { return place_.files.open_file(at->directory, at->name); })
      .and_then([](const Descriptor& file) { return digest_of(file); });
}

Result<void> PackageSystem::remove_all(const std::string& path) const {
  const auto found = resolve(place_.root, folder_of(path), Caution::strict);
  if (!found) {
    return tl::unexpected(found.error());
  }
  return found->missing.empty() ? remove_tree(place_.files, found->directory, path.substr(path.rfind('/') + 1))
                                : Result<void>();
}

std::vector<std::string> PackageSystem::names_in(const std::string& directory) const {
  const auto found = resolve(place_.root, directory, Caution::trusting);
  if (!found || !found->missing.empty()) {
    return {};
  }
  return place_.files.names(found->directory).value_or(std::vector<std::string>());
}

Result<std::string> PackageSystem::only_match(const std::string& glob) const {
  std::vector<std::string> folders = {""};  // each part of the pattern in turn
  std::size_t start = 1;
  while (start <= glob.size()) {
    const std::size_t slash = std::min(glob.find('/', start), glob.size());
    const std::string part = glob.substr(start, slash - start);
    std::vector<std::string> next;
    for (const std::string& folder : folders) {
      for (const std::string& name : names_in(folder.empty() ? "/" : folder)) {
        if (matches_glob(name, part)) {
          next.push_back(folder + "/" + name);
        }
      }
    }
    folders = std::move(next);
    start = slash + 1;
  }
  if (folders.size() != 1) {
    return failure(Fault::conflict,
                   "'" + glob + "' means " + std::to_string(folders.size()) + " files, and one is needed",
                   folders.empty() ? "the local installer did not bring its keyring"
                                   : "remove the local installers that are not needed any more");
  }
  return folders.front();
}

Result<void> PackageSystem::sync() const {
  for (const char* name : {"/etc", "/usr", "/var"}) {
    const auto found = resolve(place_.root, name, Caution::trusting);
    if (!found) {
      return tl::unexpected(found.error());
    }
    if (uninterrupted([&] { return ::syncfs(found->directory.number()); }) != 0) {
      const int code = errno;
      return tl::unexpected(system_error(code, "cannot write out the file system of '" + found->directory.path + "'"));
    }
  }
  return {};
}

}  // namespace cudnn_install
