#include "base/document.h"

#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::string told(const Document& document) {
  std::string text;
  for (const Error& error : document.mistakes()) {
    text += std::to_string(error.where->line) + ':' + std::to_string(error.where->column) + ' ' + error.what;
    text += error.hint.empty() ? "\n" : " (" + error.hint + ")\n";
  }
  return text;
}

Document document_of(const std::string& text) {
  return Document({.file = "x.yaml", .text = text});
}

}  // namespace

TEST_CASE("a document answers its values as they are written", "[document]") {
  const Document document =
      document_of("name: a b\nversion: \"9.10\"\nyes: true\nno: false\nsize: 12\nwords: [x, \"2\"]\n");
  Mapping map = document.root().mapping("thing");
  CHECK(map.required("name").text() == "a b");
  CHECK(map.required("version").version().text() == "9.10");
  CHECK(map.required("yes").boolean());
  CHECK_FALSE(map.required("no").boolean());
  CHECK(map.required("size").number() == 12);
  CHECK(map.required("words").texts() == std::vector<std::string>{"x", "2"});
  CHECK_FALSE(map.optional("missing"));
  CHECK(map.optional_text("missing").empty());
  CHECK(told(document).empty());
}

TEST_CASE("pairs come in the file's order and count as asked for", "[document]") {
  const Document document = document_of("b: x\na: y\n");
  std::string seen;
  for (const auto& [key, value] : document.root().mapping("thing").pairs()) {
    seen += key + '=' + value.text() + ' ';
  }
  CHECK(seen == "b=x a=y ");
  CHECK(told(document).empty());
}

TEST_CASE("keys that nobody asks for are reported when the mapping ends", "[document]") {
  const Document document = document_of("name: x\nsha265: y\n");
  {
    Mapping map = document.root().mapping("thing");
    CHECK(map.required("name").text() == "x");
    CHECK_FALSE(map.optional("sha256"));
    CHECK(told(document).empty());
  }
  CHECK(told(document) == "2:1 unknown key 'sha265' in thing (did you mean 'sha256'?)\n");
}

TEST_CASE("a missing key is reported once, and its quiet value reports nothing more", "[document]") {
  const Document document = document_of("name: x\n");
  Mapping map = document.root().mapping("thing");
  static_cast<void>(map.optional("name"));
  const Value value = map.required("list");
  CHECK(value.text().empty());
  CHECK(value.texts().empty());
  CHECK(value.number() == 0);
  CHECK_FALSE(value.boolean());
  CHECK(value.version().size() == 0);
  CHECK(value.mapping("inner").required("deep").list().empty());
  value.mistake("never seen");
  CHECK(told(document) == "1:1 missing key 'list' in thing\n");
}

TEST_CASE("a value of another type is reported with what was found and what was expected", "[document]") {
  const Document document = document_of("text: 9.10\nbool: \"true\"\nnumber: 1.5\nlist: x\nmap: [x]\nempty:\n");
  {
    Mapping map = document.root().mapping("thing");
    static_cast<void>(map.required("text").text());
    static_cast<void>(map.required("bool").boolean());
    static_cast<void>(map.required("number").number());
    static_cast<void>(map.required("list").list());
    static_cast<void>(map.required("map").mapping("inner"));
    static_cast<void>(map.required("empty").text());
  }
  CHECK(told(document) ==
        "1:7 'text' is a number; expected text (quote it: \"9.10\")\n"
        "2:7 'bool' is text; expected true or false\n"
        "3:9 'number' is a number; expected a whole number, 0 or more\n"
        "4:7 'list' is text; expected a list\n"
        "5:6 'map' is a list; expected a mapping\n"
        "6:1 'empty' is empty; expected text\n");
}

TEST_CASE("what other YAML readers take for numbers is no text without quotes", "[document]") {
  for (const char* number : {"1", "-1", "+1", "1.5", "1e3", "0x1f", "0o17", ".5", ".inf", "0755"}) {
    const Document document = document_of("key: " + std::string(number) + "\n");
    INFO(number);
    CHECK(document.root().mapping("thing").required("key").text().empty());
    CHECK(document.mistakes().size() == 1);
  }
  for (const char* text : {"1.2.3", "8.9.6.50", "v1", "-", "a1", "+x", "1x", "inf", "nan"}) {
    const Document document = document_of("key: '" + std::string(text) + "'\n");
    INFO(text);
    CHECK(document.root().mapping("thing").required("key").text() == text);
  }
}

TEST_CASE("mistakes come in the file's order, whatever the order of asking", "[document]") {
  const Document document = document_of("a: 1\nb: 2\n");
  Mapping map = document.root().mapping("thing");
  map.required("b").mistake("second");
  map.required("a").mistake("first", "a hint");
  CHECK(told(document) == "1:4 first (a hint)\n2:4 second\n");
}

TEST_CASE("a word out of a closed list is checked, with the nearest as the hint", "[document]") {
  const Document document = document_of("a: keeps\nb: other\nc: keep\n");
  Mapping map = document.root().mapping("thing");
  CHECK(map.required("a").one_of({"follow", "keep"}).empty());
  CHECK(map.required("b").one_of({"follow", "keep"}).empty());
  CHECK(map.required("c").one_of({"follow", "keep"}) == "keep");
  CHECK(told(document) ==
        "1:4 'keeps' is not known for 'a' (did you mean 'keep'?)\n"
        "2:4 'other' is not known for 'b' (known are: follow, keep)\n");
}

TEST_CASE("a list says which text stands twice, and that it is empty", "[document]") {
  const Document document = document_of("a: [x, y, x]\nb: []\n");
  Mapping map = document.root().mapping("thing");
  CHECK(map.required("a").texts() == std::vector<std::string>{"x", "y"});
  map.required("b").expect_entries();
  CHECK(told(document) ==
        "1:11 'x' stands twice in 'a'\n"
        "2:4 'b' is an empty list; expected at least one entry\n");
}

TEST_CASE("loaded answers the value or the mistakes", "[document]") {
  const Document good = document_of("a: x\n");
  static_cast<void>(good.root().mapping("thing").pairs());
  CHECK(good.loaded(7) == Loaded<int>(7));

  const Document bad({.file = "y.yaml", .text = "a: x\n"}, Fault::usage);
  static_cast<void>(bad.root().number());
  CHECK(bad.loaded(7) == Loaded<int>(tl::unexpected(std::vector<Error>{
                             {.fault = Fault::usage,
                              .what = "the document is a mapping; expected a whole number, 0 or more",
                              .where = Where{.file = "y.yaml", .line = 1, .column = 1, .source = "a: x"}}})));
}

TEST_CASE("a place shows its whole line without its line end", "[document]") {
  const Document document = document_of("a: x\r\nb:\ty\r\n");
  Mapping map = document.root().mapping("thing");
  CHECK(map.required("a").where() == Where{.file = "x.yaml", .line = 1, .column = 4, .source = "a: x"});
  CHECK(map.required("b").where() == Where{.file = "x.yaml", .line = 2, .column = 4, .source = "b: y"});
}
