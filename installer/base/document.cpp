#include "base/document.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

#include "base/document_tree.h"
#include "base/text.h"

namespace cudnn_install {

namespace {

using Kind = DocumentNode::Kind;

bool is_boolean(std::string_view text) {
  return text == "true" || text == "false" || text == "True" || text == "False" || text == "TRUE" || text == "FALSE";
}

// What YAML readers take for a number when it stands without quotes.
bool is_number(const std::string& text) {
  if (text.empty() || std::string_view("0123456789+-.").find(text[0]) == std::string_view::npos) {
    return false;
  }
  const std::size_t digits = text.find_first_not_of("+-");
  const bool octal = text.compare(digits == std::string::npos ? 0 : digits, 2, "0o") == 0;
  char* end = nullptr;
  static_cast<void>(std::strtod(text.c_str(), &end));
  return octal || text == ".inf" || text == ".nan" || (end != text.c_str() && *end == '\0');
}

std::string_view name_of(const DocumentNode& node) {
  switch (node.kind) {
    case Kind::sequence:
      return "a list";
    case Kind::mapping:
      return "a mapping";
    case Kind::scalar:
      return node.plain && is_boolean(node.text)  ? "a boolean"
             : node.plain && is_number(node.text) ? "a number"
                                                  : "text";
    case Kind::null:
    case Kind::broken:
      break;
  }
  return "empty";
}

}  // namespace

void DocumentState::mistake(int line, int column, std::string what, std::string hint) {
  mistakes_.push_back(
      Error{.fault = fault_, .what = std::move(what), .hint = std::move(hint), .where = where(line, column)});
}

Where DocumentState::where(int line, int column) const {
  std::string_view rest = source_.text;
  for (int i = 1; i < line; ++i) {
    const std::size_t end = rest.find('\n');
    rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  }
  std::string_view whole = rest.substr(0, rest.find('\n'));
  if (!whole.empty() && whole.back() == '\r') {
    whole.remove_suffix(1);
  }
  Where place{.file = source_.file, .line = line, .column = column, .source = std::string(whole)};
  std::ranges::replace(place.source, '\t', ' ');  // one column each, as it is counted
  return place;
}

std::vector<Error> DocumentState::sorted_mistakes() const {
  std::vector<Error> sorted = mistakes_;
  std::ranges::stable_sort(sorted, {},
                           [](const Error& error) { return std::pair(error.where->line, error.where->column); });
  return sorted;
}

bool Value::is_quiet() const {
  return document_ == nullptr || node_ == nullptr || node_->kind == Kind::broken;
}

Where Value::where() const {
  return node_ == nullptr ? Where{} : document_->where(node_->line, node_->column);
}

void Value::mistake(std::string what, std::string hint) const {
  if (!is_quiet()) {
    document_->mistake(node_->line, node_->column, std::move(what), std::move(hint));
  }
}

std::string Value::label() const {
  if (node_ == nullptr || node_->parent == nullptr) {
    return "the document";
  }
  const DocumentNode& parent = *node_->parent;
  for (const auto& [key, value] : parent.pairs) {
    if (value == node_) {
      return "'" + key->text + "'";
    }
  }
  return "an entry of " + Value(document_, &parent).label();
}

void Value::wrong_type(std::string_view expected) const {
  if (is_quiet()) {
    return;
  }
  const std::string_view found = name_of(*node_);
  const bool quotable = expected == "text" && node_->kind == Kind::scalar;
  mistake(label() + " is " + std::string(found) + "; expected " + std::string(expected),
          quotable ? "quote it: \"" + node_->text + "\"" : "");
}

std::string Value::text() const {
  if (is_quiet()) {
    return {};
  }
  if (!is_text()) {
    wrong_type("text");
    return {};
  }
  if (node_->text.empty()) {
    mistake(label() + " is empty; expected text");
  }
  return node_->text;
}

bool Value::boolean() const {
  const bool known =
      !is_quiet() && node_->kind == Kind::scalar && node_->plain && (node_->text == "true" || node_->text == "false");
  if (!known) {
    wrong_type("true or false");
  }
  return known && node_->text == "true";
}

std::int64_t Value::number() const {
  std::int64_t number = 0;
  if (is_quiet()) {
    return number;
  }
  const std::string& text = node_->text;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = node_->kind == Kind::scalar && node_->plain && error == std::errc() &&
                     end == text.data() + text.size() && number >= 0 && (text.size() == 1 || text[0] != '0');
  if (!whole) {
    wrong_type("a whole number, 0 or more");
    return 0;
  }
  return number;
}

Version Value::version() const {
  const std::string written = text();
  if (written.empty()) {
    return {};
  }
  const Result<Version> version = Version::parse(written);
  if (!version) {
    mistake(label() + " is '" + written + "'; expected a version of 1 to 4 numbers");
    return {};
  }
  return *version;
}

std::string Value::one_of(const std::vector<std::string>& words) const {
  std::string written = text();
  if (written.empty() || std::ranges::find(words, written) != words.end()) {
    return written;
  }
  const std::string near = nearest(written, words);
  mistake("'" + written + "' is not known for " + label(),
          near.empty() ? "known are: " + joined(words, ", ") : "did you mean '" + near + "'?");
  return {};
}

std::vector<std::string> Value::texts() const {
  std::vector<std::string> texts;
  for (const Value& value : list()) {
    std::string text = value.text();
    if (!text.empty() && std::ranges::find(texts, text) != texts.end()) {
      value.mistake("'" + text + "' stands twice in " + label());
      continue;
    }
    texts.push_back(std::move(text));
  }
  return texts;
}

std::vector<Value> Value::list() const {
  std::vector<Value> values;
  if (is_quiet()) {
    return values;
  }
  if (node_->kind != Kind::sequence) {
    wrong_type("a list");
    return values;
  }
  for (const DocumentNode* item : node_->items) {
    values.push_back(Value(document_, item));
  }
  return values;
}

void Value::expect_entries() const {
  if (!is_quiet() && node_->kind == Kind::sequence && node_->items.empty()) {
    mistake(label() + " is an empty list; expected at least one entry");
  }
}

bool Value::is_text() const {
  return !is_quiet() && name_of(*node_) == "text";
}

bool Value::is_mapping() const {
  return !is_quiet() && node_->kind == Kind::mapping;
}

Mapping Value::mapping(std::string what) const {
  if (is_mapping()) {
    return Mapping(*this, std::move(what));
  }
  wrong_type("a mapping");
  return Mapping(Value(), std::move(what));
}

Mapping::Mapping(Mapping&& other) noexcept
    : value_(std::exchange(other.value_, Value())), what_(std::move(other.what_)), asked_(std::move(other.asked_)) {}

Mapping::~Mapping() {
  if (value_.is_quiet()) {
    return;
  }
  for (const auto& [key, value] : value_.node_->pairs) {
    if (std::ranges::find(asked_, key->text) == asked_.end()) {
      const std::string near = nearest(key->text, asked_);
      value_.document_->mistake(key->line, key->column, "unknown key '" + key->text + "' in " + what_,
                                near.empty() ? "" : "did you mean '" + near + "'?");
    }
  }
}

std::optional<Value> Mapping::optional(std::string_view key) {
  asked_.emplace_back(key);
  if (value_.is_quiet()) {
    return std::nullopt;
  }
  for (const auto& [name, value] : value_.node_->pairs) {
    if (name->text == key) {
      return Value(value_.document_, value);
    }
  }
  return std::nullopt;
}

Value Mapping::required(std::string_view key) {
  const std::optional<Value> value = optional(key);
  if (!value) {
    mistake("missing key '" + std::string(key) + "' in " + what_);
  }
  return value.value_or(Value());
}

std::string Mapping::optional_text(std::string_view key) {
  const std::optional<Value> value = optional(key);
  return value ? value->text() : std::string();
}

std::vector<std::string> Mapping::optional_texts(std::string_view key) {
  const std::optional<Value> value = optional(key);
  return value ? value->texts() : std::vector<std::string>();
}

std::vector<std::pair<std::string, Value>> Mapping::pairs() {
  std::vector<std::pair<std::string, Value>> pairs;
  if (value_.is_quiet()) {
    return pairs;
  }
  for (const auto& [key, value] : value_.node_->pairs) {
    asked_.push_back(key->text);
    pairs.emplace_back(key->text, Value(value_.document_, value));
  }
  return pairs;
}

void Mapping::mistake(std::string what, std::string hint) const {
  value_.mistake(std::move(what), std::move(hint));
}

Document::Document(const SourceText& source, Fault fault) : state_(std::make_unique<DocumentState>(source, fault)) {
  parse_document(*state_);
}

Document::~Document() = default;

Value Document::root() const {
  return {state_.get(), state_->root};
}

std::vector<Error> Document::mistakes() const {
  return state_->sorted_mistakes();
}

}  // namespace cudnn_install
