#include "recipe/recipe.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

const std::string method_text =
    "method: tar\ntitle: t\nguide: {document: d, section: 1.3.1}\nsteps:\n  - unpack: {archive: a}\n    clause: "
    "1.3.1\n";

SourceText distro_file(const std::string& file, const std::string& name, const std::string& methods) {
  return {.file = file, .text = "distro: " + name + "\ntitle: t\nfamily: none\narch: {}\nmethods: [" + methods + "]\n"};
}

std::string told(const Loaded<Recipes>& recipes) {
  std::string text;
  for (const Error& error : recipes ? std::vector<Error>() : recipes.error()) {
    text += rendered(error) + '\n';
  }
  return text;
}

}  // namespace

TEST_CASE("the first key tells the kind", "[recipe_loader]") {
  CHECK(kind_of("# comment\n\n---\ndistro: x\n") == RecipeKind::distro);
  CHECK(kind_of("method: x\r\n") == RecipeKind::method);
  CHECK(kind_of("product : x\n") == RecipeKind::product);
  CHECK(kind_of("release: x") == RecipeKind::release);
  CHECK(kind_of("compat: x") == RecipeKind::compat);
  CHECK(kind_of("guide: x") == RecipeKind::guide);
  CHECK(kind_of("title: x\ndistro: x\n") == RecipeKind::unknown);
  CHECK(kind_of("distros: x\n") == RecipeKind::unknown);
  CHECK(kind_of("") == RecipeKind::unknown);
}

TEST_CASE("files of all kinds load together, and releases are passed over", "[recipe_loader]") {
  const Loaded<Recipes> recipes = load_recipes({distro_file("d.yaml", "x", "tar"),
                                                {.file = "m.yaml", .text = method_text},
                                                {.file = "r.yaml", .text = "release: [broken\n"}});
  REQUIRE(recipes);
  CHECK(recipes->distros.size() == 1);
  CHECK(recipes->methods.size() == 1);
  CHECK(recipes->products.empty());
}

TEST_CASE("the mistakes of all files are reported in one run", "[recipe_loader]") {
  const Loaded<Recipes> recipes = load_recipes({distro_file("a.yaml", "A", "tar"),
                                                {.file = "b.yaml", .text = "# only this\n\nfoo: bar\n"},
                                                {.file = "c.yaml", .text = "a: [\n"}});
  CHECK(told(recipes) ==
        "a.yaml:1:9: error: 'A' is no name: expected a-z, 0-9 and '-', a letter first\n"
        "    1 | distro: A\n"
        "      |         ^\n"
        "b.yaml:3:1: error: the file begins with 'foo'; expected its kind: distro, method, product, release, compat or "
        "guide\n"
        "    3 | foo: bar\n"
        "      | ^\n"
        "c.yaml:2:1: error: '[' is not closed, or ',' is missing\n"
        "  hint: end it with ']'\n");
}

TEST_CASE("a name may stand in one file only", "[recipe_loader]") {
  const SourceText method{.file = "m.yaml", .text = method_text};
  CHECK(told(load_recipes({distro_file("a.yaml", "x", ""), distro_file("b.yaml", "x", ""), method})) ==
        "b.yaml:1:9: error: 'x' stands in another file too\n"
        "    1 | distro: x\n"
        "      |         ^\n");
}

TEST_CASE("a distro offers methods that exist", "[recipe_loader]") {
  CHECK(told(load_recipes({distro_file("a.yaml", "x", "tar, wheel"), {.file = "m.yaml", .text = method_text}})) ==
        "a.yaml:5:16: error: there is no recipe for the method 'wheel'\n"
        "    5 | methods: [tar, wheel]\n"
        "      |                ^\n");
}

TEST_CASE("a file alone is not judged by others", "[recipe_loader]") {
  CHECK(mistakes_in(distro_file("a.yaml", "x", "wheel")).empty());
  CHECK(mistakes_in({.file = "r.yaml", .text = "release: [broken\n"}).empty());
  CHECK(mistakes_in({.file = "m.yaml", .text = "method: tar\n"}).size() == 3);
  CHECK(mistakes_in({.file = "p.yaml", .text = "product: x\n"}).size() == 8);
}
