#include "cli/request.h"

#include <algorithm>
#include <charconv>
#include <filesystem>
#include <system_error>

#include "base/text.h"
#include "cli/arguments.h"

namespace cudnn_install {

namespace {

Result<void> checked_method(const std::string& method) {
  static const std::vector<std::string> here = offered_values("METHOD");
  static const std::vector<std::string> later = {"windows-zip", "wheel"};
  if (std::find(here.begin(), here.end(), method) != here.end()) {
    return {};
  }
  if (std::find(later.begin(), later.end(), method) != later.end()) {
    return failure(Fault::unsupported, "method '" + method + "' is not part of this build yet",
                   "the tar method fits every Linux: --method tar");
  }
  std::vector<std::string> known = here;
  known.insert(known.end(), later.begin(), later.end());
  const std::string near = nearest(method, known);
  return failure(Fault::usage, "unknown method '" + method + "'",
                 near.empty() ? "this build has: tar, deb-local, rpm-local, apt-network, rpm-network"
                              : "did you mean '" + near + "'?");
}

// One of `known`, or an error that names the option and the nearest.
Result<void> checked_word(const std::string& option, const std::string& word, const std::vector<std::string>& known) {
  if (std::find(known.begin(), known.end(), word) != known.end()) {
    return {};
  }
  const std::string near = nearest(word, known);
  return failure(Fault::usage, option + " does not know '" + word + "'",
                 near.empty() ? "it knows: " + joined(known, ", ") : "did you mean '" + near + "'?");
}

Result<void> checked_arch(const std::string& arch) {
  if (arch == "amd64" || arch == "x64") {
    return failure(Fault::usage, "--arch does not know '" + arch + "'", "NVIDIA calls it x86_64");
  }
  if (arch == "arm64" || arch == "aarch64") {
    return failure(Fault::usage, "--arch does not know '" + arch + "'",
                   "servers are sbsa, Jetson modules aarch64-jetson");
  }
  return checked_word("--arch", arch, offered_values("ARCH"));
}

Result<std::vector<std::string>> checked_components(const std::string& list) {
  std::vector<std::string> components;
  std::size_t start = 0;
  while (!list.empty() && start <= list.size()) {
    const std::size_t end = std::min(list.find(',', start), list.size());
    const std::string word = list.substr(start, end - start);
    if (auto good = checked_word("--components", word, offered_values("LIST")); !good) {
      return tl::unexpected(good.error());
    }
    if (std::find(components.begin(), components.end(), word) == components.end()) {
      components.push_back(word);
    }
    start = end + 1;
  }
  return components;
}

Result<std::optional<Version>> checked_version(const std::string& option, const std::string& text) {
  if (text.empty()) {
    return std::optional<Version>{};
  }
  auto version = Version::parse(text);
  if (!version) {
    return tl::unexpected(during(std::move(version.error()), "read " + option));
  }
  return std::optional<Version>(std::move(*version));
}

Result<void> add_versions(const ChoiceOptions& choice, Request& request) {
  request.latest = choice.cudnn == "latest";
  auto cudnn = checked_version("--cudnn", request.latest ? "" : choice.cudnn);
  if (!cudnn) {
    return tl::unexpected(cudnn.error());
  }
  if (*cudnn && (*cudnn)->size() < 2) {
    return failure(Fault::usage, "--cudnn '" + choice.cudnn + "' has one part, expected 2, 3 or 4",
                   "for example: --cudnn 8.9, --cudnn 8.9.6.50 or --cudnn latest");
  }
  auto cuda = checked_version("--cuda", choice.cuda);
  if (!cuda) {
    return tl::unexpected(cuda.error());
  }
  request.cudnn = *cudnn;
  request.cuda = *cuda;
  return {};
}

Result<void> add_archive(const ChoiceOptions& choice, Request& request) {
  if (choice.archives.size() > 1) {
    return failure(Fault::usage, "the " + choice.method + " method takes one archive, found " +
                                     std::to_string(choice.archives.size()) + ": '" + choice.archives[0] + "' and '" +
                                     choice.archives[1] + "'");
  }
  for (const std::string& archive : choice.archives) {
    if (archive.empty()) {
      return failure(Fault::usage, "--archive is empty");
    }
    static const std::string scheme = "file://";
    request.archives.push_back(archive.rfind(scheme, 0) == 0 ? archive.substr(scheme.size()) : archive);
  }
  request.allow_unverified = choice.allow_unverified;
  if (choice.sha256.empty()) {
    return {};
  }
  auto digest = Sha256::parse(choice.sha256);
  if (!digest) {
    return tl::unexpected(during(std::move(digest.error()), "read --sha256"));
  }
  request.sha256 = *digest;
  return {};
}

std::string without_end_slash(std::string path) {
  while (path.size() > 1 && path.back() == '/') {
    path.pop_back();
  }
  return path;
}

Result<std::string> absolute(const std::string& path) {
  std::error_code trouble;
  const std::filesystem::path whole = std::filesystem::absolute(path, trouble);
  if (trouble) {
    return tl::unexpected(system_error(trouble.value(), "cannot make '" + path + "' absolute"));
  }
  return without_end_slash(whole.lexically_normal().string());
}

// A key is a file here or a URL that is as good as a repository's own.
Result<void> add_repository(const ChoiceOptions& choice, Request& request) {
  const bool network = choice.method.ends_with("-network");
  for (const auto& [option, value] :
       {std::pair("--repository", &choice.repository), std::pair("--repository-key", &choice.repository_key)}) {
    if (!value->empty() && !network) {
      return failure(Fault::usage, std::string(option) + " is for the methods apt-network and rpm-network");
    }
  }
  if (!choice.repository.empty()) {
    if (auto good = fetchable("--repository", choice.repository); !good) {
      return good;
    }
  }
  if (is_url(choice.repository_key)) {
    if (auto good = fetchable("--repository-key", choice.repository_key); !good) {
      return good;
    }
  } else if (!choice.repository_key.empty()) {
    std::error_code trouble;
    if (!std::filesystem::is_regular_file(choice.repository_key, trouble)) {
      return failure(Fault::usage, "--repository-key '" + choice.repository_key + "' is no file",
                     "name the keyring or public key that the mirror is signed with");
    }
  }
  request.repository = choice.repository;
  request.key = choice.repository_key;
  if (!request.key.empty() && !is_url(request.key)) {
    auto path = absolute(request.key);
    if (!path) {
      return tl::unexpected(path.error());
    }
    request.key = std::move(*path);
  }
  request.pin = !choice.no_pin;
  return {};
}

}  // namespace

Result<Request> request_from(const ChoiceOptions& choice, const PlaceOptions& place) {
  Request request;
  request.method = choice.method;
  if (auto good = checked_method(choice.method); !good) {
    return tl::unexpected(good.error());
  }
  if (auto good = choice.arch.empty() ? Result<void>{} : checked_arch(choice.arch); !good) {
    return tl::unexpected(good.error());
  }
  if (auto good = add_versions(choice, request); !good) {
    return tl::unexpected(good.error());
  }
  if (auto good = add_archive(choice, request); !good) {
    return tl::unexpected(good.error());
  }
  if (auto good = add_repository(choice, request); !good) {
    return tl::unexpected(good.error());
  }
  auto components = checked_components(choice.components);
  if (!components) {
    return tl::unexpected(components.error());
  }
  request.components = *components;
  auto root = checked_root(place.root);
  if (!root) {
    return tl::unexpected(root.error());
  }
  request.root = *root;
  request.arch = choice.arch.empty() ? std::nullopt : std::optional(choice.arch);
  request.distro = choice.distro.empty() ? std::nullopt : std::optional(choice.distro);
  request.prefix_given = !place.prefix.empty();
  return request;
}

Result<std::string> checked_root(const std::string& root) {
  auto path = root.empty() ? Result<std::string>(failure(Fault::usage, "--root is empty")) : absolute(root);
  std::error_code trouble;
  if (path && !std::filesystem::is_directory(*path, trouble)) {
    return failure(Fault::usage, "--root '" + *path + "' is not a directory");
  }
  return path;
}

Result<std::string> checked_prefix(const std::string& prefix, const std::string& root) {
  if (prefix.empty()) {
    return failure(Fault::usage, "--prefix is empty");
  }
  if (prefix.front() != '/' && root != "/") {
    return failure(Fault::usage, "--prefix '" + prefix + "' is not absolute, as it must be with --root",
                   "name it as it is called inside '" + root + "'");
  }
  auto path = absolute(prefix);
  if (path && *path == "/") {
    return failure(Fault::usage, "--prefix '/' is the root directory",
                   "name the CUDA directory, for example " + std::string(usual_toolkit));
  }
  return path;
}

Result<ChosenPrefix> chosen_prefix(const PlaceOptions& place, const Host& host) {
  if (!place.prefix.empty()) {
    auto path = checked_prefix(place.prefix, place.root);
    return path ? Result<ChosenPrefix>(ChosenPrefix{.path = *path, .warning = {}}) : tl::unexpected(path.error());
  }
  if (!host.toolkits.empty()) {
    return ChosenPrefix{.path = host.toolkits.front().prefix, .warning = {}};
  }
  return ChosenPrefix{.path = usual_toolkit,
                      .warning = std::string("no CUDA toolkit found; the prefix is ") + usual_toolkit};
}

Result<std::string> state_directory(const std::string& root, const Context& context) {
  if (const std::string given = context.variable("CUDNN_INSTALL_STATE"); !given.empty()) {
    return given.front() == '/' ? Result<std::string>(without_end_slash(given))
                                : failure(Fault::usage, "CUDNN_INSTALL_STATE '" + given + "' is not an absolute path");
  }
  if (context.caller.root) {
    return (root == "/" ? "" : root) + "/var/lib/cudnn-install";
  }
  if (const std::string xdg = context.variable("XDG_STATE_HOME"); !xdg.empty() && xdg.front() == '/') {
    return without_end_slash(xdg) + "/cudnn-install";
  }
  if (const std::string home = context.variable("HOME"); !home.empty() && home.front() == '/') {
    return without_end_slash(home) + "/.local/state/cudnn-install";
  }
  return failure(Fault::usage, "no place for the state: HOME is not set",
                 "set HOME, XDG_STATE_HOME or CUDNN_INSTALL_STATE to an absolute path");
}

std::string package_state(const std::string& root, const Context& context) {
  const std::string given = context.variable("CUDNN_INSTALL_STATE");
  return given.starts_with('/') ? without_end_slash(given) : (root == "/" ? "" : root) + "/var/lib/cudnn-install";
}

Result<std::chrono::seconds> checked_lock_timeout(const std::string& text) {
  unsigned seconds = 0;
  const char* end = text.data() + text.size();
  const auto read = std::from_chars(text.data(), end, seconds);
  if (read.ec != std::errc{} || read.ptr != end || seconds > 86400) {
    return failure(Fault::usage, "--lock-timeout '" + text + "' is not a number of seconds from 0 to 86400");
  }
  return std::chrono::seconds(seconds);
}

}  // namespace cudnn_install
