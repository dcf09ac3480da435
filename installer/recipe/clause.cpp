#include "recipe/clause.h"

#include <algorithm>

namespace cudnn_install {

namespace {

constexpr std::string_view digits = "0123456789";

bool is_section(std::string_view text) {
  while (true) {
    const std::size_t end = std::min(text.find_first_not_of(digits), text.size());
    if (end == 0) {
      return false;
    }
    if (end == text.size()) {
      return true;
    }
    if (text[end] != '.') {
      return false;
    }
    text.remove_prefix(end + 1);
  }
}

// 3, 3.1, 3a
bool is_number(std::string_view text) {
  const bool letter = !text.empty() && text.back() >= 'a' && text.back() <= 'z';
  return is_section(letter ? text.substr(0, text.size() - 1) : text);
}

}  // namespace

Clause read_clause(const Value& value) {
  const std::string text = value.text();
  const std::size_t space = std::min(text.find(' '), text.size());
  const Clause clause{.section = text.substr(0, space), .step = space < text.size() ? text.substr(space + 1) : ""};
  const bool step_fits =
      clause.step.empty() ? space == text.size() : clause.step.starts_with("step ") && is_number(clause.step.substr(5));
  if (!text.empty() && (!is_section(clause.section) || !step_fits)) {
    value.mistake("'" + text + "' is no clause", "write it like: 1.3.1 step 2");
  }
  return clause;
}

std::string clause_text(const Clause& clause) {
  return clause.section + (clause.step.empty() ? "" : " " + clause.step);
}

}  // namespace cudnn_install
