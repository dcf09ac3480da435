#include <algorithm>
#include <charconv>

#include "base/version.h"
#include "verify/verify.h"

namespace cudnn_install {

namespace {

std::string name_in(const std::string& path) {
  return path.substr(path.rfind('/') + 1);
}

// libcudnn.so.8.9.6 → 8.9.6; "" where the name tells no such version.
std::string version_in(const std::string& file) {
  const std::size_t at = file.find(".so.");
  const auto version = Version::parse(at == std::string::npos ? "" : file.substr(at + 4));
  return version && version->size() == 3 ? version->text() : "";
}

}  // namespace

std::optional<std::uint32_t> header_macro(std::string_view text, std::string_view name) {
  const std::string define = "#define " + std::string(name) + " ";
  const std::size_t at = text.find(define);
  if (at == std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view rest = text.substr(at + define.size());
  rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
  std::uint32_t value = 0;
  const auto [end, code] = std::from_chars(rest.data(), rest.data() + rest.size(), value);
  return code == std::errc() && end != rest.data() ? std::optional(value) : std::nullopt;
}

std::vector<Finding> header_findings(const RootView& view, const std::string& header, const std::string& libraries) {
  const std::string text = view.text(header);
  const auto major = header_macro(text, "CUDNN_MAJOR");
  const auto minor = header_macro(text, "CUDNN_MINOR");
  const auto patch = header_macro(text, "CUDNN_PATCHLEVEL");
  if (!major || !minor || !patch) {
    return {};
  }
  const std::string says = std::to_string(*major) + "." + std::to_string(*minor) + "." + std::to_string(*patch);
  for (const std::string& name : {"libcudnn.so." + std::to_string(*major), std::string("libcudnn.so")}) {
    const auto real = view.resolved(libraries + "/" + name);
    const std::string version = real ? version_in(name_in(*real)) : "";
    if (!version.empty() && version != says) {
      return {{.damage = Damage::wrong_version,
               .path = header,
               .detail = "says cuDNN " + says + ", but " + libraries + "/" + name + " is " + name_in(*real)}};
    }
  }
  return {};
}

}  // namespace cudnn_install
