#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <optional>
#include <vector>

#include "base/text.h"
#include "system/files.h"
#include "verify/verify.h"

namespace cudnn_install {

namespace {

constexpr std::size_t block_size = 1U << 20U;

std::string octal(std::uint32_t mode) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04o", mode);
  return text.data();
}

std::int64_t nanoseconds(const timespec& time) {
  return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

std::string kind_name(mode_t mode) {
  if (S_ISREG(mode)) {
    return "a file";
  }
  if (S_ISLNK(mode)) {
    return "a link";
  }
  return S_ISDIR(mode) ? "a directory" : "a special file";
}

// One recorded entry and the place where it is to be found.
struct Expected {
  const Entry& entry;
  std::string shown{};     // relative to the prefix
  std::string absolute{};  // what is opened
  std::string note{};      // for a kept file: what it is kept for
};

Finding finding(const Expected& expected, Damage damage, std::string detail) {
  return {.damage = damage, .path = expected.shown, .detail = std::move(detail) + expected.note};
}

std::optional<Finding> link_damage(const Expected& expected) {
  std::array<char, 4097> target{};
  const ssize_t length = ::readlink(expected.absolute.c_str(), target.data(), target.size() - 1);
  if (length < 0) {
    return finding(expected, Damage::unreadable, std::strerror(errno));
  }
  if (expected.entry.target == target.data()) {
    return std::nullopt;
  }
  return finding(expected, Damage::wrong_link,
                 "points to '" + std::string(target.data()) + "', expected '" + expected.entry.target + "'");
}

std::optional<Finding> digest_damage(const Expected& expected) {
  // O_NONBLOCK: a pipe that has taken the file's place must not hold us up.
  const Descriptor file(::open(expected.absolute.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.open()) {
    return finding(expected, Damage::unreadable, std::strerror(errno));
  }
  ::posix_fadvise(file.number(), 0, 0, POSIX_FADV_SEQUENTIAL);
  Sha256Stream stream;
  std::vector<std::byte> block(block_size);
  for (ssize_t count = 1; count != 0;) {
    count = ::read(file.number(), block.data(), block.size());
    if (count < 0 && errno != EINTR) {
      return finding(expected, Damage::unreadable, std::strerror(errno));
    }
    stream.update(std::span(block).first(static_cast<std::size_t>(std::max<ssize_t>(count, 0))));
  }
  const Sha256 found = stream.finish();
  if (found == expected.entry.sha256) {
    return std::nullopt;
  }
  return finding(expected, Damage::changed, "sha256 " + found.hex() + ", expected " + expected.entry.sha256.hex());
}

// As long as time and inode are as recorded, nobody wrote to the file or put another in its place. In a copied tree or
// another layer of an image neither is, and only the bytes can tell.
bool looks_untouched(const Expected& expected, const struct stat& found) {
  return nanoseconds(found.st_mtim) == expected.entry.mtime &&
         (expected.entry.inode == 0 || expected.entry.inode == found.st_ino);
}

std::optional<Finding> content_damage(const Expected& expected, const struct stat& found, Depth depth) {
  const auto size = static_cast<std::uint64_t>(found.st_size);
  if (size != expected.entry.size) {
    return finding(expected, Damage::changed,
                   std::to_string(size) + " bytes, expected " + std::to_string(expected.entry.size));
  }
  return depth == Depth::digest || !looks_untouched(expected, found) ? digest_damage(expected) : std::nullopt;
}

void add_damage(std::vector<Finding>& findings, const Expected& expected, Depth depth) {
  struct stat found {};
  if (::lstat(expected.absolute.c_str(), &found) != 0) {
    const bool missing = errno == ENOENT || errno == ENOTDIR;
    findings.push_back(missing ? finding(expected, Damage::missing, "not there")
                               : finding(expected, Damage::unreadable, std::strerror(errno)));
    return;
  }
  const bool link = expected.entry.kind == EntryKind::link;
  if (link ? !S_ISLNK(found.st_mode) : !S_ISREG(found.st_mode)) {
    findings.push_back(
        finding(expected, Damage::wrong_type, kind_name(found.st_mode) + ", expected " + (link ? "a link" : "a file")));
    return;
  }
  const std::uint32_t mode = found.st_mode & 07777U;
  if (!link && mode != expected.entry.mode) {
    findings.push_back(finding(expected, Damage::wrong_mode,
                               "mode " + octal(mode) + ", expected " + octal(expected.entry.mode) + ": chmod " +
                                   octal(expected.entry.mode) + ' ' + shell_word(expected.absolute)));
  }
  if (const auto damage = link ? link_damage(expected) : content_damage(expected, found, depth)) {
    findings.push_back(*damage);
  }
}

const InstalledPath* find_path(const Installation& installation, const TargetPath& path) {
  const auto found = std::find_if(installation.paths.begin(), installation.paths.end(),
                                  [&](const InstalledPath& candidate) { return candidate.path == path; });
  return found == installation.paths.end() ? nullptr : &*found;
}

}  // namespace

std::string_view name_of(Damage damage) {
  static constexpr std::array<std::string_view, 10> names{"missing",    "changed",      "wrong-mode",   "wrong-link",
                                                          "wrong-type", "unreadable",   "broken-chain", "wrong-elf",
                                                          "load",       "wrong-version"};
  return names.at(static_cast<std::size_t>(damage));
}

std::vector<Finding> damage_of(const Receipt& receipt, const std::string& prefix, Depth depth) {
  std::vector<Finding> findings;
  for (auto installation = receipt.installations.begin(); installation != receipt.installations.end(); ++installation) {
    for (const InstalledPath& installed : installation->paths) {
      const std::string& path = installed.path.text();
      Expected expected{.entry = installed.entry, .shown = path, .absolute = prefix + '/' + path};
      const auto later =
          std::find_if(installation + 1, receipt.installations.end(),
                       [&](const Installation& candidate) { return find_path(candidate, installed.path) != nullptr; });
      if (later != receipt.installations.end()) {
        const auto& kept = find_path(*later, installed.path)->displaced;
        expected.note =
            " (kept aside for '" + path + "' of " + installation->product + ' ' + installation->version + ')';
        expected.shown = kept ? ".cudnn-install/" + kept->where : path;
        expected.absolute = prefix + '/' + expected.shown;
        if (!kept) {
          findings.push_back(finding(expected, Damage::missing, "nothing was kept aside"));
          continue;
        }
      }
      add_damage(findings, expected, depth);
    }
  }
  return findings;
}

}  // namespace cudnn_install
