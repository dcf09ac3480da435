#include <algorithm>

#include "base/text.h"
#include "recipe/clause.h"
#include "recipe/explain.h"
#include "recipe/guide.h"

namespace cudnn_install {

namespace {

void add_step(std::vector<CoveringStep>& steps, const std::string& method, const std::string& text) {
  const auto same = std::ranges::find(steps, text, &CoveringStep::step);
  if (same == steps.end()) {
    steps.push_back({.methods = {method}, .step = text});
  } else if (same->methods.back() != method) {
    same->methods.push_back(method);
  }
}

std::vector<CoveringStep> steps_of(const Clause& clause, const std::string& document,
                                   const std::vector<Method>& methods) {
  std::vector<CoveringStep> steps;
  for (const Method& method : methods) {
    if (method.document != document) {
      continue;
    }
    for (const Prerequisite& each : method.prerequisites) {
      if (each.clause == clause) {
        add_step(steps, method.name, "looks whether this is there: " + each.name);
      }
    }
    for (const MethodStep& each : method.steps) {
      if (each.clause == clause) {
        add_step(steps, method.name, described(each.step));
      }
    }
  }
  return steps;
}

std::string line(const std::string& name, const std::string& text) {
  std::string padded = name;
  padded.resize(std::max<std::size_t>(name.size(), 18), ' ');
  return "  " + padded + text + "\n";
}

std::string lines_of(const CoveredClause& clause) {
  std::string text = line(clause.clause, clause.asks);
  if (clause.cover == Cover::people) {
    text += line("", "for people: " + clause.reason);
  } else if (clause.cover == Cover::not_yet) {
    text += line("", "not yet: " + clause.reason);
  }
  for (const CoveringStep& step : clause.steps) {
    text += line("", joined(step.methods, ", ") + ": " + step.step);
  }
  for (const std::string& command : clause.by) {
    text += line("", "cudnn-install " + command);
  }
  for (const std::string& test : clause.tests) {
    text += line("", "shown by " + test);
  }
  return text + (clause.note.empty() ? "" : line("", "note: " + clause.note));
}

}  // namespace

std::string_view name_of(Cover cover) {
  return cover == Cover::done ? "done" : cover == Cover::people ? "people" : "not-yet";
}

Coverage coverage_of(const Guide& guide, const std::vector<Method>& methods) {
  Coverage coverage{.guide = guide.name, .title = guide.title, .clauses = {}};
  for (const GuideRow& row : guide.rows) {
    coverage.clauses.push_back({.clause = clause_text(row.clause),
                                .asks = row.asks,
                                .cover = !row.people.empty()    ? Cover::people
                                         : !row.missing.empty() ? Cover::not_yet
                                                                : Cover::done,
                                .steps = steps_of(row.clause, guide.title, methods),
                                .by = row.by,
                                .tests = row.tests,
                                .reason = row.people + row.missing,
                                .note = row.note});
  }
  return coverage;
}

std::size_t counted(const Coverage& coverage, Cover cover) {
  return static_cast<std::size_t>(std::ranges::count(coverage.clauses, cover, &CoveredClause::cover));
}

std::string explained(const Coverage& coverage) {
  std::string text = coverage.title + "\n\n";
  for (const CoveredClause& clause : coverage.clauses) {
    text += lines_of(clause);
  }
  return text + "\n" + std::to_string(coverage.clauses.size()) +
         " instructions: " + std::to_string(counted(coverage, Cover::done)) + " done, " +
         std::to_string(counted(coverage, Cover::people)) + " for people, " +
         std::to_string(counted(coverage, Cover::not_yet)) + " not yet\n";
}

}  // namespace cudnn_install
