#include <algorithm>
#include <charconv>

#include "host/host.h"

namespace cudnn_install {

namespace {

constexpr std::string_view blank = " \t\r\n";

std::string_view after_blanks(std::string_view text) {
  return text.substr(std::min(text.find_first_not_of(blank), text.size()));
}

std::optional<Version> version_at(std::string_view text) {
  const std::size_t end = std::min(text.find_first_not_of("0123456789."), text.size());
  const Result<Version> version = Version::parse(text.substr(0, end));
  return version ? std::optional(*version) : std::nullopt;
}

// What follows `"key":`, or nothing.
std::optional<std::string_view> value_of(std::string_view json, std::string_view key) {
  const std::string quoted = '"' + std::string(key) + '"';
  for (std::size_t at = json.find(quoted); at != std::string_view::npos; at = json.find(quoted, at + 1)) {
    const std::string_view rest = after_blanks(json.substr(at + quoted.size()));
    if (!rest.empty() && rest.front() == ':') {
      return after_blanks(rest.substr(1));
    }
  }
  return std::nullopt;
}

}  // namespace

std::optional<Version> version_in_json(std::string_view version_json) {
  const auto cuda = value_of(version_json, "cuda");
  if (!cuda || cuda->empty() || cuda->front() != '{') {
    return std::nullopt;
  }
  const auto version = value_of(cuda->substr(0, cuda->find('}')), "version");
  return version && !version->empty() && version->front() == '"' ? version_at(version->substr(1)) : std::nullopt;
}

std::optional<Version> version_in_txt(std::string_view version_txt) {
  static constexpr std::string_view words = "CUDA Version ";
  const std::size_t at = version_txt.find(words);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const auto version = version_at(after_blanks(version_txt.substr(at + words.size())));
  // The third number of that time is a build, not an update: 11.0.228 is no newer than 11.0.3.
  return version ? version_at(version->first(2)) : std::nullopt;
}

std::optional<Version> version_in_header(std::string_view cuda_h) {
  static constexpr std::string_view words = "#define CUDA_VERSION ";
  const std::size_t at = cuda_h.find(words);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view digits = after_blanks(cuda_h.substr(at + words.size()));
  unsigned number = 0;
  const auto [end, code] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (code != std::errc() || number < 1000) {
    return std::nullopt;
  }
  return version_at(std::to_string(number / 1000) + '.' + std::to_string(number % 1000 / 10));
}

}  // namespace cudnn_install
