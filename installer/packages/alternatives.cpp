#include "packages/alternatives.h"

#include <algorithm>
#include <charconv>

#include "packages/text_lines.h"

namespace cudnn_install {

namespace {

int number_in(std::string_view text) {
  int number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

// "libcudnn_so /usr/lib64/libcudnn.so.8" → both; an absent slave leads nowhere.
std::pair<std::string, std::string> named_path(std::string_view text) {
  const std::string_view words = trimmed(text);
  const std::size_t space = std::min(words.find(' '), words.size());
  std::string name(words.substr(0, space));
  if (name.ends_with(':')) {
    name.pop_back();
  }
  const std::string path(trimmed(words.substr(space)));
  return {name, path == "(null)" ? "" : path};
}

// The stanza's field at the line, or nothing; continuation lines have none.
std::pair<std::string, std::string> field_of(const std::string& line) {
  const std::size_t colon = line.find(':');
  if (line.starts_with(' ') || colon == std::string::npos) {
    return {};
  }
  return {line.substr(0, colon), std::string(trimmed(std::string_view(line).substr(colon + 1)))};
}

void take_field(AlternativesGroup& group, const std::string& key, const std::string& value) {
  const bool in_choice = !group.choices.empty();
  if (key == "Name") {
    group.name = value;
  } else if (key == "Link") {
    group.link = value;
  } else if (key == "Status") {
    group.mode = value == "manual" ? ChoiceMode::manual : ChoiceMode::automatic;
  } else if (key == "Value" && value != "none") {
    group.value = value;
  } else if (key == "Alternative") {
    group.choices.push_back({.path = value, .priority = 0, .slaves = {}});
  } else if (key == "Priority" && in_choice) {
    group.choices.back().priority = number_in(value);
  }
}

}  // namespace

std::optional<AlternativesGroup> queried_alternatives(std::string_view out) {
  AlternativesGroup group;
  bool in_slaves = false;
  for (const std::string& line : lines_of(out)) {
    const auto [key, value] = field_of(line);
    if (!key.empty()) {
      in_slaves = key == "Slaves";
      take_field(group, key, value);
    } else if (in_slaves && line.starts_with(' ')) {
      (group.choices.empty() ? group.slave_links : group.choices.back().slaves).push_back(named_path(line));
    }
  }
  return group.name.empty() ? std::nullopt : std::optional(std::move(group));
}

std::optional<AlternativesGroup> displayed_alternatives(std::string_view out, const std::string& name) {
  AlternativesGroup group{.name = name};
  bool known = false;
  for (const std::string& line : lines_of(out)) {
    const std::size_t priority = line.rfind("priority ");
    const std::size_t points = line.find("link currently points to ");
    if (line.starts_with(name + " - ")) {
      known = true;
      group.mode = line.find("manual") == std::string::npos ? ChoiceMode::automatic : ChoiceMode::manual;
    } else if (points != std::string::npos) {
      group.value = trimmed(std::string_view(line).substr(points + 25));
    } else if (line.starts_with('/') && priority != std::string::npos && line.find(" - ") != std::string::npos) {
      group.choices.push_back(
          {.path = line.substr(0, line.find(" - ")), .priority = number_in(line.substr(priority + 9)), .slaves = {}});
    } else if (!group.choices.empty() && (line.starts_with(" slave ") || line.starts_with(" follower "))) {
      group.choices.back().slaves.push_back(named_path(line.substr(line.find(' ', 1))));
    }
  }
  return known ? std::optional(std::move(group)) : std::nullopt;
}

int cudnn_major_of(std::string_view path) {
  const std::string_view name = path.substr(path.rfind('/') + 1);
  const std::size_t at = name.find("_v");
  return at == std::string_view::npos ? 0 : number_in(name.substr(at + 2));
}

const VersionChoice* choice_of(const AlternativesGroup& group, int major) {
  const VersionChoice* best = nullptr;
  for (const VersionChoice& choice : group.choices) {
    if (cudnn_major_of(choice.path) == major && (best == nullptr || best->priority < choice.priority)) {
      best = &choice;
    }
  }
  return best;
}

const VersionChoice* chosen(const AlternativesGroup& group) {
  const auto found = std::ranges::find(group.choices, group.value, &VersionChoice::path);
  return found == group.choices.end() ? nullptr : &*found;
}

const VersionChoice* best_of(const AlternativesGroup& group) {
  const auto best = std::ranges::max_element(group.choices, {}, &VersionChoice::priority);
  return best == group.choices.end() ? nullptr : &*best;
}

}  // namespace cudnn_install
