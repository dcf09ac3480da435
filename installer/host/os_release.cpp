#include <algorithm>
#include <array>
#include <utility>

#include "host/host.h"

namespace cudnn_install {

namespace {

constexpr std::string_view blank = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blank);
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(blank) - first + 1);
}

// The value as a POSIX shell would read the assignment; it ends at the first blank outside quotes.
std::string unquoted(std::string_view value) {
  std::string out;
  char quote = '\0';
  for (std::size_t i = 0; i < value.size(); ++i) {
    const char c = value[i];
    if (c == '\\' && quote != '\'' && i + 1 < value.size()) {
      const char next = value[++i];
      const bool special = quote == '\0' || std::string_view("\\\"$`").find(next) != std::string_view::npos;
      out += special ? std::string(1, next) : std::string{'\\', next};
    } else if (quote == '\0' && (c == '"' || c == '\'')) {
      quote = c;
    } else if (c == quote && quote != '\0') {
      quote = '\0';
    } else if (quote == '\0' && blank.find(c) != std::string_view::npos) {
      break;
    } else {
      out += c;
    }
  }
  return out;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> found;
  while (!(text = trimmed(text)).empty()) {
    const std::size_t end = std::min(text.find_first_of(blank), text.size());
    found.emplace_back(text.substr(0, end));
    text.remove_prefix(end);
  }
  return found;
}

}  // namespace

OsRelease parsed_os_release(std::string_view text) {
  OsRelease os{.id = "linux"};
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = trimmed(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    const std::size_t equals = line.find('=');
    if (line.empty() || line.front() == '#' || equals == std::string_view::npos) {
      continue;
    }
    const std::string_view key = line.substr(0, equals);
    const std::string value = unquoted(line.substr(equals + 1));
    if (key == "ID") {
      os.id = value;
    } else if (key == "ID_LIKE") {
      os.id_like = words(value);
    } else if (key == "VERSION_ID") {
      os.version_id = value;
    } else if (key == "PRETTY_NAME") {
      os.pretty_name = value;
    }
  }
  return os;
}

std::string platform_of(std::string_view machine, bool jetson) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> platforms = {{
      {"x86_64", "linux-x86_64"},
      {"aarch64", "linux-sbsa"},
      {"ppc64le", "linux-ppc64le"},
  }};
  if (machine == "aarch64" && jetson) {
    return "linux-aarch64";
  }
  const auto* const found =
      std::find_if(platforms.begin(), platforms.end(), [&](const auto& entry) { return entry.first == machine; });
  return found == platforms.end() ? std::string() : std::string(found->second);
}

}  // namespace cudnn_install
