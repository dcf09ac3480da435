#include <algorithm>

#include "host/host.h"

namespace cudnn_install {

// NVRM version: NVIDIA UNIX x86_64 Kernel Module  520.61.05  Thu Sep 29 …
// NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.82.07  Release Build …
// The architecture stands before or after "Kernel Module", so the version is simply the first word that is one.
std::optional<Version> loaded_driver(std::string_view proc_version) {
  std::string_view line = proc_version.substr(0, proc_version.find('\n'));
  const std::size_t module = line.find("Kernel Module");
  if (module == std::string_view::npos) {
    return std::nullopt;
  }
  line.remove_prefix(module);
  while (!line.empty()) {
    const std::size_t end = std::min(line.find_first_of(" \t"), line.size());
    const Result<Version> version = Version::parse(line.substr(0, end));
    if (version && version->size() >= 2) {
      return *version;
    }
    line.remove_prefix(std::min(end + 1, line.size()));
  }
  return std::nullopt;
}

std::optional<Version> module_driver(std::string_view module_version) {
  const Result<Version> version = Version::parse(module_version.substr(0, module_version.find_first_of(" \t\r\n")));
  return version && version->size() >= 2 ? std::optional(*version) : std::nullopt;
}

std::optional<Version> driver_in_name(std::string_view file_name) {
  const std::size_t at = file_name.find(".so.");
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const Result<Version> version = Version::parse(file_name.substr(at + 4));
  // libcuda.so.1 is the SONAME and libcuda.so.1.1 Jetson's name of it: neither is a driver's version.
  return version && version->major() >= 100 ? std::optional(*version) : std::nullopt;
}

}  // namespace cudnn_install
