#include "packages/text_lines.h"

#include <algorithm>

namespace cudnn_install {

namespace {

constexpr std::string_view blanks = " \t\r\n\v\f";

// Where line number `line` begins; the end of the text for numbers behind it.
std::size_t start_of(std::string_view text, int line) {
  std::size_t at = 0;
  for (int passed = 1; passed < line && at < text.size(); ++passed) {
    const std::size_t end = text.find('\n', at);
    at = end == std::string_view::npos ? text.size() : end + 1;
  }
  return at;
}

}  // namespace

std::vector<std::string> lines_of(std::string_view text) {
  std::vector<std::string> lines;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    lines.emplace_back(text.substr(at, end - at));
    at = end + 1;
  }
  return lines;
}

std::string with_line(std::string_view text, int line, const std::string& instead) {
  const std::size_t start = start_of(text, line);
  const std::size_t end = std::min(text.find('\n', start), text.size());
  std::string changed(text.substr(0, start));
  changed.append(instead).append(text.substr(end));
  return changed;
}

std::string with_line_before(std::string_view text, int line, const std::string& added) {
  const std::size_t start = start_of(text, line);
  std::string changed(text.substr(0, start));
  if (!changed.empty() && changed.back() != '\n') {
    changed += '\n';
  }
  changed.append(added).append("\n").append(text.substr(start));
  return changed;
}

std::string without_lines(std::string_view text, int first, int last) {
  std::string changed(text.substr(0, start_of(text, first)));
  changed.append(text.substr(start_of(text, last + 1)));
  return changed;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  for (std::size_t at = text.find_first_not_of(blanks); at != std::string_view::npos;) {
    const std::size_t end = std::min(text.find_first_of(blanks, at), text.size());
    words.emplace_back(text.substr(at, end - at));
    at = text.find_first_not_of(blanks, end);
  }
  return words;
}

std::string lower_case(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return lower;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(blanks);
  return first == std::string_view::npos ? std::string_view()
                                         : text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace cudnn_install
