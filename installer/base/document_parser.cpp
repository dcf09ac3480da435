#include <algorithm>
#include <sstream>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include "base/document_tree.h"
#include "base/text.h"

namespace cudnn_install {

namespace {

constexpr std::size_t largest_size = std::size_t{1} << 20U;
constexpr std::size_t deepest_level = 16;

struct TooDeep {};
struct SecondDocument {};

// Builds the tree from the parser's events: unlike its node classes, they show duplicate keys, anchors, aliases, tags
// and which scalars were quoted.
class TreeBuilder final : public YAML::EventHandler {
 public:
  explicit TreeBuilder(DocumentState& state) : state_(state) {}

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (state_.root != nullptr) {
      state_.mistake(mark.line + 1, mark.column + 1, "a second document starts here", "keep one document a file");
      throw SecondDocument();
    }
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    leaf(mark, "", anchor, DocumentNode::Kind::null);
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    mistake(mark, "aliases are not allowed", "write the value out");
    leaf(mark, "", 0, DocumentNode::Kind::broken);
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    DocumentNode& node = leaf(mark, tag, anchor, DocumentNode::Kind::scalar);
    node.text = value;
    node.plain = tag == "?";
    check_quote(mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, DocumentNode::Kind::sequence);
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    open(mark, tag, anchor, DocumentNode::Kind::mapping);
  }
  void OnMapEnd() override { close(); }

 private:
  struct Open {
    DocumentNode* node = nullptr;
    std::vector<DocumentNode*> children{};
  };

  void mistake(const YAML::Mark& mark, std::string what, std::string hint) {
    state_.mistake(mark.line + 1, mark.column + 1, std::move(what), std::move(hint));
  }

  // The parser takes a quote that the end of the file cuts off for a whole one.
  void check_quote(const YAML::Mark& mark) {
    const std::string& text = state_.text();
    std::size_t at = static_cast<std::size_t>(std::max(mark.pos, 0));
    const char quote = at < text.size() ? text[at] : ' ';
    if (quote != '"' && quote != '\'') {
      return;
    }
    for (++at; at < text.size(); ++at) {
      const bool escaped = quote == '"' && text[at] == '\\';
      const bool doubled = quote == '\'' && text.compare(at, 2, "''") == 0;
      if (escaped || doubled) {
        ++at;
      } else if (text[at] == quote) {
        return;
      }
    }
    mistake(mark, "a quote is not closed", "");
  }

  DocumentNode& made(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, DocumentNode::Kind kind) {
    if (anchor != YAML::NullAnchor) {
      mistake(mark, "anchors are not allowed", "write the value out where it is needed");
    }
    if (!tag.empty() && tag != "?" && tag != "!") {
      mistake(mark, "tags are not allowed: '" + tag + "'", "quote a text, leave numbers and booleans bare");
    }
    DocumentNode& node = state_.add_node();
    node.kind = kind;
    node.line = mark.line + 1;
    node.column = mark.column + 1;
    return node;
  }

  DocumentNode& leaf(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, DocumentNode::Kind kind) {
    DocumentNode& node = made(mark, tag, anchor, kind);
    place(node);
    return node;
  }

  void open(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor, DocumentNode::Kind kind) {
    DocumentNode& node = made(mark, tag, anchor, kind);
    place(node);
    if (open_.size() == deepest_level) {
      mistake(mark, "nested more than " + std::to_string(deepest_level) + " levels deep", "");
      throw TooDeep();
    }
    open_.push_back({&node, {}});
  }

  void place(DocumentNode& node) {
    if (open_.empty()) {
      state_.root = &node;
      return;
    }
    node.parent = open_.back().node;
    open_.back().children.push_back(&node);
  }

  void close() {
    const Open ended = std::move(open_.back());
    open_.pop_back();
    if (ended.node->kind == DocumentNode::Kind::sequence) {
      ended.node->items.assign(ended.children.begin(), ended.children.end());
      return;
    }
    for (std::size_t i = 0; i + 1 < ended.children.size(); i += 2) {
      const DocumentNode& key = *ended.children[i];
      DocumentNode& value = *ended.children[i + 1];
      if (value.kind == DocumentNode::Kind::null) {  // the parser only notices at the next key
        value.line = key.line;
        value.column = key.column;
      }
      add_pair(*ended.node, key, value);
    }
  }

