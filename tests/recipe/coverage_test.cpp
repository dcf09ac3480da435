#include "recipe/guide.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

Method method(const std::string& name, const std::string& document) {
  return {.name = name,
          .document = document,
          .prerequisites = {{.name = "zlib", .clause = {"1.1.3", ""}}},
          .steps = {{.step = RefreshTemplate{}, .clause = {"1.3.2", "step 4"}},
                    {.step = InstallPackageTemplate{"dev"}, .clause = {"1.3.2", "step 6"}}}};
}

const Guide guide{.name = "installation",
                  .title = "the guide",
                  .rows = {{.clause = {"1.1.3", ""}, .asks = "zlib", .by = {"plan"}, .tests = {"a/b.cpp: c"}},
                           {.clause = {"1.3.2", "step 4"}, .asks = "refresh", .tests = {"d/e.py: f"}, .note = "note"},
                           {.clause = {"1.6", ""}, .asks = "ask", .people = "a forum"},
                           {.clause = {"2.3", "step 3a"}, .asks = "copy", .missing = "no way"}}};

}  // namespace

TEST_CASE("a step of a method is found by its clause, and one that methods share is told once", "[coverage]") {
  const Coverage found = coverage_of(guide, {method("one", "the guide"), method("two", "the guide")});
  REQUIRE(found.clauses.size() == 4);
  CHECK(found.clauses[0] == CoveredClause{.clause = "1.1.3",
                                          .asks = "zlib",
                                          .steps = {{{"one", "two"}, "looks whether this is there: zlib"}},
                                          .by = {"plan"},
                                          .tests = {"a/b.cpp: c"}});
  CHECK(found.clauses[1].steps == std::vector<CoveringStep>{{{"one", "two"}, "refresh the package lists"}});
  CHECK(found.clauses[2].cover == Cover::people);
  CHECK(found.clauses[3].cover == Cover::not_yet);
}

TEST_CASE("a method of another document fulfils nothing of this one", "[coverage]") {
  const Coverage found = coverage_of(guide, {method("one", "another guide")});
  CHECK(found.clauses[1].steps.empty());
}

TEST_CASE("the coverage as text tells who does each thing, and counts", "[coverage]") {
  CHECK(explained(coverage_of(guide, {method("one", "the guide")})) ==
        "the guide\n"
        "\n"
        "  1.1.3             zlib\n"
        "                    one: looks whether this is there: zlib\n"
        "                    cudnn-install plan\n"
        "                    shown by a/b.cpp: c\n"
        "  1.3.2 step 4      refresh\n"
        "                    one: refresh the package lists\n"
        "                    shown by d/e.py: f\n"
        "                    note: note\n"
        "  1.6               ask\n"
        "                    for people: a forum\n"
        "  2.3 step 3a       copy\n"
        "                    not yet: no way\n"
        "\n"
        "4 instructions: 2 done, 1 for people, 1 not yet\n");
}
