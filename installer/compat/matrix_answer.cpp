#include <algorithm>

#include "compat/decision.h"

namespace cudnn_install {

namespace {

int branch_of(const Version& driver) {
  return static_cast<int>(driver.major());
}

bool holds(const std::vector<int>& numbers, int number) {
  return std::ranges::find(numbers, number) != numbers.end();
}

std::string listed(const std::vector<int>& numbers) {
  std::string text;
  for (const int number : numbers) {
    text += (text.empty() ? "" : ", ") + std::to_string(number);
  }
  return text;
}

std::optional<Cell> cell_of(const Edition& edition, const Version& package, int branch) {
  const auto row = std::ranges::find(edition.rows, package, &MatrixRow::package);
  const auto column = std::ranges::find(edition.columns, branch);
  if (row == edition.rows.end() || column == edition.columns.end()) {
    return std::nullopt;
  }
  return row->cells[static_cast<std::size_t>(column - edition.columns.begin())];
}

std::string end_of(const Branch& branch) {
  return !branch.end.empty() ? "its life ends with " + branch.end : branch.ended ? "its life is over" : "";
}

std::vector<std::string> remarks_on(const CompatTables& tables, int number) {
  std::vector<std::string> remarks;
  const Branch* branch = find_branch(tables, number);
  if (branch == nullptr) {
    remarks.push_back("branch " + std::to_string(number) + " is in no list of branches");
    return remarks;
  }
  if (branch->type == BranchType::new_feature || branch->type == BranchType::developer) {
    remarks.push_back("branch " + std::to_string(number) + " is a " + std::string(name_of(branch->type)) +
                      ", which the guide calls no target of forward compatibility");
  }
  if (const std::string end = end_of(*branch); !end.empty()) {
    remarks.push_back("branch " + std::to_string(number) + ": " + end);
  }
  return remarks;
}

std::string meaning_of(Cell cell, const Version& package, int branch) {
  const std::string name = package_name(package);
  switch (cell) {
    case Cell::compatible:
      return name + " serves on branch " + std::to_string(branch);
    case Cell::not_applicable:
      return name + " does not apply to branch " + std::to_string(branch) + ": that driver has this CUDA itself";
    case Cell::incompatible:
      break;
  }
  return name + " is not for branch " + std::to_string(branch);
}

std::optional<MatrixAnswer> by_edition(const CompatTables& tables, const Package& package, int branch) {
  for (const Edition& edition : tables.editions) {
    const std::optional<Cell> cell = cell_of(edition, package.cuda, branch);
    if (!cell) {
      continue;
    }
    MatrixAnswer answer{.cell = *cell, .source = MatrixSource::edition, .where = edition.name};
    answer.reason = meaning_of(*cell, package.cuda, branch) + " (table 3, edition " + edition.name + ")";
    answer.remarks = remarks_on(tables, branch);
    answer.grade = edition.provenance.grade;
    if (&edition != &tables.editions.front() && !holds(tables.editions.front().columns, branch)) {
      answer.remarks.push_back("edition " + tables.editions.front().name + " no longer lists branch " +
                               std::to_string(branch));
    }
    return answer;
  }
  return std::nullopt;
}

std::optional<MatrixAnswer> by_order(const Package& package, int branch) {
  if (branch < package.branch) {
    return std::nullopt;
  }
  MatrixAnswer answer{.cell = branch == package.branch ? Cell::not_applicable : Cell::incompatible};
  answer.reason = meaning_of(answer.cell, package.cuda, branch) +
                  (branch == package.branch ? "" : ", which is newer than the package's branch ") +
                  (branch == package.branch ? "" : std::to_string(package.branch));
  return answer;
}

std::optional<MatrixAnswer> by_known_note(const CompatTables& tables, const Package& package, int branch) {
  const auto known =
      std::ranges::find_if(tables.notes, [&](const KnownNote& each) { return each.note.cuda == package.cuda; });
  if (known == tables.notes.end()) {
    return std::nullopt;
  }
  const bool accepted = holds(known->note.branches, branch);
  MatrixAnswer answer{.cell = accepted ? Cell::compatible : Cell::incompatible,
                      .source = MatrixSource::known_note,
                      .where = known->driver.text()};
  answer.reason = meaning_of(answer.cell, package.cuda, branch) + ": the note inside libcuda.so." +
                  known->driver.text() + " lists " + listed(known->note.branches);
  answer.grade = known->provenance.grade;
  return answer;
}

std::optional<MatrixAnswer> by_packagers(const CompatTables& tables, const Package& package, const Version& driver) {
  const auto row = std::ranges::find(tables.packagers, package.cuda, &PackagerRow::package);
  if (row == tables.packagers.end()) {
    return std::nullopt;
  }
  MatrixAnswer answer{
      .cell = Cell::incompatible, .source = MatrixSource::packagers, .where = row->provenance.sources.front()};
  answer.grade = row->provenance.grade;
  const auto base =
      std::ranges::find_if(row->bases, [&](const Version& each) { return each.major() == driver.major(); });
  if (base == row->bases.end()) {
    answer.reason = meaning_of(answer.cell, package.cuda, branch_of(driver)) + ": the list of its bases leaves it out";
    return answer;
  }
  answer.cell = driver < *base ? Cell::incompatible : Cell::compatible;
  answer.reason =
      meaning_of(answer.cell, package.cuda, branch_of(driver)) + ": the list of its bases names " + base->text();
  return answer;
}

bool is_long_lived(const CompatTables& tables, int number) {
  const Branch* branch = find_branch(tables, number);
  return branch != nullptr && (branch->type == BranchType::lts || branch->type == BranchType::production);
}

std::optional<MatrixAnswer> by_range(const CompatTables& tables, const Package& package, const Version& driver) {
  const auto range = std::ranges::find_if(tables.rules.ranges, [&](const PackageRange& each) {
    return each.from <= package.cuda && package.cuda <= each.until;
  });
  if (range == tables.rules.ranges.end() || !is_long_lived(tables, branch_of(driver))) {
    return std::nullopt;
  }
  MatrixAnswer answer{.cell = driver < range->base ? Cell::incompatible : Cell::compatible,
                      .source = MatrixSource::range,
                      .where = range->provenance.sources.front()};
  answer.reason = meaning_of(answer.cell, package.cuda, branch_of(driver)) +
                  ": no edition at hand has its row; administrators go by drivers from " + range->base.text() + " on";
  answer.grade = range->provenance.grade;
  return answer;
}

MatrixAnswer by_branch(const Package& package, int branch) {
  MatrixAnswer answer{.cell = Cell::incompatible, .source = MatrixSource::branch_rule};
  answer.reason =
      meaning_of(answer.cell, package.cuda, branch) + ": no edition lists the two together, so it is no target";
  return answer;
}

}  // namespace

std::string_view name_of(MatrixSource source) {
  switch (source) {
    case MatrixSource::note:
      return "note";
    case MatrixSource::edition:
      return "edition";
    case MatrixSource::known_note:
      return "known-note";
    case MatrixSource::packagers:
      return "packagers";
    case MatrixSource::range:
      return "range";
    case MatrixSource::branch_rule:
      break;
  }
  return "branch-rule";
}

MatrixAnswer matrix_answer(const CompatTables& tables, const Package& package, const Version& driver) {
  const int branch = branch_of(driver);
  std::optional<MatrixAnswer> answer = by_edition(tables, package, branch);
  if (answer) {
    return *answer;
  }
  answer = by_order(package, branch);
  answer = answer ? answer : by_known_note(tables, package, branch);
  answer = answer ? answer : by_packagers(tables, package, driver);
  answer = answer ? answer : by_range(tables, package, driver);
  MatrixAnswer final_answer = answer ? *answer : by_branch(package, branch);
  final_answer.remarks = remarks_on(tables, branch);
  return final_answer;
}

MatrixAnswer matrix_answer(const CompatTables& tables, const CompatLibrary& library, const Version& driver) {
  const int branch = branch_of(driver);
  const Version cuda = cuda_of_library(tables, library);
  MatrixAnswer answer;
  const bool noted = library.note && !library.note->branches.empty();
  if (noted) {
    const bool accepted = holds(library.note->branches, branch);
    answer = {
        .cell = accepted ? Cell::compatible : Cell::incompatible, .source = MatrixSource::note, .where = library.path};
    answer.reason = std::string("the library's note ") + (accepted ? "lists" : "does not list") + " branch " +
                    std::to_string(branch) + " among " + listed(library.note->branches);
    answer.remarks = remarks_on(tables, branch);
  } else if (const Package* package = find_package(tables, cuda)) {
    answer = matrix_answer(tables, *package, driver);
  } else {
    answer.reason = "nothing is known of the package that the library is from";
  }
  if (library.driver && *library.driver <= driver) {
    // A listed branch is not enough: tried with 580.95.05 under 580.159.04.
    answer.cell = *library.driver == driver ? Cell::not_applicable : Cell::incompatible;
    answer.reason = "the library is of driver " + library.driver->text() +
                    (*library.driver == driver ? ", as is the kernel" : ", older than the kernel's " + driver.text());
  } else if (!noted && library.driver && static_cast<int>(library.driver->major()) == branch) {
    // The guide's first question: within a branch that lives long the package may be newer than the kernel's driver.
    answer.cell = is_long_lived(tables, branch) ? Cell::compatible : Cell::incompatible;
    answer.source = MatrixSource::branch_rule;
    answer.reason = "the library is newer than the kernel's driver within branch " + std::to_string(branch) +
                    (answer.cell == Cell::compatible ? ", which lives long enough for that"
                                                     : ", which is no LTS or production branch");
  }
  return answer;
}

}  // namespace cudnn_install
