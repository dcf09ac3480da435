#include "recorded_answers.h"

#include <fstream>
#include <functional>
#include <iterator>
#include <stdexcept>

using namespace cudnn_install;

namespace {

std::string rest_of_line(const std::string& text, const std::string& key) {
  const std::size_t at = text.find(key + " ");
  if (at == std::string::npos) {
    throw std::runtime_error("no line '" + key + "'");
  }
  const std::size_t begin = at + key.size() + 1;
  return text.substr(begin, text.find('\n', begin) - begin);
}

std::string part(const std::string& text, const std::string& from, const std::string& to) {
  const std::size_t begin = text.find(from);
  if (begin == std::string::npos) {
    return "";
  }
  const std::size_t end = to.empty() ? text.size() : text.find(to, begin);
  return text.substr(begin + from.size(), end - begin - from.size());
}

Manager manager_called(const std::string& name) {
  const std::string pin = name == "apt" ? "preferences" : name == "zypper" ? "zypper-lock" : "versionlock";
  return {.speaks = name, .strict_refresh = false, .pin = pin};
}

std::string lines(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) {
    text += word + "\n";
  }
  return text;
}

std::string of_error(const Error& error) {
  return std::string(name_of(error.fault)) + ": " + error.what + "\n" +
         (error.hint.empty() ? "" : "hint: " + error.hint + "\n");
}

std::string of_changes(const RecordedAnswer& r) {
  const auto changes = simulated_changes(r.manager, r.answer);
  if (!changes) {
    return of_error(changes.error());
  }
  std::string text;
  for (const SimulatedChange& change : *changes) {
    text += change.name + " [" + change.from + "] [" + change.to + "]\n";
  }
  return text.empty() ? "nothing\n" : text;
}

std::string of_installed(const RecordedAnswer& r) {
  const Installed installed = installed_versions(r.manager, r.answer.out);
  std::string text;
  for (const auto& [name, version] : installed.versions) {
    text += name + " " + version + "\n";
  }
  for (const auto& [name, versions] : installed.several) {
    text += "several: " + name + "\n" + lines(versions);
  }
  return text + (installed.broken.empty() ? "" : "broken: " + lines(installed.broken));
}

std::string of_result(const Result<void>& result) {
  return result ? "well\n" : of_error(result.error());
}

std::string of_file(const RecordedAnswer& r) {
  const auto package = package_in_file(r.manager, r.answer);
  return package ? package->name + " " + package->version + "\n" : of_error(package.error());
}

}  // namespace

RecordedAnswer recorded_answer(const std::string& path) {
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  const std::string asked = rest_of_line(text, "asked");
  const std::size_t blank = asked.find(' ');
  return {.manager = manager_called(rest_of_line(text, "manager")),
          .asked = asked.substr(0, blank),
          .about = blank == std::string::npos ? "" : asked.substr(blank + 1),
          .answer = {.status = std::stoi(rest_of_line(text, "status")),
                     .out = part(text, "--- out\n", "--- err\n"),
                     .err = part(text, "--- err\n", "--- read\n")},
          .read = part(text, "--- read\n", "")};
}

std::string as_read(const RecordedAnswer& r) {
  if (r.asked == "simulate") {
    return of_changes(r);
  }
  if (r.asked == "refresh") {
    return of_result(refreshed(r.manager, r.about, r.answer));
  }
  if (r.asked == "carry") {
    return of_result(carried_through(r.manager, r.answer, r.about));
  }
  if (r.asked == "versions") {
    return of_installed(r);
  }
  if (r.asked == "file-version") {
    return of_file(r);
  }
  if (r.asked == "file-list") {
    return lines(files_in_package(r.manager, r.answer.out));
  }
  if (r.asked == "audit") {
    return lines(audit_findings(r.manager, r.answer));
  }
  if (r.asked == "check") {
    return lines(changed_files(r.manager, r.answer.out));
  }
  if (r.asked == "words") {
    return lines(listed_words(r.answer.out));
  }
  if (r.asked == "locks") {
    return lines(locked_packages(r.manager, r.answer.out));
  }
  throw std::runtime_error("nobody reads '" + r.asked + "'");
}
