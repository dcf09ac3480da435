#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "recipe/embedded.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

namespace fs = std::filesystem;

class Directory {
 public:
  Directory() : path_(fs::temp_directory_path() / ("recipe_files_test." + std::to_string(::getpid()))) {
    fs::remove_all(path_);
    fs::create_directories(path_);
  }
  Directory(const Directory&) = delete;
  Directory& operator=(const Directory&) = delete;
  ~Directory() { fs::remove_all(path_); }

  void write(const std::string& name, const std::string& text) const {
    fs::create_directories((path_ / name).parent_path());
    std::ofstream(path_ / name, std::ios::binary) << text;
  }
  [[nodiscard]] std::string path(const std::string& name = {}) const {
    return name.empty() ? path_.string() : (path_ / name).string();
  }

 private:
  fs::path path_;
};

}  // namespace

TEST_CASE("every YAML file below a directory is read, sorted by name", "[recipe_files]") {
  const Directory directory;
  directory.write("methods/tar.yaml", "method: tar\n");
  directory.write("distros/b.yaml", "distro: b\n");
  directory.write("distros/a.yaml", "distro: a\n");
  directory.write("README.md", "no recipe\n");

  const Result<std::vector<SourceText>> files = recipes_in(directory.path());

  REQUIRE(files);
  std::string all;
  for (const SourceText& file : *files) {
    all += file.file.substr(directory.path().size() + 1) + " " + file.text;
  }
  CHECK(all == "distros/a.yaml distro: a\ndistros/b.yaml distro: b\nmethods/tar.yaml method: tar\n");
}

TEST_CASE("a directory without recipes is a usage error", "[recipe_files]") {
  const Directory directory;
  const std::string hint = "give --recipes a directory with distros/, methods/, products/ and releases/";
  CHECK(recipes_in(directory.path()).error() ==
        Error{.fault = Fault::usage,
              .what = "the recipe directory '" + directory.path() + "' holds no *.yaml file",
              .hint = hint});
  CHECK(recipes_in(directory.path("none")).error() ==
        Error{.fault = Fault::usage,
              .what = "cannot read the recipe directory '" + directory.path("none") + "': No such file or directory",
              .hint = hint});
}

TEST_CASE("one file is read byte for byte", "[recipe_files]") {
  const Directory directory;
  directory.write("x.yaml", std::string("a\0b\r\n", 5));
  const Result<SourceText> file = recipe_file(directory.path("x.yaml"));
  REQUIRE(file);
  CHECK(file->file == directory.path("x.yaml"));
  CHECK(file->text == std::string("a\0b\r\n", 5));
}

TEST_CASE("what cannot be read is told with its name", "[recipe_files]") {
  const Directory directory;
  CHECK(recipe_file(directory.path("none.yaml")).error().what ==
        "cannot read recipe '" + directory.path("none.yaml") + "': No such file or directory");
  CHECK(recipe_file(directory.path()).error() ==
        Error{.fault = Fault::usage, .what = "'" + directory.path() + "' is a directory; expected a recipe file"});
}
