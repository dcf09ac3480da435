// A guide of NVIDIA's, clause by clause: what each asks for, and what of this program fulfils it. Steps of method
// recipes carry their clause themselves; a table of the guide tells only the rest.
#pragma once

#include <string>
#include <vector>

#include "recipe/recipe.h"

namespace cudnn_install {

// Somebody does it: this program (`tests` show it), people alone, or nobody yet.
struct GuideRow {
  Clause clause{};
  std::string asks{};
  std::vector<std::string> by{};  // subcommands, as they are typed; none where steps of methods do it alone
  std::vector<std::string>
      tests{};            // below tests/, the file and the test's name: engine/guide_test.py: every compression
  std::string people{};   // why it is for people alone
  std::string missing{};  // what is not built yet
  std::string note{};
  bool operator==(const GuideRow&) const = default;
};

struct Guide {
  std::string name{};   // installation
  std::string title{};  // of the document, as methods name it
  std::vector<GuideRow> rows{};
  bool operator==(const Guide&) const = default;
};

Loaded<Guide> load_guide(const SourceText& file);
// Those of all guides among `files`; a name that stands twice is a mistake.
Loaded<std::vector<Guide>> load_guides(const std::vector<SourceText>& files);

enum class Cover { done, people, not_yet };
std::string_view name_of(Cover cover);

// A step that several methods share is told once.
struct CoveringStep {
  std::vector<std::string> methods{};
  std::string step{};
  bool operator==(const CoveringStep&) const = default;
};
struct CoveredClause {
  std::string clause{};
  std::string asks{};
  Cover cover = Cover::done;
  std::vector<CoveringStep> steps{};
  std::vector<std::string> by{};
  std::vector<std::string> tests{};
  std::string reason{};  // why it is for people, or what is missing
  std::string note{};
  bool operator==(const CoveredClause&) const = default;
};
struct Coverage {
  std::string guide{};
  std::string title{};
  std::vector<CoveredClause> clauses{};
};

// The guide's rows joined with the steps and prerequisites of the methods that follow this document.
Coverage coverage_of(const Guide& guide, const std::vector<Method>& methods);
// How many clauses are covered in this way.
std::size_t counted(const Coverage& coverage, Cover cover);
std::string explained(const Coverage& coverage);

}  // namespace cudnn_install