  void add_pair(DocumentNode& mapping, const DocumentNode& key, const DocumentNode& value) {
    if (key.kind != DocumentNode::Kind::scalar || key.text.empty()) {
      state_.mistake(key.line, key.column, "a key must be a word", "");
      return;
    }
    if (key.text == "<<") {
      state_.mistake(key.line, key.column, "merge keys are not allowed", "write the keys out");
      return;
    }
    for (const auto& [first, ignored] : mapping.pairs) {
      if (first->text == key.text) {
        state_.mistake(key.line, key.column, "duplicate key '" + key.text + "'",
                       "the first is in line " + std::to_string(first->line));
        return;
      }
    }
    mapping.pairs.emplace_back(&key, &value);
  }

  DocumentState& state_;
  std::vector<Open> open_{};
};

// yaml-cpp's wording for the mistakes that people make most, and ours.
struct Wording {
  std::string_view theirs;
  std::string_view ours;
  std::string_view hint;
};
const std::vector<Wording>& wordings() {
  static const std::vector<Wording> wordings = {
      {YAML::ErrorMsg::END_OF_MAP_FLOW, "'{' is not closed, or ',' is missing", "end it with '}'"},
      {YAML::ErrorMsg::END_OF_SEQ_FLOW, "'[' is not closed, or ',' is missing", "end it with ']'"},
      {YAML::ErrorMsg::END_OF_MAP, "this does not fit the mapping it stands in", "check the indentation"},
      {YAML::ErrorMsg::END_OF_SEQ, "this does not fit the list it stands in", "check the indentation"},
      {YAML::ErrorMsg::FLOW_END, "a bracket is closed that was not opened", ""},
      {YAML::ErrorMsg::MAP_VALUE, "':' cannot stand here", "quote a text that holds ': ', or check the indentation"},
      {YAML::ErrorMsg::MAP_KEY, "a key cannot stand here", "check the indentation"},
      {YAML::ErrorMsg::BLOCK_ENTRY, "'-' cannot stand here", "check the indentation"},
      {YAML::ErrorMsg::EOF_IN_SCALAR, "a quote is not closed", ""},
      {YAML::ErrorMsg::INVALID_ESCAPE, "unknown escape in a quoted text", "use single quotes for a literal '\\'"},
      {YAML::ErrorMsg::UNKNOWN_TOKEN, "this character cannot start a value", "quote the text"},
  };
  return wordings;
}

void report(DocumentState& state, const YAML::Exception& exception) {
  const int line = std::max(exception.mark.line, 0) + 1;
  const int column = std::max(exception.mark.column, 0) + 1;
  for (const Wording& wording : wordings()) {
    if (exception.msg.starts_with(wording.theirs)) {
      state.mistake(line, column, std::string(wording.ours), std::string(wording.hint));
      return;
    }
  }
  state.mistake(line, column, "not well-formed YAML", "");
}

// Reports the first byte of each line that is no UTF-8 text, that a terminal would hide, or that indents with a tab.
void check_bytes(DocumentState& state) {
  std::istringstream lines(state.text());
  std::string line;
  for (int number = 1; std::getline(lines, line); ++number) {
    if (!line.empty() && line.back() == '\r') {
      line.pop_back();
    }
    const std::size_t indentation = std::min(line.find_first_not_of(" \t"), line.size());
    const std::size_t tab = line.find('\t');
    if (tab < indentation && indentation < line.size() && line[indentation] != '#') {
      state.mistake(number, static_cast<int>(tab) + 1, "a tab in the indentation", "indent with spaces");
    }
    std::ranges::replace(line, '\t', ' ');
    const std::string shown = printable(line);
    if (shown != line) {
      const auto [first, ignored] = std::ranges::mismatch(line, shown);
      state.mistake(number, static_cast<int>(first - line.begin()) + 1, "a byte that is no visible UTF-8 text", "");
    }
  }
}

}  // namespace

void parse_document(DocumentState& state) {
  if (state.text().size() > largest_size) {
    state.mistake(1, 0, "the file has " + std::to_string(state.text().size()) + " bytes; at most 1048576 are read", "");
    return;
  }
  check_bytes(state);
  if (state.has_mistakes()) {
    return;
  }
  try {
    std::istringstream stream(state.text());
    YAML::Parser parser(stream);
    TreeBuilder builder(state);
    while (parser.HandleNextDocument(builder)) {
    }
    if (state.root == nullptr) {
      state.mistake(1, 0, "the file is empty", "");
    }
  } catch (const TooDeep&) {
    state.root = nullptr;
  } catch (const SecondDocument&) {
    state.root = nullptr;
  } catch (const YAML::Exception& exception) {
    report(state, exception);
    state.root = nullptr;
  }
}

}  // namespace cudnn_install
