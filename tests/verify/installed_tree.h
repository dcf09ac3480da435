// A prefix in a temporary directory with real files, and the record of what lies in it.
#pragma once

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "receipt/receipt.h"
#include "support/catch.h"
#include "verify/verify.h"

namespace cudnn_install {

inline std::string content_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

class InstalledTree {
 public:
  InstalledTree() {
    std::string name = (std::filesystem::temp_directory_path() / "cudnn-install-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    prefix_ = std::filesystem::canonical(name).string();
  }
  ~InstalledTree() { std::filesystem::remove_all(prefix_); }
  InstalledTree(const InstalledTree&) = delete;
  InstalledTree& operator=(const InstalledTree&) = delete;

  [[nodiscard]] const std::string& prefix() const { return prefix_; }
  [[nodiscard]] std::string at(const std::string& path) const { return prefix_ + '/' + path; }

  void write(const std::string& path, const std::string& text) const {
    std::filesystem::create_directories(std::filesystem::path(at(path)).parent_path());
    std::filesystem::remove(at(path));
    std::ofstream(at(path), std::ios::binary) << text;
    ::chmod(at(path).c_str(), 0644);
  }
  void link(const std::string& path, const std::string& target) const {
    std::filesystem::remove(at(path));
    std::filesystem::create_symlink(target, at(path));
  }

  // As the tree is now.
  [[nodiscard]] InstalledPath recorded(const std::string& path) const {
    struct stat found {};
    REQUIRE(::lstat(at(path).c_str(), &found) == 0);
    Entry entry;
    entry.kind = S_ISLNK(found.st_mode) ? EntryKind::link : EntryKind::file;
    entry.mode = found.st_mode & 07777U;
    if (entry.kind == EntryKind::link) {
      entry.target = std::filesystem::read_symlink(at(path)).string();
    } else {
      entry.size = static_cast<std::uint64_t>(found.st_size);
      entry.mtime = std::int64_t{found.st_mtim.tv_sec} * 1'000'000'000 + found.st_mtim.tv_nsec;
      entry.inode = found.st_ino;
      entry.sha256 = Sha256::of(content_of(at(path)));
    }
    return {.path = *TargetPath::parse(path), .entry = entry};
  }
  [[nodiscard]] Installation installation(const std::vector<std::string>& paths) const {
    Installation installation;
    installation.product = "cudnn8";
    installation.version = "8.9.6.50";
    installation.cuda = "12";
    installation.platform = "linux-x86_64";
    for (const std::string& path : paths) {
      installation.paths.push_back(recorded(path));
    }
    return installation;
  }

 private:
  std::string prefix_;
};

// One line a finding, with the tree's own place left out.
inline std::vector<std::string> lines(const std::vector<Finding>& findings, const std::string& prefix) {
  std::vector<std::string> texts;
  for (const Finding& finding : findings) {
    std::string text = std::string(name_of(finding.damage)) + ' ' + finding.path + ": " + finding.detail;
    for (std::size_t at = 0; (at = text.find(prefix)) != std::string::npos;) {
      text.replace(at, prefix.size(), "PREFIX");
    }
    texts.push_back(text);
  }
  return texts;
}

}  // namespace cudnn_install
