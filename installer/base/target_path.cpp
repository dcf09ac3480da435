#include "base/target_path.h"

#include <algorithm>

namespace cudnn_install {

Result<TargetPath> TargetPath::parse(std::string_view text, Fault fault) {
  const auto refuse = [&](const char* why) {
    return failure(fault, "'" + std::string(text) + "' is not a path inside the prefix: " + why);
  };
  if (text.empty() || text.size() > 4096) {
    return refuse("it is empty or too long");
  }
  if (std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f || c == '\\'; })) {
    return refuse("it has a control character or a backslash");
  }
  std::string_view rest = text;
  while (true) {
    const std::size_t slash = rest.find('/');
    const std::string_view part = rest.substr(0, slash);
    if (part.empty() || part == "." || part == ".." || part.size() > 255) {
      return refuse("each part must be a plain name");
    }
    if (slash == std::string_view::npos) {
      return TargetPath(std::string(text));
    }
    rest.remove_prefix(slash + 1);
  }
}

std::string TargetPath::directory() const {
  const std::size_t slash = text_.rfind('/');
  return slash == std::string::npos ? std::string() : text_.substr(0, slash);
}

std::string TargetPath::name() const {
  return text_.substr(text_.rfind('/') + 1);
}

}  // namespace cudnn_install
