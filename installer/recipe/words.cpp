#include "recipe/words.h"

namespace cudnn_install {

const std::vector<std::string>& method_words() {
  static const std::vector<std::string> words = {"tar",         "deb-local",   "rpm-local", "apt-network",
                                                 "rpm-network", "windows-zip", "wheel"};
  return words;
}

const std::vector<std::string>& platform_words() {
  static const std::vector<std::string> words = {"linux-x86_64",  "linux-sbsa",     "linux-ppc64le",
                                                 "linux-aarch64", "windows-x86_64", "windows-arm64"};
  return words;
}

const std::vector<std::string>& arch_words() {
  static const std::vector<std::string> words = {"x86_64", "sbsa", "ppc64le", "aarch64-jetson"};
  return words;
}

const std::vector<std::string>& prerequisite_words() {
  static const std::vector<std::string> words = {"driver", "toolkit", "zlib"};
  return words;
}

const std::vector<std::string>& component_words() {
  static const std::vector<std::string> words = {"runtime", "dev", "static", "samples"};
  return words;
}

const std::vector<std::string>& compression_words() {
  static const std::vector<std::string> words = {"gzip", "bzip2", "xz", "zstd"};
  return words;
}

const std::vector<std::string>& package_words() {
  static const std::vector<std::string> words = {"runtime", "headers", "dev", "static", "samples"};
  return words;
}

const std::vector<std::string>& content_words() {
  static const std::vector<std::string> words = {"libraries", "headers", "static", "links", "samples"};
  return words;
}

const std::vector<std::string>& speech_words() {
  static const std::vector<std::string> words = {"apt", "dnf", "dnf5", "yum", "zypper", "tdnf"};
  return words;
}

const std::vector<std::string>& pin_words() {
  static const std::vector<std::string> words = {"preferences", "versionlock", "zypper-lock", "none"};
  return words;
}

std::vector<std::string> list_of(const Value& value, const std::vector<std::string>& words) {
  std::vector<std::string> found = value.texts();
  for (const Value& entry : value.list()) {
    if (entry.is_text()) {
      static_cast<void>(entry.one_of(words));
    }
  }
  return found;
}

std::string recipe_name(const Value& value) {
  std::string name = value.text();
  static constexpr std::string_view letters = "abcdefghijklmnopqrstuvwxyz";
  const bool good = name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") == std::string::npos;
  if (!name.empty() && (!good || letters.find(name.front()) == std::string_view::npos)) {
    value.mistake("'" + name + "' is no name: expected a-z, 0-9 and '-', a letter first");
  }
  return name;
}

}  // namespace cudnn_install
