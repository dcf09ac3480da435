// A local installer: a package that brings a repository below /var. What it is, its contents tell; without them its
// name tells as much as it can.
#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"
#include "packages/package_manager_words.h"
#include "plan/parts.h"

namespace cudnn_install {
namespace {

constexpr std::string_view stem = "cudnn-local-repo-";
constexpr std::string_view cuda_stem = "cuda-repo-";

// A package by its file's name: libcudnn8_8.9.6.50-1+cuda12.2_amd64.deb, libcudnn8-8.9.6.50-1.cuda12.2.x86_64.rpm.
struct NamedFile {
  std::string name{};
  std::string version{};
  std::string architecture{};
};

std::optional<NamedFile> read_deb(std::string_view file) {
  const auto first = file.find('_');
  const auto last = file.rfind('_');
  if (!file.ends_with(".deb") || first == std::string_view::npos || first == last) {
    return std::nullopt;
  }
  file.remove_suffix(4);
  return NamedFile{.name = std::string(file.substr(0, first)),
                   .version = std::string(file.substr(first + 1, last - first - 1)),
                   .architecture = std::string(file.substr(last + 1))};
}

std::optional<NamedFile> read_rpm(std::string_view file) {
  if (!file.ends_with(".rpm")) {
    return std::nullopt;
  }
  file.remove_suffix(4);
  const auto dot = file.rfind('.');
  const auto release = file.rfind('-', dot);
  const auto version = release == std::string_view::npos || release == 0 ? release : file.rfind('-', release - 1);
  if (dot == std::string_view::npos || version == std::string_view::npos || version == 0) {
    return std::nullopt;
  }
  return NamedFile{.name = std::string(file.substr(0, version)),
                   .version = std::string(file.substr(version + 1, dot - version - 1)),
                   .architecture = std::string(file.substr(dot + 1))};
}

std::optional<NamedFile> read_file(bool deb, const std::string& path) {
  const std::string file = file_name_of(path);
  return deb ? read_deb(file) : read_rpm(file);
}

// What stands in `text` where `pattern` has `name`: 12.2 for 1+cuda12.2 and 1+cuda${cuda}.
std::optional<std::string> filling(const std::string& text, const std::string& pattern, const std::string& name) {
  const auto at = pattern.find(name);
  if (at == std::string::npos) {
    return text == pattern ? std::optional(std::string()) : std::nullopt;
  }
  const std::string head = pattern.substr(0, at);
  const std::string tail = pattern.substr(at + name.size());
  if (!text.starts_with(head) || !text.ends_with(tail) || text.size() <= head.size() + tail.size()) {
    return std::nullopt;
  }
  return text.substr(head.size(), text.size() - head.size() - tail.size());
}

struct Runtime {
  const Product* product = nullptr;
  PackageChoice choice{};
  std::string architecture{};
};

// The file as a runtime package of cuDNN, if it is one.
std::optional<Runtime> runtime_in(const Recipes& recipes, bool deb, const NamedFile& file) {
  const auto dash = file.version.rfind('-');
  const auto version = Version::parse(file.version.substr(0, dash));
  if (dash == std::string::npos || !version || version->size() != 4) {
    return std::nullopt;
  }
  for (const Product& product : recipes.products) {
    const ForFormats& release = product.packages.release;
    const auto cuda = filling(file.version.substr(dash + 1), deb ? release.deb : release.rpm, "${cuda}");
    for (const PackageSet& set : product.packages.sets) {
      const auto major = filling(file.name, deb ? set.name.deb : set.name.rpm, "${major}");
      const std::string told = cuda && major ? *cuda + *major : "";
      if (set.kind == "runtime" && Version::parse(told)) {
        return Runtime{.product = &product,
                       .choice = {.product = product.name, .version = *version, .cuda = told},
                       .architecture = file.architecture};
      }
    }
  }
  return std::nullopt;
}

// ubuntu2204 and 8.9.6.50 in cudnn-local-repo-ubuntu2204-8.9.6.50.
struct InstallerName {
  std::string word{};
  Version version{};
};

Result<InstallerName> read_name(const std::string& package, const std::string& location) {
  const std::string what = "'" + printable(location) + "' is ";
  const auto dash = package.rfind('-');
  if (!package.starts_with(stem) || dash < stem.size()) {
    return failure(Fault::unsupported,
                   what + "no local installer of cuDNN: its package is '" + printable(package) + "'",
                   "take the file whose name begins with cudnn-local-repo-");
  }
  if (package.starts_with(std::string(stem) + "cross-")) {
    return failure(Fault::unsupported, what + "for cross-compiling, and this method installs cuDNN for this machine",
                   "take the file without 'cross' in its name");
  }
  const auto version = Version::parse(package.substr(dash + 1));
  if (!version) {
    return failure(Fault::unsupported,
                   what + "no local installer of cuDNN: its package is '" + printable(package) + "'");
  }
  return InstallerName{.word = package.substr(stem.size(), dash - stem.size()), .version = *version};
}

Result<void> distro_fits(const Distro& distro, const InstallerName& name, const std::string& location) {
  if (name.word == distro.name || name.word == distro.repository.word) {
    return {};
  }
  return failure(Fault::unsupported,
                 "'" + printable(location) + "' is for " + printable(name.word) + ", and this is " + distro.title +
                     " (" + distro.name + ")",
                 "take the one for " + distro.name + "; for another system's root say so with --distro");
}

// Its digest is nobody's promise but the caller's: its scripts run as root.
Result<void> trusted(const Request& request, const std::string& location) {
  if (request.sha256 || request.allow_unverified) {
    return {};
  }
  return failure(Fault::integrity,
                 "'" + printable(file_name_of(location)) + "' is not in the catalogue, so its digest is unknown",
                 "give the digest that its source names: --sha256 HEX; or take it as it is: --allow-unverified");
}

// The package that the installer is, as far as it is known.
PackageVersion installer_package(const Situation& situation, bool deb, const std::string& location) {
  if (situation.installer) {
    return situation.installer->package;
  }
  const auto named = read_file(deb, location);
  return named ? PackageVersion{named->name, named->version} : PackageVersion{};
}

std::string found_in(const Situation& situation, std::string_view folder, std::string_view ending) {
  const auto none = std::vector<std::string>();
  const std::vector<std::string>& files = situation.installer ? situation.installer->files : none;
  const auto found = std::find_if(files.begin(), files.end(), [&](const std::string& file) {
    return file.starts_with(folder) && file.ends_with(ending);
  });
  return found == files.end() ? std::string() : *found;
}

// What apt's lists, or a .repo file, call the source that the installer brings.
void add_brought(const Situation& situation, PackageSource& source) {
  const std::string list = found_in(situation, "/etc/apt/sources.list.d/", ".list");
  const std::string repo = file_name_of(found_in(situation, "/etc/", ".repo"));
  source.refresh = uses_dpkg(source.distro.manager)
                       ? (list.empty() ? "/etc/apt/sources.list.d/" + source.id + ".list" : list)
                       : (repo.empty() ? source.id : repo.substr(0, repo.rfind('.')));
  source.keyring = found_in(situation, "/var/" + source.installer.name + "/", "-keyring.gpg");
}

// The runtime that suits the CUDA asked for, else this machine's, else the newest.
Result<Runtime> chosen(const Request& request, const Situation& situation, const std::vector<Runtime>& runtimes,
                       const std::string& location) {
  const std::optional<Version> cuda = told_cuda(request, situation);
  const Runtime* best = nullptr;
  for (const Runtime& each : runtimes) {
    const auto own = Version::parse(each.choice.cuda).value_or(Version{});
    if (cuda && own.major() == cuda->major()) {
      return each;
    }
    if (best == nullptr || Version::parse(best->choice.cuda).value_or(Version{}) < own) {
      best = &each;
    }
  }
  if (best == nullptr) {
    return failure(Fault::archive,
                   "'" + printable(location) + "' brings no runtime package of cuDNN that a recipe knows");
  }
  if (!cuda) {
    return *best;
  }
  return failure(request.cuda ? Fault::usage : Fault::unsupported,
                 "'" + printable(location) + "' is for CUDA " + best->choice.cuda + ", and " +
                     (request.cuda ? "--cuda asks for " : "the toolkit here is CUDA ") + cuda->text(),
                 "take the installer for CUDA " + std::to_string(cuda->major()) +
                     (request.cuda ? "" : ", or insist with --cuda " + best->choice.cuda));
}

}  // namespace

Result<PackageSource> local_source(const Request& request, const Situation& situation, const Distro& distro,
                                   const Method& method) {
  const bool deb = uses_dpkg(distro.manager);
  const auto platform = wanted_platform(request, situation.host);
  if (!platform) {
    return tl::unexpected(platform.error());
  }
  if (request.archives.size() != 1) {
    const std::string arch = package_architecture(*platform, deb);
    return failure(Fault::usage, "the method " + method.name + " needs the local installer in hand",
                   "fetch it from NVIDIA, then name it: --archive cudnn-local-repo-" + distro.name +
                       (deb ? "-8.9.6.50_1.0-1_" + arch + ".deb" : "-8.9.6.50-1.0-1." + arch + ".rpm"));
  }
  const std::string& location = request.archives.front();
  if (auto good = trusted(request, location); !good) {
    return tl::unexpected(good.error());
  }
  const PackageVersion package = installer_package(situation, deb, location);
  const auto name = read_name(package.name, location);
  if (!name) {
    return tl::unexpected(name.error());
  }
  if (auto fits = distro_fits(distro, *name, location); !fits) {
    return tl::unexpected(fits.error());
  }
  const std::string id = "cudnn-local-" + package.name.substr(stem.size());
  PackageSource source{.distro = distro, .method = method, .platform = *platform, .url = location, .id = id};
  source.installer = package;
  add_brought(situation, source);
  if (deb && situation.installer && source.keyring.empty()) {
    return failure(Fault::unsupported,
                   "'" + printable(location) + "' brings no keyring, so apt cannot check its packages",
                   "take cuDNN 8.5 or newer: their installers bring one");
  }
  return source;
}

Result<PackageChoice> packages_of_installer(const Request& request, const Situation& situation,
                                            const PackageSource& source) {
  const bool deb = uses_dpkg(source.distro.manager);
  const auto name = read_name(source.installer.name, source.url);
  if (!name) {
    return tl::unexpected(name.error());
  }
  if (request.cudnn && !name->version.starts_with(*request.cudnn) && !request.cudnn->starts_with(name->version)) {
    return failure(Fault::usage, "'" + printable(source.url) + "' is cuDNN " + name->version.text() +
                                     ", but --cudnn asks for " + request.cudnn->text());
  }
  if (!situation.installer) {
    return packages_from_catalogue(request, situation, source, name->version);
  }
  std::vector<Runtime> runtimes;
  for (const std::string& file : situation.installer->files) {
    const auto named = read_file(deb, file);
    const auto runtime = named ? runtime_in(situation.recipes, deb, *named) : std::nullopt;
    if (runtime) {
      runtimes.push_back(*runtime);
    }
  }
  auto runtime = chosen(request, situation, runtimes, source.url);
  if (!runtime) {
    return tl::unexpected(runtime.error());
  }
  if (runtime->architecture != package_architecture(source.platform, deb)) {
    return failure(Fault::unsupported,
                   "'" + printable(source.url) + "' is for " + printable(runtime->architecture) + ", this machine is " +
                       shown_platform(source.platform),
                   "take the one for this machine");
  }
  return std::move(runtime->choice);
}

Result<void> all_in_installer(const Situation& situation, const PackageSource& source, const PackageChoice& choice) {
  if (!situation.installer) {
    return {};
  }
  const bool deb = uses_dpkg(source.distro.manager);
  for (const PackageVersion& wanted : choice.packages) {
    const bool there =
        std::any_of(situation.installer->files.begin(), situation.installer->files.end(), [&](const std::string& file) {
          const auto named = read_file(deb, file);
          return named && named->name == wanted.name && named->version == wanted.version;
        });
    if (!there) {
      return failure(Fault::unsupported,
                     "'" + printable(source.url) + "' does not bring " + wanted.name + " " + wanted.version,
                     "say what is to be installed of it: --components runtime");
    }
  }
  return {};
}

Result<PackageSource> cuda_repository(const Request& request, const Situation& situation, const Distro& distro,
                                      const Method& method) {
  const auto platform = wanted_platform(request, situation.host);
  if (!platform) {
    return tl::unexpected(platform.error());
  }
  const std::string& location = request.archives.front();
  const PackageVersion package = installer_package(situation, uses_dpkg(distro.manager), location);
  const std::string word = package.name.substr(cuda_stem.size());  // debian12-13-0-local
  if (!word.starts_with(distro.name + "-") && !word.starts_with(distro.repository.word + "-")) {
    return failure(Fault::unsupported,
                   "'" + printable(location) + "' is the package " + printable(package.name) + ", and this is " +
                       distro.title + " (" + distro.name + ")",
                   "take the one for " + distro.name + "; for another system's root say so with --distro");
  }
  PackageSource source{
      .distro = distro, .method = method, .platform = *platform, .url = location, .id = "cuda-" + word};
  source.installer = package;
  add_brought(situation, source);
  if (uses_dpkg(distro.manager) && source.keyring.empty()) {
    return failure(Fault::unsupported,
                   "'" + printable(location) + "' brings no keyring, so apt cannot check its packages",
                   "take the installer of a newer CUDA");
  }
  return source;
}

std::vector<PackageVersion> packages_brought(const Situation& situation, bool deb) {
  std::vector<PackageVersion> found;
  for (const std::string& file : situation.installer ? situation.installer->files : std::vector<std::string>()) {
    if (const auto named = read_file(deb, file)) {
      found.push_back({named->name, named->version});
    }
  }
  return found;
}

}  // namespace cudnn_install
