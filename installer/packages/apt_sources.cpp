#include "packages/apt_sources.h"

#include <algorithm>
#include <optional>

namespace cudnn_install {

namespace {

// apt knows the same option by several spellings in the two forms.
std::string option_name(std::string_view name) {
  std::string lower = lower_case(trimmed(name));
  if (lower.ends_with('+') || lower.ends_with('-')) {
    lower.pop_back();
  }
  return lower == "signedby" ? "signed-by" : lower;
}

bool is_no(std::string_view value) {
  const std::string word = lower_case(trimmed(value));
  return word == "no" || word == "false" || word == "without" || word == "off" || word == "disable" || word == "0";
}

// A '#' begins a comment, but not inside the brackets of the options.
std::string_view without_comment(std::string_view line) {
  for (std::size_t at = 0; at < line.size(); ++at) {
    if (line[at] == '[') {
      at = std::min(line.find(']', at), line.size() - 1);
    } else if (line[at] == '#') {
      return line.substr(0, at);
    }
  }
  return line;
}

std::optional<AptSource> one_line_source(std::string_view whole, int number) {
  std::string_view line = trimmed(without_comment(whole));
  if (!line.starts_with("deb ") && !line.starts_with("deb-src ") && !line.starts_with("deb\t") &&
      !line.starts_with("deb[")) {
    return std::nullopt;
  }
  AptSource source;
  source.line = source.last = number;
  line.remove_prefix(line.starts_with("deb-src") ? 7 : 3);
  line = trimmed(line);
  if (line.starts_with('[')) {
    const std::size_t end = line.find(']');
    if (end == std::string_view::npos) {
      return std::nullopt;
    }
    for (const std::string& word : words_of(line.substr(1, end - 1))) {
      if (const std::size_t equals = word.find('='); equals != std::string::npos) {
        source.options[option_name(word.substr(0, equals))] = {
            .value = word.substr(equals + 1), .line = number, .last = number};
      }
    }
    line.remove_prefix(end + 1);
  }
  const std::vector<std::string> words = words_of(line);
  if (words.size() < 2) {
    return std::nullopt;
  }
  source.uris = {words[0]};
  source.suites = {words[1]};
  return source;
}

void take_stanza(std::vector<AptSource>& sources, AptSource& stanza) {
  if (!stanza.options.empty()) {
    stanza.uris = words_of(stanza.option("uris"));
    stanza.suites = words_of(stanza.option("suites"));
    stanza.enabled = !stanza.options.contains("enabled") || !is_no(stanza.option("enabled"));
    if (!stanza.uris.empty() && !stanza.suites.empty()) {
      sources.push_back(stanza);
    }
  }
  stanza = AptSource{.form = SourceForm::stanza};
}

std::vector<AptSource> stanzas(const std::vector<std::string>& lines) {
  std::vector<AptSource> sources;
  AptSource stanza{.form = SourceForm::stanza};
  FieldText* open = nullptr;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const std::string& line = lines[at];
    const int number = static_cast<int>(at) + 1;
    if (trimmed(line).empty()) {
      take_stanza(sources, stanza);
      open = nullptr;
    } else if (line.front() == ' ' || line.front() == '\t') {
      if (open != nullptr) {
        open->value.append("\n").append(trimmed(line));
        open->last = stanza.last = number;
      }
    } else if (const std::size_t colon = line.find(':'); line.front() != '#' && colon != std::string::npos) {
      stanza.line = stanza.line == 0 ? number : stanza.line;
      stanza.last = number;
      open = &stanza.options[option_name(line.substr(0, colon))];
      *open = {.value = std::string(trimmed(std::string_view(line).substr(colon + 1))), .line = number, .last = number};
    }
  }
  take_stanza(sources, stanza);
  return sources;
}

// `line` without the word that sets the option `name` in its brackets, and without brackets that hold nothing more.
std::string without_word(const std::string& line, const std::string& name) {
  const std::size_t open = line.find('[');
  const std::size_t close = line.find(']', std::min(open, line.size()));
  if (open == std::string::npos || close == std::string::npos) {
    return line;
  }
  std::string kept;
  for (const std::string& word : words_of(std::string_view(line).substr(open + 1, close - open - 1))) {
    if (option_name(word.substr(0, word.find('='))) != name) {
      kept += (kept.empty() ? "" : " ") + word;
    }
  }
  std::string_view behind = std::string_view(line).substr(close + 1);
  if (kept.empty()) {
    behind.remove_prefix(std::min(behind.find_first_not_of(" \t"), behind.size()));
  }
  return line.substr(0, open) + (kept.empty() ? "" : "[" + kept + "]") + std::string(behind);
}

}  // namespace

std::string AptSource::option(const std::string& name) const {
  const auto found = options.find(name);
  return found == options.end() ? "" : found->second.value;
}

std::vector<AptSource> apt_sources(const std::string& file, std::string_view text) {
  const std::vector<std::string> lines = lines_of(text);
  std::vector<AptSource> sources;
  if (file.ends_with(".sources")) {
    sources = stanzas(lines);
  } else {
    for (std::size_t at = 0; at < lines.size(); ++at) {
      if (auto source = one_line_source(lines[at], static_cast<int>(at) + 1)) {
        sources.push_back(std::move(*source));
      }
    }
  }
  for (AptSource& source : sources) {
    source.file = file;
  }
  return sources;
}

std::string with_source_off(std::string_view text, const AptSource& source) {
  const std::vector<std::string> lines = lines_of(text);
  if (source.form == SourceForm::one_line) {
    return with_line(text, source.line, "# " + lines.at(static_cast<std::size_t>(source.line) - 1));
  }
  if (const auto enabled = source.options.find("enabled"); enabled != source.options.end()) {
    return with_line(text, enabled->second.line, "Enabled: no");
  }
  return with_line_before(text, source.line, "Enabled: no");
}

std::string without_option(std::string_view text, const AptSource& source, const std::string& name) {
  const auto found = source.options.find(name);
  if (found == source.options.end()) {
    return std::string(text);
  }
  if (source.form == SourceForm::stanza) {
    return without_lines(text, found->second.line, found->second.last);
  }
  const std::vector<std::string> lines = lines_of(text);
  return with_line(text, source.line, without_word(lines.at(static_cast<std::size_t>(source.line) - 1), name));
}

std::string with_address(std::string_view text, const AptSource& source, const std::string& from,
                         const std::string& instead) {
  const std::vector<std::string> lines = lines_of(text);
  std::string changed(text);
  int first = source.line;
  int last = source.line;
  if (const auto uris = source.options.find("uris");
      source.form == SourceForm::stanza && uris != source.options.end()) {
    first = uris->second.line;
    last = uris->second.last;
  }
  for (int number = first; number <= last; ++number) {
    std::string line = lines.at(static_cast<std::size_t>(number) - 1);
    if (const std::size_t at = line.find(from); at != std::string::npos) {
      changed = with_line(changed, number, line.replace(at, from.size(), instead));
    }
  }
  return changed;
}

}  // namespace cudnn_install
