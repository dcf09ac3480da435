#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <memory>
#include <optional>

#include "base/text.h"
#include "base/version.h"
#include "system/elf.h"
#include "system/files.h"
#include "verify/load_child.h"
#include "verify/verify.h"

namespace cudnn_install {

namespace {

constexpr std::chrono::seconds time_limit{60};

#if defined(__x86_64__)
constexpr std::uint16_t own_machine = 62;
#elif defined(__aarch64__)
constexpr std::uint16_t own_machine = 183;
#elif defined(__powerpc64__)
constexpr std::uint16_t own_machine = 21;
#else
constexpr std::uint16_t own_machine = 0;
#endif

struct Library {
  std::string path{};       // relative to the prefix
  std::string directory{};  // resolved
  std::string absolute{};
  std::string soname{};
  std::vector<std::string> needed{};
};

std::string resolved(const std::string& directory) {
  const std::unique_ptr<char, void (*)(void*)> path(::realpath(directory.c_str(), nullptr), &std::free);
  return path ? path.get() : directory;
}

// What cannot be read as ELF is opened too, if its name says that it is one of the product's: the loader's own words,
// or the signal that it dies of, are part of the proof.
std::optional<Library> library_at(const TargetPath& path, const std::string& prefix) {
  Library library{.path = path.text(), .directory = resolved(prefix + '/' + path.directory())};
  const std::string& full = path.name();
  library.soname = full.substr(0, full.find('.', full.find(".so.") + 4));  // until the file itself tells
  library.absolute = library.directory + '/' + path.name();
  const Descriptor file(::open(library.absolute.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (file.open() && ::fstat(file.number(), &status) == 0) {
    if (const auto facts = elf_facts(reading(file.number()), static_cast<std::uint64_t>(status.st_size))) {
      library.soname = facts->soname.empty() ? library.soname : facts->soname;
      library.needed = facts->needed;
    }
  }
  return library.soname.starts_with("libcudnn") ? std::optional(library) : std::nullopt;
}

std::vector<Library> libraries_of(const Installation& installation, const std::string& prefix) {
  std::vector<Library> libraries;
  for (const InstalledPath& installed : installation.paths) {
    if (installed.entry.kind == EntryKind::file && installed.path.name().find(".so") != std::string::npos) {
      if (auto library = library_at(installed.path, prefix)) {
        libraries.push_back(std::move(*library));
      }
    }
  }
  return libraries;
}

// What is needed comes first: the loader then takes it by its SONAME instead of searching, for not every library of the
// product says that its parts lie beside it.
std::vector<Library> in_loading_order(std::vector<Library> waiting) {
  std::vector<Library> ordered;
  while (!waiting.empty()) {
    const auto ready = std::find_if(waiting.begin(), waiting.end(), [&](const Library& candidate) {
      return std::none_of(waiting.begin(), waiting.end(), [&](const Library& other) {
        return &other != &candidate && std::count(candidate.needed.begin(), candidate.needed.end(), other.soname) > 0;
      });
    });
    const auto next = ready == waiting.end() ? waiting.begin() : ready;
    ordered.push_back(std::move(*next));
    waiting.erase(next);
  }
  return ordered;
}

std::string signal_name(int number) {
  static constexpr std::pair<int, const char*> names[] = {
      {SIGBUS, "SIGBUS"},   {SIGSEGV, "SIGSEGV"}, {SIGILL, "SIGILL"},   {SIGABRT, "SIGABRT"}, {SIGFPE, "SIGFPE"},
      {SIGKILL, "SIGKILL"}, {SIGXCPU, "SIGXCPU"}, {SIGXFSZ, "SIGXFSZ"}, {SIGSYS, "SIGSYS"}};
  for (const auto& [known, name] : names) {
    if (known == number) {
      return name;
    }
  }
  return "signal " + std::to_string(number);
}

// 8906 → 8.9.6 and 91900 → 9.19.0: cuDNN 9 gave the minor version a second digit.
std::string version_text(std::uint64_t number) {
  const std::uint64_t major_unit = number >= 90000 ? 10000 : 1000;
  return std::to_string(number / major_unit) + '.' + std::to_string(number % major_unit / 100) + '.' +
         std::to_string(number % 100);
}

// Reads the child's lines and turns them into the proof.
class Judge {
 public:
  Judge(const Installation& installation, const std::vector<Library>& libraries)
      : installation_(installation), libraries_(libraries) {}

  void read(const LoadReport& report) {
    for (std::size_t at = 0, end = 0; (end = report.text.find('\n', at)) != std::string::npos; at = end + 1) {
      const std::string_view line = std::string_view(report.text).substr(at, end - at);
      if (done_ || !understood(line)) {
        add(libraries_[current_].path, activity_ + " made the process say '" + printable(line.substr(0, 80)) + "'");
        return;
      }
    }
    if (!done_) {
      add(libraries_[current_].path, activity_ + ' ' + ending(report));
    } else if (proof_.version.empty() && proof_.findings.empty()) {
      add(libraries_[0].path, "no library answers cudnnGetVersion");
    }
  }
  [[nodiscard]] LoadProof proof() && { return std::move(proof_); }

 private:
  void add(const std::string& path, std::string detail) {
    proof_.findings.push_back({.damage = Damage::load, .path = path, .detail = std::move(detail)});
  }

  // The next word of the line as a number below `limit`.
  static std::optional<std::uint64_t> number(std::string_view& line, std::uint64_t limit) {
    std::uint64_t value = 0;
    const auto [end, trouble] = std::from_chars(line.data(), line.data() + line.size(), value);
    if (trouble != std::errc() || value >= limit || (end != line.data() + line.size() && *end != ' ')) {
      return std::nullopt;
    }
    line.remove_prefix(std::min(line.size(), static_cast<std::size_t>(end - line.data()) + 1));
    return value;
  }

  bool understood(std::string_view line) {
    const std::string_view word = line.substr(0, line.find(' '));
    line.remove_prefix(std::min(line.size(), word.size() + 1));
    if (word == "done" && line.empty()) {
      return done_ = true;
    }
    if (word == "mapped") {
      return mapped(line);
    }
    const auto index = number(line, libraries_.size());
    if (!index) {
      return false;
    }
    current_ = static_cast<std::size_t>(*index);
    if (word == "call" || word == "answer") {
      return called(word, line);
    }
    if (word == "failed") {
      add(libraries_[current_].path, printable(line));
    } else if (word == "opened" && line.empty()) {
      proof_.opened.push_back(libraries_[current_].path);
    }
    activity_ = "opening it";
    return word == "failed" || (line.empty() && (word == "open" || word == "opened"));
  }

  bool called(std::string_view word, std::string_view line) {
    const auto function = number(line, load_functions.size());
    const auto value = word == "answer" ? number(line, UINT64_MAX) : std::optional<std::uint64_t>(0);
    if (!function || !value || !line.empty()) {
      return false;
    }
    activity_ = std::string("calling ") + load_functions.at(*function);
    if (word == "answer") {
      answered(static_cast<std::size_t>(*function), *value);
    }
    return true;
  }

  void answered(std::size_t function, std::uint64_t value) {
    const Library& library = libraries_[current_];
    if (function == 0) {
      const std::string version = version_text(value);
      const auto wanted = Version::parse(installation_.version);
      if (proof_.version.empty() || library.soname.starts_with("libcudnn.so")) {
        proof_.version = version;
      }
      if (wanted && wanted->first(3) != version) {
        add(library.path, "cudnnGetVersion answers " + version + ", expected " + wanted->first(3));
      }
    } else if (function == 1) {
      proof_.cudart = std::to_string(value / 1000) + '.' + std::to_string(value % 1000 / 10);
      if (!installation_.cuda.empty() && installation_.cuda != std::to_string(value / 1000)) {
        add(library.path, "is made for CUDA " + proof_.cudart + ", expected " + installation_.cuda);
      }
    } else if (value != 0) {
      add(library.path, std::string(load_functions.at(function)) + " answers " + std::to_string(value) +
                            ", expected 0: the libraries are not of one version");
    }
  }

  bool mapped(std::string_view file) {
    const std::string& directory = libraries_[0].directory;
    const std::size_t slash = file.rfind('/');
    if (slash == std::string_view::npos) {
      return false;
    }
    if (file.substr(0, slash) != directory) {
      add(printable(file), "was loaded too, expected only files of '" + directory + "'");
    }
    return true;
  }

  static std::string ending(const LoadReport& report) {
    if (report.timed_out) {
      return "did not end within " + std::to_string(time_limit.count()) + " s";
    }
    if (!WIFSIGNALED(report.status)) {
      return "ended the process with status " + std::to_string(WEXITSTATUS(report.status));
    }
    const int number = WTERMSIG(report.status);
    return "killed the process with " + signal_name(number) + (number == SIGBUS ? ": the file is cut short" : "");
  }

  const Installation& installation_;
  const std::vector<Library>& libraries_;
  LoadProof proof_{};
  std::size_t current_ = 0;
  std::string activity_ = "opening it";
  bool done_ = false;
};

}  // namespace

LoadProof load_proof(const Installation& installation, const std::string& prefix) {
  if (own_machine == 0 || machine_of(installation.platform) != own_machine) {
    return {};
  }
  const std::vector<Library> libraries = in_loading_order(libraries_of(installation, prefix));
  if (libraries.empty()) {
    return {};
  }
  std::vector<std::string> files;
  std::transform(libraries.begin(), libraries.end(), std::back_inserter(files),
                 [](const Library& library) { return library.absolute; });
  const LoadReport report = loaded_in_child(files, time_limit);
  if (!report.trouble.empty()) {
    return {.findings = {{Damage::load, libraries[0].path, "no process could be started: " + report.trouble}}};
  }
  Judge judge(installation, libraries);
  judge.read(report);
  return std::move(judge).proof();
}

}  // namespace cudnn_install
