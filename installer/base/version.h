// Versions are lists of numbers with the text they came from: 9.10 is newer than 9.9, and 12.02 equals 12.2.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace cudnn_install {

class Version {
 public:
  Version() = default;  // no version: size 0, text ""
  // 1 to 4 dot-separated numbers, each below 10^9; anything else is an error of `fault` that quotes the text.
  static Result<Version> parse(std::string_view text, Fault fault = Fault::usage);

  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] std::size_t size() const { return parts_.size(); }
  // The part at `index`, 0 where the version is shorter.
  [[nodiscard]] std::uint32_t part(std::size_t index) const { return index < parts_.size() ? parts_[index] : 0; }
  [[nodiscard]] std::uint32_t major() const { return part(0); }
  // True if this version begins with all parts of `prefix`: 8.9.6.50 starts with 8.9 but not with 8.9.5.
  [[nodiscard]] bool starts_with(const Version& prefix) const;
  // The first `count` parts: 8.9.6.50 → "8.9.6" for 3.
  [[nodiscard]] std::string first(std::size_t count) const;

  // Number by number; a missing part counts as 0.
  std::strong_ordering operator<=>(const Version& other) const;
  bool operator==(const Version& other) const { return (*this <=> other) == 0; }

 private:
  std::string text_;
  std::vector<std::uint32_t> parts_;
};

}  // namespace cudnn_install
