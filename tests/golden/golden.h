// Plans as texts in a folder, held against what the planner makes today.
#pragma once

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "plan/plan.h"
#include "recipe/embedded.h"

namespace cudnn_install {

// File name → text.
using Texts = std::map<std::string, std::string>;

struct Shelf {
  std::vector<SourceText> files = embedded_recipes();
  Recipes recipes = load_recipes(files).value();
  Catalogue catalogue = Catalogue(files);
};

std::string text_of(const std::filesystem::path& path);
// A machine that says nothing of its distribution, with CUDA 12.2.
Host neutral_host();
PrefixFacts prefix_of(const Host& host);
// The plan, or the refusal, as a person reads it.
std::string page(const Result<Plan>& plan);
// Checks that `folder` holds these texts and no others; with CUDNN_INSTALL_GOLDEN=write in the environment they are
// written first.
void compare(const std::filesystem::path& folder, const Texts& texts);

}  // namespace cudnn_install
