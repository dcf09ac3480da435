// What recipes say, for people: the texts of `recipe list` and `recipe explain`.
#pragma once

#include <string>

#include "recipe/recipe.h"

namespace cudnn_install {

// One line a recipe, grouped by kind.
std::string listed(const Recipes& recipes);

// A method step by step, each with the clause of the guide that it fulfils and its note.
std::string explained(const Method& method);
std::string explained(const Distro& distro);
std::string explained(const Product& product);

// A step template as the guide would write it: cp -P ${lib}/libcudnn* ${cuda}/lib64
std::string described(const StepTemplate& step);

}  // namespace cudnn_install
