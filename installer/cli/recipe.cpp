// recipe list | check FILE… | explain NAME | explain --coverage
#include "recipe/recipe.h"

#include <memory>
#include <ostream>
#include <utility>

#include "base/text.h"
#include "cli/commands.h"
#include "cli/coverage.h"
#include "cli/options.h"
#include "cli/records.h"
#include "cli/survey.h"
#include "compat/tables.h"
#include "recipe/embedded.h"
#include "recipe/explain.h"
#include "release/release.h"

namespace cudnn_install {

namespace {

struct RecipeOptions {
  OutputOptions output{};
  std::string recipes{};
  std::string name{};
  bool coverage = false;
  std::string guide{};
  std::vector<std::string> files{};
};

std::vector<NamedRecipe> named(const Recipes& recipes) {
  std::vector<NamedRecipe> all;
  all.reserve(recipes.distros.size() + recipes.methods.size() + recipes.products.size());
  for (const Distro& distro : recipes.distros) {
    all.push_back({.kind = "distro", .name = distro.name, .title = distro.title});
  }
  for (const Method& method : recipes.methods) {
    all.push_back({.kind = "method", .name = method.name, .title = method.title});
  }
  for (const Product& product : recipes.products) {
    all.push_back({.kind = "product", .name = product.name, .title = product.title});
  }
  return all;
}

Result<Outcome> list(const RecipeOptions& options, Context& context) {
  const auto book = recipe_book(options.recipes, context);
  if (!book) {
    return tl::unexpected(book.error());
  }
  return Outcome{.text = listed(book->recipes), .record = recipes_record(named(book->recipes)), .fault = {}};
}

Result<Outcome> explain(const RecipeOptions& options, Context& context) {
  if (options.coverage && !options.name.empty()) {
    return failure(Fault::usage, "--coverage is about the guides, not about '" + options.name + "'",
                   "say either NAME or --coverage");
  }
  if (options.coverage) {
    return coverage(options.guide, options.recipes, context);
  }
  if (!options.guide.empty()) {
    return failure(Fault::usage, "--guide chooses what --coverage shows", "add --coverage");
  }
  if (options.name.empty()) {
    return failure(Fault::usage, "'explain' needs NAME", "run: cudnn-install recipe explain --help");
  }
  const auto book = recipe_book(options.recipes, context);
  if (!book) {
    return tl::unexpected(book.error());
  }
  std::string text;
  std::vector<std::string> names;
  const auto add = [&](const auto& recipes) {
    for (const auto& recipe : recipes) {
      names.push_back(recipe.name);
      text += recipe.name == options.name ? explained(recipe) : "";
    }
  };
  add(book->recipes.methods);
  add(book->recipes.distros);
  add(book->recipes.products);
  if (text.empty()) {
    const std::string near = nearest(options.name, names);
    return failure(Fault::usage, "no recipe '" + options.name + "'",
                   near.empty() ? "run: cudnn-install recipe list" : "did you mean '" + near + "'?");
  }
  return Outcome{.text = text, .record = text_record("explanation", text), .fault = {}};
}

std::vector<Error> mistakes_of(const SourceText& source) {
  if (kind_of(source.text) == RecipeKind::compat) {
    return compat_mistakes(source);
  }
  if (kind_of(source.text) != RecipeKind::release) {
    return mistakes_in(source);
  }
  const Loaded<Release> release = load_release(source);
  return release ? std::vector<Error>() : release.error();
}

// Every mistake of every file, not only the first: an author mends them in one go.
Result<Outcome> check(const RecipeOptions& options, Context& context) {
  std::vector<Error> mistakes;
  for (const std::string& path : options.files) {
    const auto source = recipe_file(path);
    if (!source) {
      return tl::unexpected(source.error());
    }
    const std::vector<Error> found = mistakes_of(*source);
    mistakes.insert(mistakes.end(), found.begin(), found.end());
  }
  for (const Error& mistake : mistakes) {
    context.err << rendered(mistake) << '\n';
  }
  const std::size_t count = options.files.size();
  const std::string files = std::to_string(count) + (count == 1 ? " file" : " files");
  Outcome outcome{.text = files + ", no mistakes\n", .record = mistakes_record(options.files, mistakes), .fault = {}};
  if (!mistakes.empty()) {
    outcome.text =
        files + ", " + std::to_string(mistakes.size()) + (mistakes.size() == 1 ? " mistake\n" : " mistakes\n");
    outcome.fault = Fault::recipe;
  }
  return outcome;
}

Definition add_part(Definition& definition, RecipeOptions& options, const std::string& name,
                    const std::string& sentence) {
  Definition part = definition.nested(name, sentence);
  if (name != "check") {
    part.text({.names = "--recipes", .value = "DIR", .text = "Read the recipes from DIR instead of the built-in ones"},
              options.recipes);
  }
  add_output_options(part, options.output);
  return part;
}

}  // namespace

Run add_recipe(Definition& definition) {
  auto options = std::make_shared<RecipeOptions>();
  add_part(definition, *options, "list", "List all recipes by kind");
  Definition checking = add_part(definition, *options, "check", "Find every mistake in recipe files");
  checking.texts({.names = "FILE", .value = "FILE", .text = "Recipe files"}, options->files);
  Definition explaining =
      add_part(definition, *options, "explain", "Tell what a recipe says, each step with its clause");
  explaining.optional({.names = "NAME", .value = "NAME", .text = "Name of a method, distribution or product"},
                      options->name);
  explaining.flag(
      {.names = "--coverage", .value = {}, .text = "Instead: each instruction of NVIDIA's guides, and what fulfils it"},
      options->coverage);
  explaining.text(
      {.names = "--guide", .value = "GUIDE", .text = "With --coverage: installation or compatibility alone"},
      options->guide);
  return [options, checking, explaining](Context& context) {
    if (checking.chosen()) {
      return check(*options, context);
    }
    return explaining.chosen() ? explain(*options, context) : list(*options, context);
  };
}

}  // namespace cudnn_install
