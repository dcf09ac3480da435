// What lies in the library directories: installations that are damaged or mixed, links that lead nowhere, and a
// compatibility library that does harm.
#include <algorithm>

#include "base/text.h"
#include "doctor/parts.h"

namespace cudnn_install {

namespace {

bool is_front(const ObservedLibrary& library) {
  return matches_glob(library.path.substr(library.path.rfind('/') + 1), "libcudnn.so.[0-9]");
}

std::string name_in(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

}  // namespace

std::vector<Diagnosis> damaged_installations(const Observed& observed) {
  std::vector<Diagnosis> found;
  for (const DamagedPrefix& each : observed.damaged) {
    Diagnosis one{.id = "damaged-installation",
                  .severity = Severity::error,
                  .what = "what cudnn-install put into '" + each.prefix + "' is not as it was",
                  .remedy = "see all of it, then install the same archive again",
                  .command = "cudnn-install verify --prefix " + shell_word(each.prefix)};
    for (const std::string& detail : each.details) {
      one.evidence.push_back({.file = each.prefix, .line = 0, .text = detail});
    }
    found.push_back(std::move(one));
  }
  return found;
}

std::vector<Diagnosis> mixed_installations(const Observed& observed) {
  std::vector<Diagnosis> found;
  for (const ObservedLibrary& own : observed.toolkit_libraries) {
    for (const ObservedLibrary& packaged : observed.system_libraries) {
      if (!is_front(own) || !is_front(packaged) || own.real.empty() || packaged.real.empty() ||
          own.real == packaged.real || name_in(own.path) != name_in(packaged.path)) {
        continue;
      }
      found.push_back({.id = "mixed-installations",
                       .severity = Severity::warning,
                       .what = name_in(own.path) + " is there twice, and one process may get parts of both",
                       .evidence = {{.file = own.path, .line = 0, .text = name_in(own.real)},
                                    {.file = packaged.path, .line = 0, .text = name_in(packaged.real)}},
                       .remedy = "keep one of the two: take the copy out of the toolkit, or remove the package",
                       .command = "cudnn-install status"});
    }
  }
  return found;
}

std::vector<Diagnosis> broken_links(const Observed& observed) {
  std::vector<Diagnosis> found;
  for (const auto* libraries : {&observed.toolkit_libraries, &observed.system_libraries}) {
    for (const ObservedLibrary& library : *libraries) {
      if (library.real.empty()) {
        found.push_back({.id = "broken-link",
                         .severity = Severity::error,
                         .what = "the link '" + library.path + "' leads nowhere",
                         .evidence = {{.file = library.path, .line = 0, .text = "leads nowhere"}},
                         .remedy = "install cuDNN there again, or remove what is left of it"});
      }
    }
  }
  return found;
}

std::vector<Diagnosis> harmful_compat(const Observed& observed) {
  std::vector<Diagnosis> found;
  for (const HarmfulCompat& each : observed.harmful) {
    Diagnosis one{.id = "compat-harmful",
                  .severity = each.file.empty() ? Severity::warning : Severity::error,
                  .what = "the compatibility library '" + each.library + "' does harm with this driver: " + each.reason,
                  .evidence = {{.file = each.file.empty() ? each.library : each.file,
                                .line = each.line,
                                .text = each.file.empty() ? "installed by cudnn-install" : each.library}}};
    if (!each.cuda.empty()) {
      one.remedy = "remove the package: the driver serves by itself";
      one.command = "cudnn-install compat uninstall --cuda " + each.cuda;
    } else if (each.shared) {
      one.remedy = "remove the activation: the driver serves by itself";
      one.command = "cudnn-install compat deactivate";
    } else {
      one.remedy = "remove it from the search path: the driver serves by itself";
    }
    found.push_back(std::move(one));
  }
  return found;
}

}  // namespace cudnn_install
