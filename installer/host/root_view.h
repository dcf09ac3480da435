// A system's files as that system sees them: absolute names below a root, every link resolved as inside it. For looking
// only: what is found may have changed a moment later, so nothing may be written on its word.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace cudnn_install {

class RootView {
 public:
  explicit RootView(const std::string& root);

  // True for the root of the running system; /proc and uname speak of that one alone.
  [[nodiscard]] bool running() const { return base_.empty(); }
  // Where an absolute name leads, without links, "." and ".."; nothing if it leads nowhere or in circles.
  [[nodiscard]] std::optional<std::string> resolved(const std::string& name) const;
  // The name outside the root, for system calls. `resolved_name` must be an answer of resolved().
  [[nodiscard]] std::string outside(const std::string& resolved_name) const;
  [[nodiscard]] bool is_file(const std::string& name) const;
  [[nodiscard]] bool is_directory(const std::string& name) const;
  // The first `limit` bytes; empty if it is no regular file or cannot be read.
  [[nodiscard]] std::string text(const std::string& name, std::size_t limit = 1U << 20U) const;
  // Names in a directory, sorted; empty if there is none.
  [[nodiscard]] std::vector<std::string> names(const std::string& name) const;

 private:
  std::string base_;  // "" for the running system
};

}  // namespace cudnn_install
