#include "doctor/parts.h"

#include <algorithm>

#include "doctor/nvidia.h"
#include "packages/text_lines.h"

namespace cudnn_install {

bool matters(const AptSource& source) {
  return source.enabled && std::ranges::any_of(source.uris, is_nvidias);
}

bool matters(const RpmRepository& repository) {
  return repository.enabled() && std::ranges::any_of(repository.addresses(), is_nvidias);
}

std::vector<std::string> keyring_files(const std::string& signed_by) {
  std::string words = signed_by;
  std::ranges::replace(words, ',', ' ');
  std::vector<std::string> files = words_of(words);
  std::erase_if(files, [](const std::string& word) { return !word.starts_with('/'); });
  return files;
}

std::string key_file(const std::string& address) {
  return address.starts_with('/') ? address : local_folder(address);
}

bool usable(const ObservedKeyring& keyring) {
  const bool readable = (keyring.file.mode & 0004U) != 0 && keyring.file.closed.empty();
  const KeyringForm wanted = keyring.file.real.ends_with(".asc") ? KeyringForm::armored : KeyringForm::binary;
  return readable && keyring.keyring.form == wanted;
}

Evidence evidence_at(const Observed& observed, const std::string& file, int line) {
  const auto found = observed.files.find(file);
  if (found == observed.files.end() || line < 1) {
    return {.file = file, .line = line, .text = {}};
  }
  const std::vector<std::string> lines = lines_of(found->second.text);
  const auto at = static_cast<std::size_t>(line) - 1;
  return {.file = file, .line = line, .text = at < lines.size() ? std::string(trimmed(lines[at])) : ""};
}

std::vector<FileEdit> edit_of(const Observed& observed, const std::string& file, const std::string& text) {
  const auto found = observed.files.find(file);
  if (found == observed.files.end() || found->second.text == text) {
    return {};
  }
  const ObservedFile& now = found->second;
  return {{.path = now.real,
           .before = FileText{.text = now.text, .mode = now.mode},
           .after = FileText{.text = text, .mode = now.mode}}};
}

}  // namespace cudnn_install
