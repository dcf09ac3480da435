// What an error of CUDA, of a framework or of a container means, and what to do about it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "compat/tables.h"

namespace cudnn_install {

struct ErrorExplanation {
  const KnownError* error = nullptr;
  std::vector<std::string> details{};  // what the message itself tells: the driver found, the driver wanted
};

// `text` is a number, a name (cudaErrorNoDevice) or a message with the error somewhere in it. Empty: nothing known.
std::vector<ErrorExplanation> explained_errors(const CompatTables& tables, std::string_view text);

}  // namespace cudnn_install
