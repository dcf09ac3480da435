// Where the packages of a network method come from.
#include <algorithm>
#include <charconv>
#include <optional>
#include <utility>

#include "base/text.h"
#include "packages/package_manager_words.h"
#include "plan/parts.h"

namespace cudnn_install {
namespace {

constexpr std::string_view url_characters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/%+[]";

// The host's name in http://host:port/path; nothing for a URL with a user in it.
std::string host_of(const std::string& url) {
  const std::size_t start = url.find("://") + 3;
  const std::string authority = url.substr(start, std::min(url.find('/', start), url.size()) - start);
  if (authority.starts_with('[')) {
    return authority.substr(0, authority.find(']') + 1);
  }
  return authority.substr(0, authority.find(':'));
}

// 127.0.0.1 and its neighbours, not 127.example.org.
bool is_loopback(const std::string& host) {
  if (host == "localhost" || host == "[::1]") {
    return true;
  }
  const auto address = Version::parse(host);
  return address && address->size() == 4 && address->major() == 127;
}

// What --arch calls a platform.
std::string arch_word(const std::string& platform) {
  return platform.starts_with("linux-") ? platform.substr(6) : platform;
}

// Every pair that the method has: the guide's own first.
std::string pairs_of(const Recipes& recipes, const std::string& method) {
  std::vector<std::string> pairs;
  for (const bool in_guide : {true, false}) {
    for (const Distro& distro : recipes.distros) {
      if (distro.in_guide != in_guide ||
          std::find(distro.methods.begin(), distro.methods.end(), method) == distro.methods.end()) {
        continue;
      }
      for (const auto& [arch, word] : distro.arch) {
        pairs.push_back(distro.repository.word + "/" + word);
      }
    }
  }
  return joined(pairs, ", ");
}

}  // namespace

bool is_package_method(std::string_view method) {
  return method == "deb-local" || method == "rpm-local" || method == "apt-network" || method == "rpm-network";
}

Result<void> fetchable(const std::string& option, const std::string& url) {
  if (url.find_first_not_of(url_characters) != std::string::npos) {
    return failure(Fault::usage, option + " '" + printable(url) + "' holds what no repository's address does",
                   "letters, digits and -._~:/%+ alone; no user, no query");
  }
  const bool tls = url.starts_with("https://");
  if ((!tls && !url.starts_with("http://")) || host_of(url).empty()) {
    return failure(Fault::usage, option + " '" + printable(url) + "' is no https URL");
  }
  if (!tls && !is_loopback(host_of(url))) {
    return failure(Fault::usage, option + " '" + printable(url) + "' is http to another machine",
                   "take https; http is for this machine alone: http://127.0.0.1:8000");
  }
  return {};
}

Result<PackageSource> network_source(const Request& request, const Situation& situation, const Distro& distro,
                                     const Method& method) {
  const auto platform = wanted_platform(request, situation.host);
  if (!platform) {
    return tl::unexpected(platform.error());
  }
  PackageSource source{.distro = distro, .method = method, .platform = *platform, .own = request.repository.empty()};
  const auto arch = distro.arch.find(arch_word(*platform));
  if (arch == distro.arch.end()) {
    return failure(
        Fault::unsupported,
        "there is no network repository with cuDNN for " + distro.repository.word + "/" + arch_word(*platform),
        "there is one for " + pairs_of(situation.recipes, method.name) +
            "; the tar method fits all: " + "--method tar");
  }
  std::string tree = source.own ? method.tree : request.repository;
  if (auto good = fetchable("--repository", tree); !good) {
    return tl::unexpected(good.error());
  }
  tree = tree.substr(0, tree.find_last_not_of('/') + 1);
  source.word = arch->second;
  source.url = tree + "/" + distro.repository.word + "/" + source.word;
  source.id = "cuda-" + distro.repository.word + "-" + source.word;
  source.refresh = uses_dpkg(distro.manager) ? "/etc/apt/sources.list.d/" + source.id + ".list" : source.id;
  return source;
}

}  // namespace cudnn_install
