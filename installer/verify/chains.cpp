#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <optional>

#include "system/elf.h"
#include "system/files.h"
#include "verify/verify.h"

namespace cudnn_install {

namespace {

constexpr int longest_chain = 8;

std::string in_directory(const TargetPath& path, const std::string& name) {
  return path.directory().empty() ? name : path.directory() + '/' + name;
}

// The link's text, or nothing if there is no link.
std::optional<std::string> link_text(const std::string& path) {
  std::array<char, 4097> target{};
  const ssize_t length = ::readlink(path.c_str(), target.data(), target.size() - 1);
  return length < 0 ? std::nullopt : std::optional<std::string>(target.data());
}

std::optional<std::string> broken_link(const TargetPath& path, const std::string& prefix) {
  std::string name = path.name();
  for (int i = 0; i < longest_chain; ++i) {
    const auto target = link_text(prefix + '/' + in_directory(path, name));
    if (!target) {
      struct stat found {};
      const bool there = ::lstat((prefix + '/' + in_directory(path, name)).c_str(), &found) == 0;
      return there || i == 0 ? std::nullopt : std::optional("leads to '" + name + "', which is not there");
    }
    if (target->empty() || target->find('/') != std::string::npos) {
      return "leads out of its directory, to '" + *target + "'";
    }
    name = *target;
  }
  return "leads in a circle";
}

bool same_file(const std::string& left, const std::string& right) {
  struct stat one {};
  struct stat other {};
  return ::stat(left.c_str(), &one) == 0 && ::stat(right.c_str(), &other) == 0 && one.st_dev == other.st_dev &&
         one.st_ino == other.st_ino;
}

std::optional<Finding> library_finding(const TargetPath& path, const std::string& prefix, std::uint16_t machine) {
  const auto finding = [&](Damage damage, std::string detail) {
    return Finding{.damage = damage, .path = path.text(), .detail = std::move(detail)};
  };
  const std::string absolute = prefix + '/' + path.text();
  const Descriptor file(::open(absolute.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  struct stat status {};
  if (!file.open() || ::fstat(file.number(), &status) != 0) {
    return errno == ENOENT ? std::nullopt : std::optional(finding(Damage::unreadable, std::strerror(errno)));
  }
  const auto facts = elf_facts(reading(file.number()), static_cast<std::uint64_t>(status.st_size));
  if (!facts) {
    return finding(Damage::wrong_elf, facts.error().what);
  }
  ElfFacts wanted{.machine = machine, .bits = 64};
  if (machine_name(*facts) != machine_name(wanted)) {
    return finding(Damage::wrong_elf, "is for " + machine_name(*facts) + ", expected " + machine_name(wanted));
  }
  const std::string& soname = facts->soname;
  if (soname.empty() || soname.find('/') != std::string::npos) {
    return finding(Damage::wrong_elf, "calls itself '" + soname + "', expected a file name as its SONAME");
  }
  if (!same_file(prefix + '/' + in_directory(path, soname), absolute)) {
    return finding(Damage::broken_chain,
                   "is opened as '" + soname + "', but that name is not there or leads to another file");
  }
  return std::nullopt;
}

}  // namespace

std::vector<Finding> broken_chains(const Installation& installation, const std::string& prefix) {
  std::vector<Finding> findings;
  const std::uint16_t machine = machine_of(installation.platform);
  const std::vector<std::string>& parts = installation.components;
  if (!parts.empty() && std::find(parts.begin(), parts.end(), "runtime") == parts.end()) {
    return findings;  // links of dev alone lead to a runtime that comes by another way
  }
  for (const InstalledPath& installed : installation.paths) {
    if (installed.entry.kind == EntryKind::link) {
      if (auto detail = broken_link(installed.path, prefix)) {
        findings.push_back({.damage = Damage::broken_chain, .path = installed.path.text(), .detail = *detail});
      }
    } else if (machine != 0 && installed.path.name().find(".so") != std::string::npos) {
      if (auto finding = library_finding(installed.path, prefix, machine)) {
        findings.push_back(*finding);
      }
    }
  }
  return findings;
}

}  // namespace cudnn_install
