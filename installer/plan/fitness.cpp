#include <algorithm>

#include "base/text.h"
#include "plan/parts.h"

namespace cudnn_install {
namespace {

Result<void> platform_fits(const Request& request, const Host& host, const Wanted& wanted) {
  if (request.arch || wanted.platform == host.platform) {
    return {};  // --arch agrees with the archive: that was asked before
  }
  const std::string here = host.platform.empty() ? "'" + printable(host.machine) + "'" : shown_platform(host.platform);
  return failure(Fault::unsupported,
                 "the archive is for " + shown_platform(wanted.platform) + ", this machine is " + here,
                 "take the archive for this machine; for another machine's tree say so with --arch");
}

Result<void> cuda_fits(const Request& request, const PrefixFacts& prefix, const Wanted& wanted,
                       std::vector<std::string>& notes) {
  const std::string place = "'" + printable(prefix.requested) + "'";
  if (!prefix.cuda) {
    notes.push_back("there is no CUDA toolkit at " + place + "; programs will have to find CUDA " + wanted.cuda +
                    " elsewhere");
    return {};
  }
  const auto variant = Version::parse(wanted.cuda);
  if (variant && variant->major() == prefix.cuda->major()) {
    return {};
  }
  const std::string both =
      "the archive is for CUDA " + wanted.cuda + ", and the toolkit at " + place + " is CUDA " + prefix.cuda->text();
  if (request.cuda) {
    notes.push_back(both + "; --cuda says that this is wanted");
    return {};
  }
  return failure(Fault::unsupported, both,
                 "take the archive for CUDA " + std::to_string(prefix.cuda->major()) +
                     ", choose the toolkit with --prefix, or insist with --cuda " + wanted.cuda);
}

Result<void> file_system_fits(const PrefixFacts& prefix, std::vector<std::string>& notes) {
  const std::string place = "'" + printable(prefix.requested) + "'";
  if (prefix.read_only) {
    return failure(Fault::permission, place + " is on a read-only file system",
                   "mount it for writing, or choose another place: --prefix DIR");
  }
  if (prefix.no_exec) {
    notes.push_back(place + " is on a file system that is mounted noexec: the loader will refuse the libraries there");
  }
  return {};
}

}  // namespace

std::string shown_platform(const std::string& platform) {
  if (platform == "linux-sbsa") {
    return "an aarch64 server (sbsa)";
  }
  if (platform == "linux-aarch64") {
    return "a Jetson (aarch64)";
  }
  return platform.starts_with("linux-") ? platform.substr(6) : platform;
}

Result<void> libc_fits(const Host& host) {
  if (host.libc.kind == LibcKind::musl) {
    return failure(Fault::unsupported, "this system's C library is musl, and cuDNN needs glibc",
                   "install into a system or a container with glibc: --root DIR names another system's root");
  }
  return {};
}

std::optional<Version> glibc_there(const Request& request, const Distro& distro, const Host& host,
                                   const std::string& platform) {
  if (request.distro) {
    return distro.glibc;
  }
  return platform == host.platform ? host.libc.version : std::nullopt;
}

Result<void> fits_here(const Request& request, const Situation& situation, const Wanted& wanted,
                       std::vector<std::string>& notes) {
  if (auto fits = libc_fits(situation.host); !fits) {
    return fits;
  }
  if (auto fits = platform_fits(request, situation.host, wanted); !fits) {
    return fits;
  }
  if (auto fits = cuda_fits(request, situation.prefix, wanted, notes); !fits) {
    return fits;
  }
  return file_system_fits(situation.prefix, notes);
}

Result<void> driver_files_fit(const Request& request, const Situation& situation, const Wanted& wanted,
                              std::vector<std::string>& notes) {
  return libc_fits(situation.host)
      .and_then([&] { return platform_fits(request, situation.host, wanted); })
      .and_then([&] { return file_system_fits(situation.prefix, notes); });
}

}  // namespace cudnn_install
