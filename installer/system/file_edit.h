// A change to one text file of the system, as doctor proposes it and a mending carries it out.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace cudnn_install {

struct FileText {
  std::string text{};
  std::uint32_t mode = 0644;
  bool operator==(const FileText&) const = default;
};

struct FileEdit {
  std::string path{};  // absolute, as the root sees it, every link followed
  std::optional<FileText> before{};
  std::optional<FileText> after{};
  bool operator==(const FileEdit&) const = default;
};

}  // namespace cudnn_install
