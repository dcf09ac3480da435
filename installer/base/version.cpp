#include "base/version.h"

#include <algorithm>
#include <charconv>

namespace cudnn_install {

Result<Version> Version::parse(std::string_view text, Fault fault) {
  const auto refuse = [&] {
    return failure(fault, "'" + std::string(text) + "' is not a version",
                   "write 1 to 4 numbers with dots, such as 8.9.6.50");
  };
  Version version;
  version.text_ = std::string(text);
  std::string_view rest = text;
  while (true) {
    const std::size_t dot = rest.find('.');
    const std::string_view part = rest.substr(0, dot);
    std::uint32_t number = 0;
    const auto [end, code] = std::from_chars(part.data(), part.data() + part.size(), number);
    if (part.empty() || part.size() > 9 || code != std::errc() || end != part.data() + part.size()) {
      return refuse();
    }
    version.parts_.push_back(number);
    if (dot == std::string_view::npos) {
      break;
    }
    rest.remove_prefix(dot + 1);
  }
  if (version.parts_.size() > 4) {
    return refuse();
  }
  return version;
}

bool Version::starts_with(const Version& prefix) const {
  return prefix.parts_.size() <= parts_.size() &&
         std::equal(prefix.parts_.begin(), prefix.parts_.end(), parts_.begin());
}

std::string Version::first(std::size_t count) const {
  std::string text;
  for (std::size_t i = 0; i < count && i < parts_.size(); ++i) {
    text += (i == 0 ? "" : ".") + std::to_string(parts_[i]);
  }
  return text;
}

std::strong_ordering Version::operator<=>(const Version& other) const {
  for (std::size_t i = 0; i < std::max(parts_.size(), other.parts_.size()); ++i) {
    if (const auto order = part(i) <=> other.part(i); order != 0) {
      return order;
    }
  }
  return std::strong_ordering::equal;
}

}  // namespace cudnn_install
