// A text as its lines, counted from 1, and the edits that leave all other lines as they are.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cudnn_install {

// The value of an option or field, and the lines that it stands on. Continuation lines are joined by newlines.
struct FieldText {
  std::string value{};
  int line = 0;
  int last = 0;
};

std::vector<std::string> lines_of(std::string_view text);  // without their newlines; a last newline opens no line
std::string with_line(std::string_view text, int line, const std::string& instead);
std::string with_line_before(std::string_view text, int line, const std::string& added);
std::string without_lines(std::string_view text, int first, int last);
std::vector<std::string> words_of(std::string_view text);  // split at blanks
std::string lower_case(std::string_view text);             // of ASCII letters
std::string_view trimmed(std::string_view text);

}  // namespace cudnn_install
