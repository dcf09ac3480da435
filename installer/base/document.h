// The located YAML reader: the only face of yaml-cpp. A document is read key by key; what nobody asked for, what is
// missing, what stands twice and what has the wrong type all become errors with file:line:col, and all of a file's
// mistakes are reported in one go.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/version.h"

namespace cudnn_install {

// A file's text with the name that errors show.
struct SourceText {
  std::string file{};
  std::string text{};
};

// The value, or every mistake of the file in the file's order.
template <class T>
using Loaded = tl::expected<T, std::vector<Error>>;

struct DocumentNode;
class DocumentState;
class Mapping;

// One value of a document. It refers to its Document, which must outlive it. A value whose absence or brokenness has
// been reported already is quiet: it answers empty things and reports nothing more.
class Value {
 public:
  Value() = default;
  [[nodiscard]] Where where() const;
  // Each reports a mistake (and answers something empty) if the value is of another type.
  // A scalar that is not empty. An unquoted number or boolean is a mistake, because other YAML readers would not read
  // the text: 9.10 would become 9.1.
  [[nodiscard]] std::string text() const;
  [[nodiscard]] bool boolean() const;  // true or false, nothing else
  [[nodiscard]] std::int64_t number() const;
  [[nodiscard]] Version version() const;                 // a text with 1 to 4 numbers
  [[nodiscard]] std::vector<std::string> texts() const;  // a list of texts, none of them twice
  [[nodiscard]] std::vector<Value> list() const;
  [[nodiscard]] Mapping mapping(std::string what) const;  // `what` names it in errors: "artifact"
  [[nodiscard]] bool is_mapping() const;
  [[nodiscard]] bool is_text() const;
  // A text that is one of `words`; the hint of the mistake is the nearest of them.
  [[nodiscard]] std::string one_of(const std::vector<std::string>& words) const;
  // Reports a mistake at this value.
  void mistake(std::string what, std::string hint = {}) const;
  // Reports a list that holds nothing.
  void expect_entries() const;
  // How errors name the value: 'title', an entry of 'methods'.
  [[nodiscard]] std::string label() const;

 private:
  friend class Document;
  friend class Mapping;
  Value(DocumentState* document, const DocumentNode* node) : document_(document), node_(node) {}
  [[nodiscard]] bool is_quiet() const;
  void wrong_type(std::string_view expected) const;

  DocumentState* document_ = nullptr;
  const DocumentNode* node_ = nullptr;
};

// The keys of one mapping. Keys that were never asked for are reported when the mapping ends, with the nearest known
// key.
class Mapping {
 public:
  ~Mapping();
  Mapping(Mapping&&) noexcept;
  Mapping& operator=(Mapping&&) = delete;

  [[nodiscard]] Value required(std::string_view key);  // missing: a mistake, and a quiet value
  [[nodiscard]] std::optional<Value> optional(std::string_view key);
  // The same, for what most keys hold: "" or nothing where the key is absent.
  [[nodiscard]] std::string optional_text(std::string_view key);
  [[nodiscard]] std::vector<std::string> optional_texts(std::string_view key);
  // All pairs in the file's order, for mappings whose keys are data; marks every key as asked for.
  [[nodiscard]] std::vector<std::pair<std::string, Value>> pairs();
  // Reports a mistake at the mapping itself.
  void mistake(std::string what, std::string hint = {}) const;

 private:
  friend class Value;
  Mapping(Value value, std::string what) : value_(value), what_(std::move(what)) {}
  Value value_;
  std::string what_;
  std::vector<std::string> asked_{};
};

class Document {
 public:
  // At most 1 MiB and 16 levels; no merge keys, anchors, aliases, tags or second documents; no bytes that a terminal
  // would hide.
  explicit Document(const SourceText& source, Fault fault = Fault::recipe);
  ~Document();
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  [[nodiscard]] Value root() const;  // quiet where the text is no YAML
  // What was found so far, in the file's order.
  [[nodiscard]] std::vector<Error> mistakes() const;
  // `value` if there are no mistakes. Every Mapping must have ended by then: in the statement before, because a
  // parameter may live as long as the statement that it was made in.
  template <class T>
  [[nodiscard]] Loaded<T> loaded(T value) const {
    std::vector<Error> found = mistakes();
    if (!found.empty()) {
      return tl::unexpected(std::move(found));
    }
    return value;
  }

 private:
  std::unique_ptr<DocumentState> state_;
};

}  // namespace cudnn_install
