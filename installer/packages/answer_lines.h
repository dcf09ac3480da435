// Lines and words of an answer. Pure; views into the text that they are given.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cudnn_install {

std::vector<std::string_view> answer_lines(std::string_view text);
std::vector<std::string_view> answer_words(std::string_view line);  // parted by blanks and tabs
// What stands between the first `before` and the next `after`; empty where one of them is missing.
std::string_view between(std::string_view text, std::string_view before, std::string_view after);
// &lt; &gt; &quot; &apos; &amp; are what they stand for.
std::string without_entities(std::string_view text);
// Fit for a message: escaped, on one line, at most some 240 characters around the place `at`.
std::string quoted_line(std::string_view line, std::size_t at = 0);

}  // namespace cudnn_install
