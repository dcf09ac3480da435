// A temporary directory of real files; gone when the object ends.
#pragma once

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "support/catch.h"
#include "system/files.h"

namespace cudnn_install {

class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "scratch-XXXXXX").string();
    REQUIRE(::mkdtemp(name.data()) != nullptr);
    path_ = std::filesystem::canonical(name).string();
    ::chmod(path_.c_str(), 0755);
  }
  ~Scratch() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string at(const std::string& name) const { return path_ + '/' + name; }

  void write(const std::string& name, const std::string& text) const {
    std::ofstream(at(name), std::ios::binary) << text;
    ::chmod(at(name).c_str(), 0644);
  }
  void link(const std::string& name, const std::string& target) const {
    REQUIRE(::symlink(target.c_str(), at(name).c_str()) == 0);
  }
  void directory(const std::string& name, mode_t mode = 0755) const {
    std::filesystem::create_directories(at(name));
    ::chmod(at(name).c_str(), mode);
  }
  [[nodiscard]] Directory open(const std::string& name = ".") const {
    const int number = ::open(at(name).c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    REQUIRE(number >= 0);
    return {std::make_shared<Descriptor>(number), name == "." ? path_ : at(name)};
  }
  [[nodiscard]] std::string text(const std::string& name) const { return text_of(at(name)); }
  // "file = its text", "link -> target", "directory/", sorted.
  [[nodiscard]] std::vector<std::string> tree(const std::string& below = ".") const {
    const std::filesystem::path top = std::filesystem::canonical(at(below));
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(top)) {
      const std::string name = entry.path().lexically_relative(top).string();
      found.push_back(entry.is_symlink()     ? name + " -> " + std::filesystem::read_symlink(entry.path()).string()
                      : entry.is_directory() ? name + '/'
                                             : name + " = " + text_of(entry.path()));
    }
    std::sort(found.begin(), found.end());
    return found;
  }
  // `text` with the directory's own place left out.
  [[nodiscard]] std::string placeless(std::string text) const {
    for (std::size_t at = 0; (at = text.find(path_)) != std::string::npos;) {
      text.replace(at, path_.size(), "HERE");
    }
    return text;
  }

 private:
  static std::string text_of(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
  }

  std::string path_;
};

}  // namespace cudnn_install
