// A path relative to a prefix, checked once: no root, no empty part, no "." or "..", no control character, no
// backslash.
#pragma once

#include <string>
#include <string_view>

#include "base/error.h"

namespace cudnn_install {

class TargetPath {
 public:
  static Result<TargetPath> parse(std::string_view text, Fault fault = Fault::recipe);

  [[nodiscard]] const std::string& text() const { return text_; }  // lib64/libcudnn.so.8
  [[nodiscard]] std::string directory() const;                     // lib64; "" for a name at the top
  [[nodiscard]] std::string name() const;                          // libcudnn.so.8
  auto operator<=>(const TargetPath&) const = default;

 private:
  explicit TargetPath(std::string text) : text_(std::move(text)) {}
  std::string text_;
};

}  // namespace cudnn_install
