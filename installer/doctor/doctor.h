// What is wrong with cuDNN, its repositories, their keys and an activated compatibility library here. A check is a free
// function from what was observed to its findings; it touches nothing, and a finding that can be mended carries the
// edit.
#pragma once

#include <string>
#include <vector>

#include "doctor/observed.h"
#include "system/file_edit.h"

namespace cudnn_install {

enum class Severity { warning, error };
std::string_view name_of(Severity severity);

struct Evidence {
  std::string file{};
  int line = 0;        // 0: the file as a whole
  std::string text{};  // what stands there
  bool operator==(const Evidence&) const = default;
};

// One finding.
struct Diagnosis {
  std::string id{};  // of its check
  Severity severity = Severity::error;
  std::string what{};  // one sentence
  std::vector<Evidence> evidence{};
  std::string remedy{};         // in words
  std::string command{};        // that does it, or helps; "" where the edit is all
  std::vector<FileEdit> fix{};  // empty: a person has to do it
  bool operator==(const Diagnosis&) const = default;
};

struct Check {
  std::string id{};
  std::string sentence{};
  std::vector<Diagnosis> (*look)(const Observed&) = nullptr;
};
// Every check there is, in the order in which they are asked.
const std::vector<Check>& checks();

// The findings of the checks whose names are in `only`; of all where it is empty.
std::vector<Diagnosis> diagnosed(const Observed& observed, const std::vector<std::string>& only);

// The edit as a unified diff with the change of the mode; what is no text is told by its size.
std::string diff_of(const FileEdit& edit);

}  // namespace cudnn_install
