#include "base/document.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::string told(const std::string& text) {
  const Document document({.file = "x.yaml", .text = text});
  std::string all;
  for (const Error& error : document.mistakes()) {
    all += std::to_string(error.where->line) + ':' + std::to_string(error.where->column) + ' ' + error.what + '\n';
  }
  return all;
}

}  // namespace

TEST_CASE("what YAML allows and recipes do not is refused", "[document_parser]") {
  CHECK(told("a: &x 1\nb: *x\n") == "1:4 anchors are not allowed\n2:4 aliases are not allowed\n");
  CHECK(told("a: {<<: {b: c}}\n") == "1:5 merge keys are not allowed\n");
  CHECK(told("a: !!str x\n") == "1:4 tags are not allowed: 'tag:yaml.org,2002:str'\n");
  CHECK(told("a: b\n---\nc: d\n") == "2:1 a second document starts here\n");
  CHECK(told("a: b\na: c\n") == "2:1 duplicate key 'a'\n");
  CHECK(told("[a, b]: c\n") == "1:1 a key must be a word\n");
  CHECK(told("") == "1:0 the file is empty\n");
}

TEST_CASE("a document may have a start line, comments and Windows line ends", "[document_parser]") {
  CHECK(told("# first\r\n---\r\na: 'b'\r\nc: \"d\"\r\n").empty());
}

TEST_CASE("broken YAML is told in words, and nothing else is reported", "[document_parser]") {
  CHECK(told("a: [b\n") == "2:1 '[' is not closed, or ',' is missing\n");
  CHECK(told("a: {b: c\n") == "2:1 '{' is not closed, or ',' is missing\n");
  CHECK(told("a: \"b\n") == "1:4 a quote is not closed\n");
  CHECK(told("a: 'b''\n") == "1:4 a quote is not closed\n");
  CHECK(told("a: 'b''c'\nd: \"\\\"\"\n").empty());
  CHECK(told("a: b: c\n") == "1:5 ':' cannot stand here\n");
  CHECK(told("a: @b\n") == "1:4 this character cannot start a value\n");
  CHECK(told("a: \"\\q\"\n") == "1:7 unknown escape in a quoted text\n");
  CHECK(told("a: - b\n") == "1:4 '-' cannot stand here\n");
  CHECK(told("a:\n\tb: c\n") == "2:1 a tab in the indentation\n");
}

TEST_CASE("depth is limited, and no nesting exhausts the stack", "[document_parser]") {
  CHECK(told("a: " + std::string(15, '[') + std::string(15, ']') + "\n").empty());
  CHECK(told("a: " + std::string(16, '[') + std::string(16, ']') + "\n") == "1:19 nested more than 16 levels deep\n");
  CHECK(told(std::string(100'000, '[')).ends_with(" nested more than 16 levels deep\n"));
}

TEST_CASE("size is limited to 1 MiB", "[document_parser]") {
  const std::string start = "a: \"";
  const std::string end = "\"\n";
  const std::string text = start + std::string((1U << 20U) - start.size() - end.size(), 'x') + end;
  CHECK(told(text).empty());
  CHECK(told(text + "\n") == "1:0 the file has 1048577 bytes; at most 1048576 are read\n");
}

TEST_CASE("bytes that a terminal would hide are refused, line by line", "[document_parser]") {
  CHECK(told("a: \xff\nb: ok\nc: x\x1b[1m\n") ==
        "1:4 a byte that is no visible UTF-8 text\n3:5 a byte that is no visible UTF-8 text\n");
  CHECK(told("a: caf\xc3\xa9\n").empty());
  CHECK(told(std::string("a: x\0y\n", 7)) == "1:5 a byte that is no visible UTF-8 text\n");
}
