#include <algorithm>
#include <iterator>

#include "base/text.h"
#include "recipe/guide.h"
#include "recipe/recipe.h"

namespace cudnn_install {

namespace {

struct FirstKey {
  std::string word{};
  std::string source{};  // the whole line
  int line = 0;
};

// The first key, found without parsing the text: comments, empty lines and a "---" may stand before it.
FirstKey first_key(std::string_view text) {
  FirstKey key;
  while (!text.empty()) {
    ++key.line;
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    const bool skipped = line.find_first_not_of(" \t\r") == std::string_view::npos || line.starts_with('#') ||
                         line.starts_with("---") || line.starts_with('%');
    if (!skipped) {
      key.word = std::string(line.substr(0, line.find_first_of(": \t\r")));
      key.source = std::string(line.substr(0, line.find('\r')));
      return key;
    }
  }
  return key;
}

std::vector<Error> unknown_kind(const SourceText& file) {
  const Document document(file);
  std::vector<Error> mistakes = document.mistakes();
  if (mistakes.empty()) {
    const FirstKey key = first_key(file.text);
    const std::string near = nearest(key.word, {"distro", "method", "product", "release", "compat", "guide"});
    mistakes.push_back(Error{.fault = Fault::recipe,
                             .what = "the file begins with '" + key.word +
                                     "'; expected its kind: distro, method, product, release, compat or guide",
                             .hint = near.empty() ? "" : "did you mean '" + near + "'?",
                             .where = Where{.file = file.file, .line = key.line, .column = 1, .source = key.source}});
  }
  return mistakes;
}

void append(std::vector<Error>& errors, std::vector<Error> more) {
  errors.insert(errors.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

template <class T>
std::vector<Error> mistakes_of(Loaded<T> loaded) {
  return loaded ? std::vector<Error>() : std::move(loaded.error());
}

// The errors of `file` that only show beside the other files. Reads the file once more, to know where they are.
class CrossCheck {
 public:
  explicit CrossCheck(const Recipes& recipes) : recipes_(recipes) {}

  [[nodiscard]] std::vector<Error> methods(const SourceText& file, const Distro& distro) const {
    const auto is_there = [this](const std::string& name) { return find_method(recipes_, name) != nullptr; };
    if (std::ranges::all_of(distro.methods, is_there)) {
      return {};
    }
    const Document document(file);
    for (const auto& [key, value] : document.root().mapping("distro").pairs()) {
      for (const Value& method : key == "methods" ? value.list() : std::vector<Value>()) {
        if (!is_there(method.text())) {
          method.mistake("there is no recipe for the method '" + method.text() + "'");
        }
      }
    }
    return document.mistakes();
  }

  static std::vector<Error> twice(const SourceText& file, const std::string& what) {
    const Document document(file);
    document.root().mapping("recipe").pairs().front().second.mistake(what + " stands in another file too");
    return document.mistakes();
  }

 private:
  const Recipes& recipes_;
};

// True if the recipe was added.
template <class T>
bool add(std::vector<T>& all, Loaded<T> loaded, const SourceText& file, std::vector<Error>& errors) {
  if (!loaded) {
    append(errors, std::move(loaded.error()));
    return false;
  }
  if (std::ranges::find(all, loaded->name, &T::name) != all.end()) {
    append(errors, CrossCheck::twice(file, "'" + loaded->name + "'"));
    return false;
  }
  all.push_back(std::move(*loaded));
  return true;
}

}  // namespace

RecipeKind kind_of(std::string_view text) {
  const std::string word = first_key(text).word;
  return word == "distro"    ? RecipeKind::distro
         : word == "method"  ? RecipeKind::method
         : word == "product" ? RecipeKind::product
         : word == "release" ? RecipeKind::release
         : word == "compat"  ? RecipeKind::compat
         : word == "guide"   ? RecipeKind::guide
                             : RecipeKind::unknown;
}

std::vector<Error> mistakes_in(const SourceText& file) {
  switch (kind_of(file.text)) {
    case RecipeKind::distro:
      return mistakes_of(load_distro(file));
    case RecipeKind::method:
      return mistakes_of(load_method(file));
    case RecipeKind::product:
      return mistakes_of(load_product(file));
    case RecipeKind::guide:
      return mistakes_of(load_guide(file));
    case RecipeKind::release:
    case RecipeKind::compat:
      return {};
    case RecipeKind::unknown:
      break;
  }
  return unknown_kind(file);
}

Loaded<Recipes> load_recipes(const std::vector<SourceText>& files) {
  Recipes recipes;
  std::vector<Error> errors;
  std::vector<const SourceText*> distro_files;
  for (const SourceText& file : files) {
    switch (kind_of(file.text)) {
      case RecipeKind::distro:
        if (add(recipes.distros, load_distro(file), file, errors)) {
          distro_files.push_back(&file);
        }
        break;
      case RecipeKind::method:
        add(recipes.methods, load_method(file), file, errors);
        break;
      case RecipeKind::product:
        add(recipes.products, load_product(file), file, errors);
        break;
      case RecipeKind::release:
      case RecipeKind::compat:
      case RecipeKind::guide:
        break;
      case RecipeKind::unknown:
        append(errors, unknown_kind(file));
        break;
    }
  }
  const bool all_loaded = errors.empty();
  for (std::size_t i = 0; all_loaded && i < distro_files.size(); ++i) {
    append(errors, CrossCheck(recipes).methods(*distro_files[i], recipes.distros[i]));
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return recipes;
}

}  // namespace cudnn_install
