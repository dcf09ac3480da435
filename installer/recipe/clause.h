// How recipes write a clause of the guide.
#pragma once

#include "base/document.h"
#include "recipe/recipe.h"

namespace cudnn_install {

// "1.3.1 step 2", "2.3 step 3a", or "1.1.3" where the guide counts no steps.
Clause read_clause(const Value& value);
std::string clause_text(const Clause& clause);

}  // namespace cudnn_install
