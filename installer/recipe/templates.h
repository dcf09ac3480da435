// ${name} in recipe texts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"

namespace cudnn_install {

// Reports every ${name} of `text` that is not in `known`, and every other '$', at `value`.
void check_names(const Value& value, std::string_view text, const std::vector<std::string>& known);

// The text of `value` with its names checked.
std::string template_text(const Value& value, const std::vector<std::string>& known);

}  // namespace cudnn_install
