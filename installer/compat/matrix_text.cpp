#include "compat/matrix_text.h"

#include <algorithm>

#include "compat/decision.h"

namespace cudnn_install {

namespace {

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string cuda_of(const CompatTables& tables, int branch) {
  const Branch* known = find_branch(tables, branch);
  return known == nullptr ? "?" : known->cuda.text();
}

// What the table cannot say in its cells.
std::vector<std::string> notes_on(const CompatTables& tables, const Edition& edition) {
  std::vector<std::string> notes = {
      "C: the package serves. N/A: the driver has this CUDA itself. X: the package is older than the driver;",
      "programs of that CUDA run on it all the same, by backward compatibility.",
      "Branches that are not listed are no targets."};
  for (const int column : edition.columns) {
    const Branch* branch = find_branch(tables, column);
    if (branch != nullptr && branch->type == BranchType::new_feature) {
      notes.push_back("Branch " + std::to_string(column) +
                      " is a New Feature Branch, which the guide calls no target, and has cells all the same.");
    }
    if (branch != nullptr && !branch->end.empty()) {
      notes.push_back("The life of branch " + std::to_string(column) + " ends with " + branch->end + ".");
    }
  }
  if (!edition.complete) {
    notes.emplace_back("This edition is known in part: rows are missing.");
  }
  return notes;
}

std::string head(const CompatTables& tables, const Edition& edition) {
  return "edition " + edition.name + " (" + edition.date + "), " + std::string(name_of(edition.provenance.grade)) +
         ": " + title_of(tables, edition.provenance.sources.front());
}

}  // namespace

std::string matrix_as_text(const CompatTables& tables, const Edition& edition) {
  std::string text = head(tables, edition) + "\n\n" + padded("package", 18);
  for (const int column : edition.columns) {
    text += padded(std::to_string(column) + "+", 8);
  }
  text += "\n" + padded("", 18);
  for (const int column : edition.columns) {
    text += padded("(" + cuda_of(tables, column) + ")", 8);
  }
  text += "\n";
  for (const MatrixRow& row : edition.rows) {
    text += padded(package_name(row.package), 18);
    for (const Cell cell : row.cells) {
      text += padded(std::string(name_of(cell)), 8);
    }
    text += "\n";
  }
  text += "\n";
  for (const std::string& note : notes_on(tables, edition)) {
    text += note + "\n";
  }
  std::string trimmed;  // no spaces at line ends
  for (const char c : text) {
    while (c == '\n' && trimmed.ends_with(' ')) {
      trimmed.pop_back();
    }
    trimmed += c;
  }
  return trimmed;
}

std::string matrix_as_markdown(const CompatTables& tables, const Edition& edition) {
  std::string text = head(tables, edition) + "\n\n| package |";
  std::string rule = "|---|";
  for (const int column : edition.columns) {
    text += " " + std::to_string(column) + "+ (CUDA " + cuda_of(tables, column) + ") |";
    rule += "---|";
  }
  text += "\n" + rule + "\n";
  for (const MatrixRow& row : edition.rows) {
    text += "| " + package_name(row.package) + " |";
    for (const Cell cell : row.cells) {
      text += " " + std::string(name_of(cell)) + " |";
    }
    text += "\n";
  }
  text += "\n";
  for (const std::string& note : notes_on(tables, edition)) {
    text += note + "\n";
  }
  return text;
}

}  // namespace cudnn_install
