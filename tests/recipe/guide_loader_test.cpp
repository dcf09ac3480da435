#include "recipe/guide.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

SourceText guide(const std::string& file, const std::string& name) {
  return {.file = file,
          .text = "guide: " + name +
                  "\ntitle: the guide\nclauses:\n"
                  "  - clause: 1.3.1 step 2\n    asks: unpack\n    by: [install]\n    tests: [\"a/b_test.py: it\"]\n"
                  "  - {clause: 2.3 step 3a, asks: copy, missing: no way yet, note: as it is}\n"
                  "  - {clause: \"1.6\", asks: ask, people: a forum is for people}\n"};
}

}  // namespace

TEST_CASE("a guide is read row by row", "[guide_loader]") {
  const Loaded<Guide> read = load_guide(guide("g.yaml", "one"));
  REQUIRE(read);
  CHECK(
      *read ==
      Guide{.name = "one",
            .title = "the guide",
            .rows = {{.clause = {"1.3.1", "step 2"}, .asks = "unpack", .by = {"install"}, .tests = {"a/b_test.py: it"}},
                     {.clause = {"2.3", "step 3a"}, .asks = "copy", .missing = "no way yet", .note = "as it is"},
                     {.clause = {"1.6", ""}, .asks = "ask", .people = "a forum is for people"}}});
}

TEST_CASE("guides are found among other recipes, and each stands once", "[guide_loader]") {
  const SourceText other{.file = "c.yaml", .text = "compat: notes\n"};
  const auto both = load_guides({guide("a.yaml", "one"), other, guide("b.yaml", "two")});
  REQUIRE(both);
  CHECK(both->size() == 2);
  const auto twice = load_guides({guide("a.yaml", "one"), guide("b.yaml", "one")});
  REQUIRE_FALSE(twice);
  CHECK(rendered(twice.error().front()).starts_with("b.yaml:1:8: error: 'one' stands in another file too"));
}
