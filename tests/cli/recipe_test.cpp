#include "console.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("the built-in recipes are listed and explained", "[recipe_test]") {
  Console console;
  CHECK(console.run({"recipe", "list"}) == 0);
  CHECK(console.out.str().find("ubuntu2204") != std::string::npos);
  CHECK(console.run({"recipe", "explain", "tar"}) == 0);
  CHECK(console.out.str().find("1.3.1") != std::string::npos);
  CHECK(console.run({"recipe", "explain", "ubunut2204"}) == 2);
  CHECK(console.err.str().find("error: no recipe 'ubunut2204'\n  hint: did you mean 'ubuntu2204'?\n") == 0);
}

TEST_CASE("a recipe file is checked: all its mistakes at once, and 10", "[recipe_test]") {
  Console console;
  CHECK(console.run({"recipe", "check", SOURCE_DIR "/recipes/distros/debian12.yaml"}) == 0);
  CHECK(console.out.str() == "1 file, no mistakes\n");
  const ScratchDirectory scratch;
  put(scratch / "bad.yaml", "distro: x\nsurprise: 1\n");
  CHECK(console.run({"recipe", "check", scratch / "bad.yaml"}) == 10);
  CHECK(console.err.str().find("unknown key 'surprise'") != std::string::npos);
  CHECK(console.run({"recipe", "list", "--recipes", scratch.path()}) == 10);
}
