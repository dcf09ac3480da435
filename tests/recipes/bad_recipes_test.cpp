// Every bad/NAME.yaml must be refused with the text in bad/NAME.txt, to the letter. After a wanted change of wording:
// CUDNN_INSTALL_WRITE_EXPECTED=1 recipes_tests, then read the difference.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "compat/tables.h"
#include "recipe/embedded.h"
#include "recipe/recipe.h"
#include "release/release.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

namespace fs = std::filesystem;

std::string content(const fs::path& path) {
  std::ifstream stream(path, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  return text.str();
}

// What `recipe check` prints for the file.
std::string told(const fs::path& path) {
  const SourceText file{.file = path.filename().string(), .text = content(path)};
  std::vector<Error> errors = mistakes_in(file);
  if (kind_of(file.text) == RecipeKind::release) {
    const Loaded<Release> release = load_release(file);
    errors = release ? errors : release.error();
  }
  if (kind_of(file.text) == RecipeKind::compat) {
    errors = compat_mistakes(file);
  }
  std::string text;
  for (const Error& error : errors) {
    text += rendered(error) + '\n';
  }
  return text;
}

std::vector<fs::path> bad_files() {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(TEST_DATA "/bad")) {
    if (entry.path().extension() == ".yaml") {
      files.push_back(entry.path());
    }
  }
  std::ranges::sort(files);
  return files;
}

}  // namespace

TEST_CASE("every bad recipe is refused with the expected text", "[bad_recipes]") {
  const std::vector<fs::path> files = bad_files();
  CHECK(files.size() >= 80);
  for (const fs::path& file : files) {
    const fs::path expected = fs::path(file).replace_extension(".txt");
    const std::string text = told(file);
    if (std::getenv("CUDNN_INSTALL_WRITE_EXPECTED") != nullptr) {
      std::ofstream(expected, std::ios::binary) << text;
    }
    INFO(file.filename().string());
    CHECK(text == content(expected));
    CHECK_FALSE(text.empty());
  }
}

TEST_CASE("every mistake of a bad recipe has a place in the file", "[bad_recipes]") {
  for (const fs::path& file : bad_files()) {
    std::istringstream lines(content(fs::path(file).replace_extension(".txt")));
    std::string line;
    std::getline(lines, line);
    INFO(file.filename().string());
    CHECK(line.starts_with(file.filename().string() + ":"));
  }
}
