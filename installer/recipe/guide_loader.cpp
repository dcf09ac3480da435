#include <algorithm>
#include <iterator>

#include "recipe/clause.h"
#include "recipe/guide.h"
#include "recipe/words.h"

namespace cudnn_install {

namespace {

// A row answers in one way: by tests, by a reason why it is for people, or by what is missing.
void expect_one_answer(const Mapping& map, const GuideRow& row) {
  const int answers = (row.people.empty() ? 0 : 1) + (row.missing.empty() ? 0 : 1);
  if (answers > 1) {
    map.mistake("a clause has both 'people' and 'missing'; expected one of them");
  } else if (answers == 0 && row.tests.empty()) {
    map.mistake("a clause has none of 'tests', 'people' and 'missing'; expected one of them",
                "what this program does is shown by a test");
  } else if (!row.missing.empty() && !row.by.empty()) {
    map.mistake("a clause has both 'by' and 'missing'; expected one of them");
  }
}

std::vector<std::string> read_tests(Mapping& map) {
  const std::optional<Value> tests = map.optional("tests");
  if (!tests) {
    return {};
  }
  for (const Value& test : tests->list()) {
    const std::string text = test.is_text() ? test.text() : "";
    if (!text.empty() && (text.find('/') == std::string::npos || text.find(": ") == std::string::npos)) {
      test.mistake("'" + text + "' is no test", "write file and name: engine/guide_test.py: every compression");
    }
  }
  return tests->texts();
}

GuideRow read_row(Mapping map) {
  GuideRow row{.clause = read_clause(map.required("clause")), .asks = map.required("asks").text()};
  row.by = map.optional_texts("by");
  row.tests = read_tests(map);
  row.people = map.optional_text("people");
  row.missing = map.optional_text("missing");
  row.note = map.optional_text("note");
  expect_one_answer(map, row);
  return row;
}

Guide read_guide(Mapping map) {
  Guide guide{.name = recipe_name(map.required("guide")), .title = map.required("title").text()};
  const Value clauses = map.required("clauses");
  for (const Value& clause : clauses.list()) {
    guide.rows.push_back(read_row(clause.mapping("clause")));
  }
  clauses.expect_entries();
  return guide;
}

void twice(const SourceText& file, const std::string& name, std::vector<Error>& errors) {
  const Document document(file);
  document.root().mapping("guide").required("guide").mistake("'" + name + "' stands in another file too");
  errors.push_back(document.mistakes().front());
}

}  // namespace

Loaded<Guide> load_guide(const SourceText& file) {
  const Document document(file);
  Guide guide = read_guide(document.root().mapping("guide"));
  return document.loaded(std::move(guide));
}

Loaded<std::vector<Guide>> load_guides(const std::vector<SourceText>& files) {
  std::vector<Guide> guides;
  std::vector<Error> errors;
  for (const SourceText& file : files) {
    if (kind_of(file.text) != RecipeKind::guide) {
      continue;
    }
    Loaded<Guide> guide = load_guide(file);
    if (!guide) {
      std::move(guide.error().begin(), guide.error().end(), std::back_inserter(errors));
    } else if (std::ranges::find(guides, guide->name, &Guide::name) != guides.end()) {
      twice(file, guide->name, errors);
    } else {
      guides.push_back(std::move(*guide));
    }
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return guides;
}

}  // namespace cudnn_install
