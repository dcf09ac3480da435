// What a planning command looks at before it plans.
#pragma once

#include <memory>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
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
// The first mistake of several is the error; the others are told on stderr.
template <class T>
Result<T> or_mistakes(Loaded<T> loaded, Context& context) {
  if (loaded) {
    return std::move(*loaded);
  }
  for (std::size_t i = 1; i < loaded.error().size(); ++i) {
    context.err << rendered(loaded.error()[i]) << '\n';
  }
  return tl::unexpected(loaded.error().front());
}

// The built-in recipes, or those in `directory`.
Result<RecipeBook> recipe_book(const std::string& directory, Context& context);

// The texts themselves, for `recipe`.
Result<std::vector<SourceText>> recipe_texts(const std::string& directory);
Result<std::string> file_text(const std::string& path, Fault absent);

// Of the archive in hand, which must be a readable file; none where the request names no archive or a web address.
Result<std::optional<ArchiveGlance>> glance_of(const Request& request, const Catalogue& catalogue);

// Of the local installer in hand, by the system's own dpkg-deb or rpm; none where the request names a web address.
Result<std::optional<InstallerFacts>> installer_facts(const Request& request, Processes& processes);

struct Survey {
  RecipeBook book{};
  Host host{};
  PrefixFacts prefix{};
  PrefixState state{};
  std::optional<ArchiveGlance> glance{};
  std::optional<InstallerFacts> installer{};
  std::vector<PackageReceipt> package_receipts{};
  std::vector<std::string> warnings{};

  [[nodiscard]] Situation situation() const {
    return {.recipes = book.recipes,
            .catalogue = book.catalogue,
            .host = host,
            .prefix = prefix,
            .receipt = state.receipt,
            .glance = glance,
            .installer = installer,
            .package_receipts = package_receipts};
  }
};

// Without recipes the book stays empty: removal is planned from the receipt alone.
enum class Books { closed, open };
struct SurveyOptions {
  ChoiceOptions choice{};
  PlaceOptions place{};
  Books books = Books::open;
  std::string host_file{};  // "": this machine; else the record that `host --json` printed on another one
};

// Tells what the archive in hand is instead, if its digest is not the promised one. `catalogue` has to outlive it.
Result<Expectation> expectation_of(const Request& request, const Catalogue& catalogue);

// The receipts of packages, once more: of cuDNN, or of what the request is about.
Result<void> look_at_packages(const Request& request, Survey& survey, Context& context);

// Looks at the machine and fills in request.prefix. Of another machine nothing is read but its record, and no archive
// need be in hand.
Result<Survey> surveyed(Request& request, const SurveyOptions& options, Context& context);

}  // namespace cudnn_install
