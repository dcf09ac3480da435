// What a planning command looks at before it plans.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/options.h"
#include "plan/plan.h"
#include "release/release.h"
#include "transaction/transaction.h"

namespace cudnn_install {

struct RecipeBook {
  Recipes recipes{};
  Catalogue catalogue{{}};
};
// The built-in recipes, or those in `directory`. Mistakes beyond the first are told on stderr.
Result<RecipeBook> recipe_book(const std::string& directory, Context& context);

// The texts themselves, for `recipe`.
Result<std::vector<SourceText>> recipe_texts(const std::string& directory);
Result<std::string> file_text(const std::string& path, Fault absent);

struct Survey {
  RecipeBook book{};
  Host host{};
  PrefixFacts prefix{};
  PrefixState state{};
  std::optional<ArchiveGlance> glance{};
  std::vector<std::string> warnings{};

  [[nodiscard]] Situation situation() const {
    return {.recipes = book.recipes,
            .catalogue = book.catalogue,
            .host = host,
            .prefix = prefix,
            .receipt = state.receipt,
            .glance = glance};
  }
};

// Looks at this machine and fills in request.prefix. Nothing is read that the command does not need: without `recipes`
// the book stays empty (removal plans come from the receipt alone).
enum class Books { closed, open };
Result<Survey> surveyed(Request& request, const ChoiceOptions& choice, const PlaceOptions& place, Books books,
                        Context& context);

// For a machine that is elsewhere, from the record that `host --json` printed there.
Result<Survey> surveyed_elsewhere(Request& request, const ChoiceOptions& choice, const PlaceOptions& place,
                                  const std::string& host_file, Context& context);

}  // namespace cudnn_install
