#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "recipe/embedded.h"

namespace cudnn_install {

namespace {

namespace fs = std::filesystem;

// Bigger files are not read to the end: the reader refuses them anyway.
constexpr std::streamsize largest_read = (std::streamsize{1} << 20) + 1;

}  // namespace

Result<SourceText> recipe_file(const std::string& path) {
  std::error_code code;
  if (fs::is_directory(path, code)) {
    return failure(Fault::usage, "'" + path + "' is a directory; expected a recipe file");
  }
  errno = 0;
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    return tl::unexpected(system_error(errno != 0 ? errno : EIO, "cannot read recipe '" + path + "'"));
  }
  std::string text(static_cast<std::size_t>(largest_read), '\0');
  stream.read(text.data(), largest_read);
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return SourceText{.file = path, .text = std::move(text)};
}

Result<std::vector<SourceText>> recipes_in(const std::string& directory) {
  std::vector<std::string> paths;
  std::error_code code;
  fs::recursive_directory_iterator entry(directory, code);
  for (; !code && entry != fs::recursive_directory_iterator(); entry.increment(code)) {
    if (entry->path().extension() == ".yaml") {
      paths.push_back(entry->path().string());
    }
  }
  if (code) {
    return failure(Fault::usage, "cannot read the recipe directory '" + directory + "': " + code.message(),
                   "give --recipes a directory with distros/, methods/, products/ and releases/");
  }
  if (paths.empty()) {
    return failure(Fault::usage, "the recipe directory '" + directory + "' holds no *.yaml file",
                   "give --recipes a directory with distros/, methods/, products/ and releases/");
  }
  std::ranges::sort(paths);
  std::vector<SourceText> files;
  for (const std::string& path : paths) {
    Result<SourceText> file = recipe_file(path);
    if (!file) {
      return tl::unexpected(std::move(file.error()));
    }
    files.push_back(std::move(*file));
  }
  return files;
}

}  // namespace cudnn_install
