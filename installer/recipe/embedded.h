// Where the texts of recipes come from: the binary itself, or a directory given with --recipes.
#pragma once

#include <string>
#include <vector>

#include "base/document.h"
#include "base/error.h"

namespace cudnn_install {

// Every YAML file below recipes/, as it was when this binary was built, sorted by name: recipes/distros/debian12.yaml.
std::vector<SourceText> embedded_recipes();

// Every *.yaml below `directory`, sorted by name; one of at least a file, else an error.
Result<std::vector<SourceText>> recipes_in(const std::string& directory);

// One file, wherever it is.
Result<SourceText> recipe_file(const std::string& path);

}  // namespace cudnn_install
