#include "packages/rpm_repositories.h"

#include <algorithm>

namespace cudnn_install {

namespace {

std::vector<std::string> listed(std::string value) {
  std::ranges::replace(value, ',', ' ');
  return words_of(value);
}

bool is_comment(std::string_view line) {
  return line.starts_with('#') || line.starts_with(';');
}

}  // namespace

std::string RpmRepository::field(const std::string& key) const {
  const auto found = fields.find(key);
  return found == fields.end() ? "" : found->second.value;
}

bool RpmRepository::enabled() const {
  return !fields.contains("enabled") || !switched_off(field("enabled"));
}

std::vector<std::string> RpmRepository::addresses() const {
  return listed(field("baseurl"));
}

std::vector<std::string> RpmRepository::keys() const {
  return listed(field("gpgkey"));
}

bool switched_off(std::string_view value) {
  const std::string word = lower_case(trimmed(value));
  return word == "0" || word == "no" || word == "false" || word == "off";
}

std::vector<RpmRepository> rpm_repositories(const std::string& file, std::string_view text) {
  const std::vector<std::string> lines = lines_of(text);
  std::vector<RpmRepository> repositories;
  FieldText* open = nullptr;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const std::string& line = lines[at];
    const std::string_view words = trimmed(line);
    const int number = static_cast<int>(at) + 1;
    if (words.empty() || is_comment(words)) {
      open = nullptr;
    } else if (words.starts_with('[') && words.ends_with(']')) {
      repositories.push_back(
          {.file = file, .name = std::string(words.substr(1, words.size() - 2)), .line = number, .fields = {}});
      open = nullptr;
    } else if (open != nullptr && (line.front() == ' ' || line.front() == '\t')) {
      open->value.append("\n").append(words);
      open->last = number;
    } else if (const std::size_t equals = words.find_first_of("=:");
               !repositories.empty() && equals != std::string_view::npos) {
      open = &repositories.back().fields[lower_case(trimmed(words.substr(0, equals)))];
      *open = {.value = std::string(trimmed(words.substr(equals + 1))), .line = number, .last = number};
    }
  }
  return repositories;
}

std::string with_field(std::string_view text, const RpmRepository& repository, const std::string& key,
                       const std::string& value) {
  const std::string line = key + "=" + value;
  const auto found = repository.fields.find(key);
  return found == repository.fields.end() ? with_line_before(text, repository.line + 1, line)
                                          : with_line(text, found->second.line, line);
}

std::string with_field_part(std::string_view text, const RpmRepository& repository, const std::string& key,
                            const std::pair<std::string, std::string>& from_and_instead) {
  const auto found = repository.fields.find(key);
  std::string changed(text);
  if (found == repository.fields.end()) {
    return changed;
  }
  const std::vector<std::string> lines = lines_of(text);
  for (int number = found->second.line; number <= found->second.last; ++number) {
    std::string line = lines.at(static_cast<std::size_t>(number) - 1);
    if (const std::size_t at = line.find(from_and_instead.first); at != std::string::npos) {
      changed = with_line(changed, number, line.replace(at, from_and_instead.first.size(), from_and_instead.second));
    }
  }
  return changed;
}

}  // namespace cudnn_install
