#include "packages/answer_lines.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"

namespace cudnn_install {

namespace {

constexpr std::string_view blanks = " \t\r";

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(blanks);
  const std::size_t end = text.find_last_not_of(blanks);
  return begin == std::string_view::npos ? std::string_view() : text.substr(begin, end - begin + 1);
}

}  // namespace

std::vector<std::string_view> answer_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<std::string_view> answer_words(std::string_view line) {
  std::vector<std::string_view> words;
  for (std::size_t at = line.find_first_not_of(blanks); at < line.size(); at = line.find_first_not_of(blanks, at)) {
    const std::size_t end = std::min(line.find_first_of(blanks, at), line.size());
    words.push_back(line.substr(at, end - at));
    at = end;
  }
  return words;
}

std::string_view between(std::string_view text, std::string_view before, std::string_view after) {
  const std::size_t found = text.find(before);
  if (found == std::string_view::npos) {
    return {};
  }
  const std::size_t begin = found + before.size();
  const std::size_t end = text.find(after, begin);
  return end == std::string_view::npos ? std::string_view() : text.substr(begin, end - begin);
}

std::string without_entities(std::string_view text) {
  using Entity = std::pair<std::string_view, char>;
  constexpr std::array entities = {Entity{"&lt;", '<'}, Entity{"&gt;", '>'}, Entity{"&quot;", '"'},
                                   Entity{"&apos;", '\''}, Entity{"&amp;", '&'}};
  std::string plain;
  while (!text.empty()) {
    const auto* entity =
        std::find_if(entities.begin(), entities.end(), [&](const Entity& e) { return text.starts_with(e.first); });
    plain += entity == entities.end() ? text.front() : entity->second;
    text.remove_prefix(entity == entities.end() ? 1 : entity->first.size());
  }
  return plain;
}

std::string quoted_line(std::string_view line, std::size_t at) {
  constexpr std::size_t before = 40;
  constexpr std::size_t most = 240;
  const std::size_t begin = line.size() <= most || at <= before ? 0 : at - before;
  const std::string_view shown = trimmed(line.substr(begin, most));
  return (begin == 0 ? "" : "…") + printable(shown) + (begin + most < line.size() ? "…" : "");
}

}  // namespace cudnn_install
