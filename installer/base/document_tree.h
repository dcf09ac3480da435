// The tree behind a Document. Only document.cpp (which reads it) and document_parser.cpp (which builds it) include
// this.
#pragma once

#include <deque>
#include <string>
#include <utility>
#include <vector>

#include "base/document.h"

namespace cudnn_install {

struct DocumentNode {
  enum class Kind { broken, null, scalar, sequence, mapping };
  Kind kind = Kind::null;
  bool plain = false;  // a scalar without quotes
  int line = 0;        // both count from 1
  int column = 0;
  std::string text{};
  const DocumentNode* parent = nullptr;
  std::vector<const DocumentNode*> items{};
  std::vector<std::pair<const DocumentNode*, const DocumentNode*>> pairs{};  // of keys that stand once, in file order
};

class DocumentState {
 public:
  DocumentState(const SourceText& source, Fault fault) : source_(source), fault_(fault) {}

  DocumentNode& add_node() { return nodes_.emplace_back(); }
  void mistake(int line, int column, std::string what, std::string hint);
  [[nodiscard]] Where where(int line, int column) const;
  [[nodiscard]] const std::string& text() const { return source_.text; }
  [[nodiscard]] std::vector<Error> sorted_mistakes() const;
  [[nodiscard]] bool has_mistakes() const { return !mistakes_.empty(); }

  const DocumentNode* root = nullptr;

 private:
  const SourceText source_;
  Fault fault_;
  std::deque<DocumentNode> nodes_{};  // addresses stay
  std::vector<Error> mistakes_{};
};

// Fills `state` with the tree of its text; what cannot stand in any document is reported there.
void parse_document(DocumentState& state);

}  // namespace cudnn_install
