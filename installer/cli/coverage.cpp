#include "cli/coverage.h"

#include <algorithm>

#include "base/text.h"
#include "cli/compat.h"
#include "cli/records.h"
#include "cli/survey.h"
#include "recipe/guide.h"

namespace cudnn_install {

namespace {

constexpr const char* compatibility = "compatibility";

// The tables of compatibility bring their own guide; their tests lie in one folder: decision_test: a name.
std::string test_of(const GuideClause& clause) {
  const std::size_t end = std::min(clause.test.find(':'), clause.test.size());
  const std::string file = clause.test.substr(0, end);
  return "compat/" + file + (file.ends_with(".py") ? "" : ".cpp") + clause.test.substr(end);
}

Coverage covered(const std::vector<GuideClause>& clauses) {
  Coverage coverage{.guide = compatibility, .title = "CUDA Compatibility, R570 edition", .clauses = {}};
  for (const GuideClause& clause : clauses) {
    CoveredClause row{.clause = clause.section, .asks = clause.says, .note = clause.note};
    if (!clause.missing.empty()) {
      row.cover = Cover::not_yet;
      row.reason = clause.missing;
    } else if (clause.by.empty()) {
      row.cover = Cover::people;
      row.reason = "no command of this program does it";
    } else {
      row.by = {clause.by};
      row.tests = {test_of(clause)};
    }
    coverage.clauses.push_back(row);
  }
  return coverage;
}

Result<std::vector<Coverage>> all(const std::string& directory, Context& context) {
  auto texts = recipe_texts(directory);
  const auto book = recipe_book(directory, context);
  const auto tables = compat_tables(directory, context);
  if (!texts || !book || !tables) {
    return tl::unexpected(!texts ? texts.error() : !book ? book.error() : tables.error());
  }
  const auto guides = or_mistakes(load_guides(*texts), context);
  if (!guides) {
    return tl::unexpected(guides.error());
  }
  std::vector<Coverage> found;
  for (const Guide& guide : *guides) {
    found.push_back(coverage_of(guide, book->recipes.methods));
  }
  found.push_back(covered(tables->clauses));
  return found;
}

}  // namespace

Result<Outcome> coverage(const std::string& guide, const std::string& directory, Context& context) {
  auto found = all(directory, context);
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (!guide.empty()) {
    std::vector<std::string> names;
    for (const Coverage& each : *found) {
      names.push_back(each.guide);
    }
    std::erase_if(*found, [&](const Coverage& each) { return each.guide != guide; });
    if (found->empty()) {
      const std::string near = nearest(guide, names);
      return failure(Fault::usage, "no guide '" + guide + "'",
                     near.empty() ? "write installation or compatibility" : "did you mean '" + near + "'?");
    }
  }
  std::string text;
  for (const Coverage& each : *found) {
    text += (text.empty() ? "" : "\n") + explained(each);
  }
  return Outcome{.text = text, .record = coverage_record(*found), .fault = {}};
}

}  // namespace cudnn_install
