#include "compat/explain.h"

#include <algorithm>
#include <cctype>
#include <iterator>

namespace cudnn_install {

namespace {

std::string small(std::string_view text) {
  std::string letters;
  std::transform(text.begin(), text.end(), std::back_inserter(letters),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return letters;
}

bool is_word_character(char c) {
  return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_';
}

// `word` in `text`, not as a piece of a longer word.
bool has_word(std::string_view text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
    const bool starts = at == 0 || !is_word_character(text[at - 1]);
    const bool ends = at + word.size() == text.size() || !is_word_character(text[at + word.size()]);
    if (starts && ends) {
      return true;
    }
  }
  return false;
}

bool is_number(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

bool by_message(const KnownError& error, const std::string& text) {
  return std::ranges::any_of(error.texts,
                             [&](const std::string& piece) { return text.find(piece) != std::string::npos; });
}

bool by_name(const KnownError& error, const std::string& text) {
  return std::ranges::any_of(error.names, [&](const std::string& name) { return has_word(text, small(name)); });
}

// "error 803", "error code: 803", "returned 3", "=> 803": the number behind a word that announces an error.
bool by_announced_number(const KnownError& error, const std::string& text) {
  if (!is_number(error.id)) {
    return false;
  }
  for (const std::string_view word :
       {"error ", "error: ", "error code ", "error code: ", "error #", "returned ", "code=", "code "}) {
    if (has_word(text, std::string(word) + error.id)) {
      return true;
    }
  }
  return false;
}

// Versions such as 450.51 and 418.126.02 in the order in which they stand.
std::vector<Version> versions_in(std::string_view text) {
  std::vector<Version> versions;
  for (std::size_t at = 0; at < text.size();) {
    if (std::isdigit(static_cast<unsigned char>(text[at])) == 0) {
      ++at;
      continue;
    }
    std::size_t end = at;
    while (end < text.size() && (std::isdigit(static_cast<unsigned char>(text[end])) != 0 || text[end] == '.')) {
      ++end;
    }
    std::string_view word = text.substr(at, end - at);
    while (word.ends_with('.')) {
      word.remove_suffix(1);
    }
    const Result<Version> version = Version::parse(word);
    if (version && version->size() >= 2) {
      versions.push_back(*version);
    }
    at = end;
  }
  return versions;
}

// PyTorch writes the driver's CUDA as a number: 12080 is 12.8.
std::string decoded_number(std::string_view text) {
  static constexpr std::string_view mark = "found version ";
  const std::size_t at = text.find(mark);
  std::string digits;
  for (std::size_t i = at == std::string_view::npos ? text.size() : at + mark.size();
       i < text.size() && std::isdigit(static_cast<unsigned char>(text[i])) != 0 && digits.size() < 6; ++i) {
    digits += text[i];
  }
  if (digits.size() < 4) {
    return "";
  }
  const int number = std::stoi(digits);
  return "the driver that was found is of CUDA " + std::to_string(number / 1000) + "." +
         std::to_string(number % 1000 / 10);
}

std::vector<std::string> details_of(const KnownError& error, const std::string& text) {
  const std::vector<Version> versions = versions_in(text);
  std::vector<std::string> details;
  if (error.id == "banner" && versions.size() >= 2) {
    details.push_back("the image was built for driver " + versions[0].text() + " or newer; the host has " +
                      versions[1].text());
  }
  if (error.id == "803" && versions.size() >= 2 && text.find("dso version") != std::string::npos) {
    details.push_back("the kernel's driver is " + versions[0].text() + ", the libcuda that was loaded " +
                      versions[1].text());
  }
  if (std::string decoded = decoded_number(text); error.id == "35" && !decoded.empty()) {
    details.push_back(std::move(decoded));
  }
  return details;
}

}  // namespace

std::vector<ErrorExplanation> explained_errors(const CompatTables& tables, std::string_view text) {
  const std::string letters = small(text);
  std::vector<ErrorExplanation> found;
  const auto add_where = [&](auto fits) {
    for (const KnownError& error : tables.errors) {
      if (found.empty() && fits(error)) {
        found.push_back({.error = &error, .details = details_of(error, letters)});
      }
    }
  };
  if (is_number(letters)) {
    add_where([&](const KnownError& error) { return error.id == letters; });
    return found;
  }
  add_where([&](const KnownError& error) { return error.id == letters; });
  add_where([&](const KnownError& error) { return by_name(error, letters); });
  add_where([&](const KnownError& error) { return by_message(error, letters); });
  add_where([&](const KnownError& error) { return by_announced_number(error, letters); });
  return found;
}

}  // namespace cudnn_install
