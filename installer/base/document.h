// The located YAML reader: the only face of yaml-cpp. A document is read key by key; what nobody asked for, what is
// missing, what stands twice and what has the wrong type all become errors with file:line:col, and all of a file's
// mistakes are reported in one go.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/error.h"

namespace cudnn_install {

// A file's text with the name that errors show.
struct SourceText {
  std::string file{};
  std::string text{};
};

// The value, or every mistake of the file in the file's order.
template <class T>
using Loaded = tl::expected<T, std::vector<Error>>;

class Mapping;

// One value of a document. It refers to its Document, which must outlive it.
class Value {
 public:
  [[nodiscard]] Where where() const;
  // Each reports a mistake (and answers something empty) if the value is of another type.
  [[nodiscard]] std::string text() const;  // a scalar, as written: 9.10 stays "9.10"
  [[nodiscard]] bool boolean() const;      // true or false, nothing else
  [[nodiscard]] std::int64_t number() const;
  [[nodiscard]] std::vector<std::string> texts() const;  // a list of scalars
  [[nodiscard]] std::vector<Value> list() const;
  [[nodiscard]] Mapping mapping(std::string what) const;  // `what` names it in errors: "artifact"
  [[nodiscard]] bool is_mapping() const;
  // Reports a mistake at this value.
  void mistake(std::string what, std::string hint = {}) const;

 private:
  friend class Document;
  friend class Mapping;
  struct Node;
  std::shared_ptr<const Node> node_;
};

// The keys of one mapping. Keys that were never asked for are reported when the mapping ends, with the nearest known
// key.
class Mapping {
 public:
  ~Mapping();
  Mapping(Mapping&&) noexcept;
  Mapping& operator=(Mapping&&) = delete;

  [[nodiscard]] Value required(std::string_view key);  // missing: a mistake, and an empty value
  [[nodiscard]] std::optional<Value> optional(std::string_view key);
  // All pairs in the file's order, for mappings whose keys are data; marks every key as asked for.
  [[nodiscard]] std::vector<std::pair<std::string, Value>> pairs();

 private:
  friend class Value;
  struct State;
  explicit Mapping(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

class Document {
 public:
  // At most 1 MiB (catalogue files included) and 16 levels; no merge keys, anchors, aliases, tags or second documents.
  explicit Document(SourceText source);
  ~Document();
  Document(const Document&) = delete;
  Document& operator=(const Document&) = delete;

  [[nodiscard]] Value root() const;
  // What was found so far, in the file's order. `fault` is recipe unless the constructor's caller changes it.
  [[nodiscard]] const std::vector<Error>& mistakes() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace cudnn_install
