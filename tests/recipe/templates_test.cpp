#include "recipe/templates.h"

#include "recipe/recipe.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("names are replaced by what they stand for", "[templates]") {
  CHECK(filled_in("${cuda}/lib64", {{"cuda", "/usr/local/cuda"}}) == "/usr/local/cuda/lib64");
  CHECK(filled_in("${a}${b}-${a}", {{"a", "1"}, {"b", "${a}"}}) == "1${a}-1");
  CHECK(filled_in("plain", {}) == "plain");
}

TEST_CASE("what is not known stays as it stands", "[templates]") {
  CHECK(filled_in("${cuda}/$HOME/${", {{"include", "x"}}) == "${cuda}/$HOME/${");
}

TEST_CASE("each unknown name of a text is a mistake of its own", "[templates]") {
  const Document document({.file = "x.yaml", .text = "path: ${cude}/${zzz}/$x/${cuda}\n"});
  const Value value = document.root().mapping("thing").required("path");

  CHECK(template_text(value, {"archive", "cuda"}) == "${cude}/${zzz}/$x/${cuda}");

  std::string told;
  for (const Error& error : document.mistakes()) {
    told += error.what + " | " + error.hint + '\n';
  }
  CHECK(told ==
        "unknown name '${cude}' in 'path' | did you mean '${cuda}'?\n"
        "unknown name '${zzz}' in 'path' | known here: ${archive}, ${cuda}\n"
        "'$' in 'path' starts no ${name} | \n");
}
