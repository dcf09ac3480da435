#include "recipe/words.h"

#include <fstream>
#include <sstream>

#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::string schema(const std::string& kind) {
  std::ifstream stream(SOURCE_DIR "/recipes/schema/" + kind + ".schema.json");
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

}  // namespace

TEST_CASE("the schemas know the closed lists of words", "[words]") {
  const auto all_in = [](const std::vector<std::string>& words, const std::string& text) {
    for (const std::string& word : words) {
      INFO(word);
      CHECK(text.find('"' + word + '"') != std::string::npos);
    }
  };
  all_in(method_words(), schema("distro"));
  all_in(method_words(), schema("method"));
  all_in(arch_words(), schema("distro"));
  all_in(prerequisite_words(), schema("distro"));
  all_in(prerequisite_words(), schema("method"));
  all_in(compression_words(), schema("distro"));
  all_in(platform_words(), schema("product"));
  all_in(component_words(), schema("product"));
}

TEST_CASE("a recipe's name is plain", "[words]") {
  const auto told = [](const std::string& name) {
    const Document document({.file = "x.yaml", .text = "'" + name + "'\n"});
    static_cast<void>(recipe_name(document.root()));
    return document.mistakes().size();
  };
  CHECK(told("ubuntu2204") == 0);
  CHECK(told("deb-local") == 0);
  CHECK(told("8cudnn") == 1);
  CHECK(told("a/b") == 1);
  CHECK(told("A") == 1);
  CHECK(told("") == 1);
}
