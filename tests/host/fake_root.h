// A directory that looks like another system's root; gone when the object ends.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>

namespace cudnn_install {

class FakeRoot {
 public:
  FakeRoot() {
    std::string name = (std::filesystem::temp_directory_path() / "root-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~FakeRoot() { std::filesystem::remove_all(path_); }
  FakeRoot(const FakeRoot&) = delete;
  FakeRoot& operator=(const FakeRoot&) = delete;

  [[nodiscard]] const std::string& path() const { return path_; }

  FakeRoot& file(const std::string& name, std::string_view text) {
    std::filesystem::create_directories(std::filesystem::path(path_ + name).parent_path());
    std::ofstream(path_ + name, std::ios::binary) << text;
    return *this;
  }
  FakeRoot& link(const std::string& name, const std::string& target) {
    std::filesystem::create_directories(std::filesystem::path(path_ + name).parent_path());
    std::filesystem::create_symlink(target, path_ + name);
    return *this;
  }
  FakeRoot& directory(const std::string& name) {
    std::filesystem::create_directories(path_ + name);
    return *this;
  }
  // The first bytes of an ELF file: machine and interpreter are all that is looked at.
  FakeRoot& elf(const std::string& name, char machine, const std::string& interpreter = {}) {
    std::string bytes = std::string("\x7f") + "ELF\2\1\1" + std::string(9, '\0') + '\3' + '\0' + machine + '\0';
    bytes.resize(64);
    return file(name, bytes + interpreter + std::string(1, '\0'));
  }

  static constexpr char x86_64 = 62;
  static constexpr char aarch64 = static_cast<char>(183);
  static constexpr char power64 = 21;
  static constexpr char i686 = 3;

 private:
  std::string path_;
};

}  // namespace cudnn_install
