// Answers of real programs, as files: what was asked, status, both outputs, and how they are read.
#pragma once

#include <string>

#include "packages/answers.h"

// A file below answers/:
//   manager apt            zypper, dnf …
//   asked refresh NAME     which of the readers reads it, and what it is told
//   status 100
//   --- out
//   --- err
//   --- read               the whole value that the reader answers, as text
struct RecordedAnswer {
  cudnn_install::Manager manager{};
  std::string asked{};
  std::string about{};
  cudnn_install::Answer answer{};
  std::string read{};
};

RecordedAnswer recorded_answer(const std::string& path);
std::string as_read(const RecordedAnswer& recorded);
