#include "doctor/nvidia.h"

#include <algorithm>
#include <array>

#include "packages/text_lines.h"

namespace cudnn_install {

namespace {

constexpr std::array<std::string_view, 3> local_repositories = {"/var/cudnn-local-repo-", "/var/cuda-repo-",
                                                                "/var/nvidia-driver-local-repo-"};
constexpr std::array<std::string_view, 3> trees = {"/cuda/repos/", "/machine-learning/repos/", "/nvidia-ml/repos/"};
// Newer ones have keys of their own.
constexpr std::array<std::string_view, 7> with_deb_key = {"ubuntu1804", "ubuntu2004", "ubuntu2204", "ubuntu2404",
                                                          "debian10",   "debian11",   "debian12"};
constexpr std::array<std::string_view, 6> with_rpm_key = {"rhel7", "rhel8", "rhel9", "sles15", "amzn2023", "kylin10"};

std::string host_of(std::string_view address) {
  const std::size_t start = address.find("://");
  if (start == std::string_view::npos) {
    return {};
  }
  std::string_view host = address.substr(start + 3);
  host = host.substr(0, host.find('/'));
  host = host.substr(host.rfind('@') == std::string_view::npos ? 0 : host.rfind('@') + 1);
  return lower_case(host.substr(0, host.find(':')));
}

template <std::size_t Size>
bool holds(const std::array<std::string_view, Size>& words, std::string_view word) {
  return std::ranges::find(words, word) != words.end();
}

}  // namespace

std::string local_folder(std::string_view address) {
  for (const std::string_view scheme : {"file:", "copy:"}) {
    if (lower_case(address.substr(0, 5)) == scheme) {
      const std::size_t start = address.find_first_not_of('/', 5);
      if (start == std::string_view::npos || start == 5) {
        return {};
      }
      std::string folder = "/" + std::string(address.substr(start));
      while (folder.size() > 1 && folder.ends_with('/')) {
        folder.pop_back();
      }
      return folder;
    }
  }
  return {};
}

bool is_nvidias(std::string_view address) {
  const std::string host = host_of(address);
  if (host == "nvidia.com" || host.ends_with(".nvidia.com") || host.ends_with(".nvidia.cn")) {
    return true;
  }
  const std::string folder = local_folder(address);
  return std::ranges::any_of(local_repositories, [&](std::string_view start) { return folder.starts_with(start); }) ||
         std::ranges::any_of(trees,
                             [&](std::string_view part) { return address.find(part) != std::string_view::npos; });
}

std::string plain_address(std::string_view address) {
  if (const std::string folder = local_folder(address); !folder.empty()) {
    return "file:" + folder;
  }
  while (address.ends_with('/')) {
    address.remove_suffix(1);
  }
  return std::string(address);
}

std::string distro_in(std::string_view address) {
  const std::string folder = local_folder(address);
  for (const std::string_view start :
       {"/var/cudnn-local-repo-cross-sbsa-", "/var/cudnn-local-repo-", "/var/cuda-repo-"}) {
    if (folder.starts_with(start)) {
      return folder.substr(start.size(), folder.find('-', start.size()) - start.size());
    }
  }
  const std::size_t at = address.find("/repos/");
  if (at == std::string_view::npos) {
    return {};
  }
  const std::string_view rest = address.substr(at + 7);
  return std::string(rest.substr(0, rest.find('/')));
}

bool share_a_key(std::string_view one, std::string_view other) {
  return (holds(with_deb_key, one) && holds(with_deb_key, other)) ||
         (holds(with_rpm_key, one) && holds(with_rpm_key, other));
}

}  // namespace cudnn_install
