#include "doctor/observed.h"

#include <sys/stat.h>

#include <algorithm>

#include "base/text.h"
#include "doctor/nvidia.h"
#include "doctor/parts.h"
#include "host/root_view.h"
#include "packages/text_lines.h"

namespace cudnn_install {

namespace {

constexpr const char* apt_directory = "/etc/apt/sources.list.d";

std::uint32_t mode_of(const RootView& view, const std::string& real) {
  struct stat raw {};
  return ::stat(view.outside(real).c_str(), &raw) == 0 ? raw.st_mode & 07777U : 0;
}

// The first directory on the way to `real` that is not open to all.
std::string closed_directory(const RootView& view, const std::string& real) {
  for (std::size_t slash = real.find('/', 1); slash != std::string::npos; slash = real.find('/', slash + 1)) {
    if (std::string directory = real.substr(0, slash); (mode_of(view, directory) & 0001U) == 0) {
      return directory;
    }
  }
  return {};
}

std::optional<ObservedFile> file_at(const RootView& view, const std::string& path) {
  const auto real = view.resolved(path);
  if (!real || !view.is_file(*real)) {
    return std::nullopt;
  }
  return ObservedFile{
      .real = *real, .text = view.text(*real), .mode = mode_of(view, *real), .closed = closed_directory(view, *real)};
}

void add_keyring(const RootView& view, const std::string& path, Observed& observed) {
  if (observed.keyrings.contains(path)) {
    return;
  }
  if (auto file = file_at(view, path)) {
    Keyring keyring = keyring_in(file->text);
    observed.keyrings.emplace(path, ObservedKeyring{.file = std::move(*file), .keyring = std::move(keyring)});
  }
}

void add_keyrings_in(const RootView& view, const std::string& directory, Observed& observed) {
  for (const std::string& name : view.names(directory)) {
    if (name.ends_with(".gpg") || name.ends_with(".asc")) {
      add_keyring(view, directory + "/" + name, observed);
    }
  }
}

void add_apt(const RootView& view, const std::string& path, Observed& observed) {
  if (auto file = file_at(view, path)) {
    std::vector<AptSource> sources = apt_sources(path, file->text);
    std::ranges::move(sources, std::back_inserter(observed.apt));
    observed.files.emplace(path, std::move(*file));
  }
}

void add_rpm(const RootView& view, const std::string& path, Observed& observed) {
  if (auto file = file_at(view, path)) {
    std::vector<RpmRepository> repositories = rpm_repositories(path, file->text);
    std::ranges::move(repositories, std::back_inserter(observed.rpm));
    observed.files.emplace(path, std::move(*file));
  }
}

void add_folder(const RootView& view, const std::string& address, Observed& observed) {
  const std::string folder = local_folder(address);
  if (!folder.empty() && is_nvidias(address) && view.is_directory(folder)) {
    observed.folders.insert(folder);
    add_keyrings_in(view, folder, observed);
  }
}

void add_sources(const RootView& view, Observed& observed) {
  add_apt(view, "/etc/apt/sources.list", observed);
  for (const std::string& name : view.names(apt_directory)) {
    if (name.ends_with(".list") || name.ends_with(".sources")) {
      add_apt(view, std::string(apt_directory) + "/" + name, observed);
    }
  }
  for (const std::string directory : {"/etc/yum.repos.d", "/etc/zypp/repos.d"}) {
    for (const std::string& name : view.names(directory)) {
      if (name.ends_with(".repo")) {
        add_rpm(view, directory + "/" + name, observed);
      }
    }
  }
}

void add_keys(const RootView& view, Observed& observed) {
  add_keyring(view, "/etc/apt/trusted.gpg", observed);
  for (const char* directory : {"/etc/apt/trusted.gpg.d", "/etc/apt/keyrings", "/usr/share/keyrings"}) {
    add_keyrings_in(view, directory, observed);
  }
  for (const AptSource& source : observed.apt) {
    for (const std::string& file : keyring_files(source.option("signed-by"))) {
      add_keyring(view, file, observed);
    }
    for (const std::string& uri : source.uris) {
      add_folder(view, uri, observed);
    }
  }
  for (const RpmRepository& repository : observed.rpm) {
    for (const std::string& address : repository.keys()) {
      add_keyring(view, key_file(address), observed);
    }
    for (const std::string& address : repository.addresses()) {
      add_folder(view, address, observed);
    }
  }
}

// rpm keeps each key as a package whose description is the key.
void add_rpm_keys(Processes& processes, Observed& observed) {
  const std::string& manager = observed.host.package_manager;
  if (manager == "apt" || manager == "none" || processes.find("rpm").empty()) {
    return;
  }
  static constexpr std::string_view end_of_key = "-----END PGP PUBLIC KEY BLOCK-----";
  std::vector<std::string> argv = {"rpm"};
  if (observed.root != "/") {
    argv.insert(argv.end(), {"--root", observed.root});
  }
  argv.insert(argv.end(), {"-q", "gpg-pubkey", "--qf", "%{NAME}-%{VERSION}-%{RELEASE}\\n%{DESCRIPTION}\\n"});
  const auto answer = processes.run({.argv = argv});
  if (!answer || answer->status != 0) {
    return;
  }
  const std::string& out = answer->out;
  for (std::size_t at = 0; at < out.size();) {
    const std::size_t line_end = std::min(out.find('\n', at), out.size());
    const std::size_t end = out.find(end_of_key, at);
    if (end == std::string::npos) {
      break;
    }
    const std::string package = out.substr(at, line_end - at);
    observed.rpm_keys.push_back({package, keyring_in(out.substr(line_end, end + end_of_key.size() - line_end))});
    at = std::min(out.find("gpg-pubkey-", end), out.size());
  }
}

void add_libraries(const RootView& view, const std::string& directory, std::vector<ObservedLibrary>& libraries) {
  for (const std::string& name : view.names(directory)) {
    if (matches_glob(name, "libcudnn*.so*")) {
      libraries.push_back({directory + "/" + name, view.resolved(directory + "/" + name).value_or("")});
    }
  }
}

}  // namespace

Observed observed(const std::string& root, const Recipes& recipes, Processes& processes) {
  const RootView view(root);
  Observed observed{.root = root, .host = probed_host(root)};
  const OsRelease& os = observed.host.os;
  const ChosenDistro chosen = choose_distro(recipes, os.id, os.id_like, os.version_id);
  observed.distro = chosen.fit == Fit::exact ? chosen.distro.name : "";
  for (const Distro& distro : recipes.distros) {
    observed.distros.insert(distro.name);
  }
  observed.retired.insert(std::string(retired_key));
  add_sources(view, observed);
  add_keys(view, observed);
  add_rpm_keys(processes, observed);
  std::set<std::string> seen;
  for (const CudaToolkit& toolkit : observed.host.toolkits) {
    if (const auto real = view.resolved(toolkit.prefix + "/lib64"); real && seen.insert(*real).second) {
      add_libraries(view, *real, observed.toolkit_libraries);
    }
  }
  const std::string triplet =
      (observed.host.machine == "ppc64le" ? "powerpc64le" : observed.host.machine) + "-linux-gnu";
  for (const std::string& directory : {"/usr/lib/" + triplet, std::string("/usr/lib64")}) {
    add_libraries(view, directory, observed.system_libraries);
  }
  return observed;
}

}  // namespace cudnn_install
