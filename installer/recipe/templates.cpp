#include "recipe/templates.h"

#include <algorithm>

#include "base/text.h"
#include "recipe/recipe.h"

namespace cudnn_install {

namespace {

// The name at the start of "${name}…", or "" if `text` starts with none.
std::string_view name_at(std::string_view text) {
  const std::size_t end = text.find('}');
  return text.starts_with("${") && end != std::string_view::npos ? text.substr(2, end - 2) : std::string_view();
}

}  // namespace

void check_names(const Value& value, std::string_view text, const std::vector<std::string>& known) {
  for (std::size_t at = text.find('$'); at != std::string_view::npos; at = text.find('$', at + 1)) {
    const std::string name(name_at(text.substr(at)));
    if (name.empty()) {
      value.mistake("'$' in " + value.label() + " starts no ${name}");
    } else if (std::ranges::find(known, name) == known.end()) {
      const std::string near = nearest(name, known);
      std::string all;
      for (const std::string& word : known) {
        all += (all.empty() ? "${" : ", ${") + word + "}";
      }
      value.mistake("unknown name '${" + name + "}' in " + value.label(),
                    near.empty() ? "known here: " + all : "did you mean '${" + near + "}'?");
    }
  }
}

std::string template_text(const Value& value, const std::vector<std::string>& known) {
  std::string text = value.text();
  check_names(value, text, known);
  return text;
}

std::string filled_in(std::string_view text, const std::map<std::string, std::string>& names) {
  std::string out;
  while (!text.empty()) {
    const std::string_view name = name_at(text);
    const auto found = names.find(std::string(name));
    if (!name.empty() && found != names.end()) {
      out += found->second;
      text.remove_prefix(name.size() + 3);
    } else {
      out += text.front();
      text.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace cudnn_install
