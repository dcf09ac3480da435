// apt's lists of sources, one-line (.list) and deb822 (.sources): what they say and on which line, and edits that touch
// nothing else. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "packages/text_lines.h"

namespace cudnn_install {

enum class SourceForm { one_line, stanza };
struct AptSource {
  std::string file{};
  SourceForm form = SourceForm::one_line;
  int line = 0;  // of the entry, or the first of the stanza
  int last = 0;
  bool enabled = true;
  std::vector<std::string> uris{};
  std::vector<std::string> suites{};
  std::map<std::string, FieldText> options{};  // by lower-case name: signed-by, trusted

  // "" where it is not set.
  [[nodiscard]] std::string option(const std::string& name) const;
};

// What apt itself would not understand is passed over.
std::vector<AptSource> apt_sources(const std::string& file, std::string_view text);

// The file with the entry switched off: commented out, or "Enabled: no".
std::string with_source_off(std::string_view text, const AptSource& source);
// The file without this option of the entry.
std::string without_option(std::string_view text, const AptSource& source, const std::string& name);
// The file with `from` replaced in the addresses of the entry.
std::string with_address(std::string_view text, const AptSource& source, const std::string& from,
                         const std::string& instead);

}  // namespace cudnn_install
