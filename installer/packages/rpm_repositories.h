// The .repo files of yum, dnf and zypper: what they say and on which line, and edits that touch nothing else. Pure.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "packages/text_lines.h"

namespace cudnn_install {

struct RpmRepository {
  std::string file{};
  std::string name{};  // of its section
  int line = 0;        // of the section's head
  std::map<std::string, FieldText> fields{};

  [[nodiscard]] std::string field(const std::string& key) const;  // "" where it is not set
  [[nodiscard]] bool enabled() const;
  [[nodiscard]] std::vector<std::string> addresses() const;  // of baseurl
  [[nodiscard]] std::vector<std::string> keys() const;       // of gpgkey
};

std::vector<RpmRepository> rpm_repositories(const std::string& file, std::string_view text);

// The file with `key` of the section set to `value`: in its place, or behind the section's head.
std::string with_field(std::string_view text, const RpmRepository& repository, const std::string& key,
                       const std::string& value);
// The file with `from` replaced in the lines of `key`.
std::string with_field_part(std::string_view text, const RpmRepository& repository, const std::string& key,
                            const std::pair<std::string, std::string>& from_and_instead);

// 0, no, false, off: as the three programs read a switch.
bool switched_off(std::string_view value);

}  // namespace cudnn_install
