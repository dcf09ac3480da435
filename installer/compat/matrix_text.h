// The matrix of one edition as people read it.
#pragma once

#include <string>

#include "compat/tables.h"

namespace cudnn_install {

std::string matrix_as_text(const CompatTables& tables, const Edition& edition);
std::string matrix_as_markdown(const CompatTables& tables, const Edition& edition);

}  // namespace cudnn_install
