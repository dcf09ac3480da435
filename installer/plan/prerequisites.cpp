#include "base/text.h"
#include "plan/parts.h"

namespace cudnn_install {
namespace {

PrerequisiteLine driver_line(const Prerequisite& wanted, const Host& host) {
  PrerequisiteLine line{.name = wanted.name, .clause = wanted.clause};
  const std::string restart = std::string("run: ") + (host.root_user ? "" : "sudo ") + "reboot";
  const auto& [installed, loaded] = host.driver;
  if (loaded && (!installed || *installed == *loaded)) {
    line.standing = Standing::satisfied;
    line.detail = "driver " + loaded->text() + ", loaded";
  } else if (loaded) {
    line.standing = Standing::command;
    line.detail = "driver " + installed->text() + " is installed, but " + loaded->text() +
                  " is loaded until the machine restarts; " + restart;
  } else if (installed) {
    line.standing = Standing::command;
    line.detail = "driver " + installed->text() + " is installed, but not loaded; " + restart;
  } else {
    line.detail = "no NVIDIA driver here: needed to run programs, not to install";
  }
  return line;
}

PrerequisiteLine toolkit_line(const Prerequisite& wanted, const Situation& situation, const Wanted& archive) {
  PrerequisiteLine line{.name = wanted.name, .clause = wanted.clause};
  const PrefixFacts& prefix = situation.prefix;
  const std::string place = printable(prefix.requested);
  const auto variant = Version::parse(archive.cuda);
  if (prefix.cuda && variant && variant->major() == prefix.cuda->major()) {
    line.standing = Standing::satisfied;
    line.detail = "CUDA " + prefix.cuda->text() + " in " + place;
    return line;
  }
  line.detail = prefix.cuda
                    ? "CUDA " + prefix.cuda->text() + " in " + place + ", but the " +
                          (archive.location.empty() ? "packages are" : "archive is") + " for CUDA " + archive.cuda
                    : "no CUDA toolkit in " + place;
  for (const CudaToolkit& toolkit : situation.host.toolkits) {
    if (toolkit.version && variant && toolkit.version->major() == variant->major() &&
        toolkit.resolved != prefix.resolved) {
      line.detail += "; CUDA " + toolkit.version->text() + " is in " + printable(toolkit.prefix);
      break;
    }
  }
  return line;
}

// Empty where the family has no such command.
std::string install_command(PackageFamily family, const std::string& package) {
  switch (family) {
    case PackageFamily::apt:
      return "apt-get install " + package;
    case PackageFamily::dnf:
      return "dnf install " + package;
    case PackageFamily::yum:
      return "yum install " + package;
    case PackageFamily::zypper:
      return "zypper install " + package;
    case PackageFamily::tdnf:
      return "tdnf install " + package;
    case PackageFamily::none:
      break;
  }
  return {};
}

PrerequisiteLine library_line(const Prerequisite& wanted, const Distro& distro, const Host& host) {
  PrerequisiteLine line{.name = wanted.name, .clause = wanted.clause};
  if (host.zlib) {
    line.standing = Standing::satisfied;
    line.detail = "libz.so.1 is there";
    return line;
  }
  const auto package = distro.prerequisites.find(wanted.name);
  const std::string command =
      package == distro.prerequisites.end() ? "" : install_command(distro.family, package->second);
  if (command.empty()) {
    line.detail = "libz.so.1 is not there, and the recipe '" + distro.name + "' names no package for it";
    return line;
  }
  line.standing = Standing::command;
  line.detail = std::string("run: ") + (host.root_user ? "" : "sudo ") + command;
  return line;
}

}  // namespace

std::vector<PrerequisiteLine> checked(const std::vector<Prerequisite>& wanted, const Distro& distro,
                                      const Situation& situation, const Wanted& archive) {
  std::vector<PrerequisiteLine> lines;
  for (const Prerequisite& each : wanted) {
    if (each.name == "driver") {
      lines.push_back(driver_line(each, situation.host));
    } else if (each.name == "toolkit") {
      lines.push_back(toolkit_line(each, situation, archive));
    } else {
      lines.push_back(library_line(each, distro, situation.host));
    }
  }
  return lines;
}

}  // namespace cudnn_install
