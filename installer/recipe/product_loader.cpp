#include <algorithm>

#include "base/target_path.h"
#include "recipe/recipe.h"
#include "recipe/templates.h"
#include "recipe/words.h"

namespace cudnn_install {

namespace {

const std::vector<std::string>& layout_names() {
  static const std::vector<std::string> names = {"include", "lib"};
  return names;
}

std::string read_path(const Value& value, const std::vector<std::string>& names) {
  std::string text = template_text(value, names);
  if (!text.empty() && !TargetPath::parse(text)) {
    value.mistake(value.label() + " is '" + text + "'; expected a path below the archive's top directory");
  }
  return text;
}

// A part of a file name, such as a library's stem.
std::string read_name(const Value& value) {
  std::string text = value.text();
  if (text.find('/') != std::string::npos) {
    value.mistake(value.label() + " is '" + text + "'; expected a name without '/'");
  }
  return text;
}

std::vector<std::string> read_names(const Value& list) {
  std::vector<std::string> names = list.texts();
  for (const Value& entry : list.list()) {
    if (entry.is_text()) {
      static_cast<void>(read_name(entry));
    }
  }
  list.expect_entries();
  return names;
}

std::vector<std::string> read_suffixes(const Value& list) {
  std::vector<std::string> suffixes = read_names(list);
  for (const Value& entry : list.list()) {
    if (entry.is_text() && !entry.text().starts_with('.')) {
      entry.mistake("'" + entry.text() + "' is no suffix: expected a '.' first");
    }
  }
  return suffixes;
}

void read_directories(Mapping& map, Layout& layout) {
  layout.top = read_path(map.required("top"), {"platform", "version", "variant"});
  layout.include = read_path(map.required("include"), {});
  layout.library = read_path(map.required("library"), {});
  layout.license = read_path(map.required("license"), {});
  layout.suffixes = read_suffixes(map.required("suffixes"));
}

Layout read_layout(Mapping map) {
  const Value until = map.required("until");
  Layout layout{.from = map.required("from").version(), .until = until.version()};
  if (layout.until.size() > 0 && layout.until < layout.from && !layout.from.starts_with(layout.until)) {
    until.mistake("the layout ends with " + layout.until.text() + ", before it begins with " + layout.from.text());
  }
  if (const std::optional<Value> platforms = map.optional("platforms")) {
    layout.platforms = list_of(*platforms, platform_words());
    platforms->expect_entries();
  }
  if (const std::optional<Value> refused = map.optional("refused")) {
    layout.refused = refused->text();
  } else {
    read_directories(map, layout);
  }
  return layout;
}

Component read_component(Mapping map) {
  Component component{.name = map.required("name").one_of(component_words())};
  const Value globs = map.required("globs");
  for (const Value& glob : globs.list()) {
    component.globs.push_back(read_path(glob, layout_names()));
  }
  globs.expect_entries();
  return component;
}

std::string read_section(const Value& section) {
  std::string text = section.text();
  if (text.find_first_not_of("0123456789.") != std::string::npos) {
    section.mistake("'" + text + "' is no section of a guide: expected numbers such as 3.2.1");
  }
  return text;
}

// The guide that a product of packages alone follows.
void read_guide(Mapping map, Product& product) {
  product.document = map.required("document").text();
  product.section = read_section(map.required("section"));
}

ArchiveForm read_form(Mapping map) {
  ArchiveForm form{.kind = map.required("kind").one_of({"redist", "runfile"})};
  if (const std::optional<Value> section = map.optional("section")) {
    form.section = read_section(*section);
  }
  if (form.kind == "redist") {
    form.top = read_path(map.required("top"), {"platform", "version", "cuda"});
    form.library = read_path(map.required("library"), {});
  }
  form.license = read_path(map.required("license"), {});
  return form;
}

LinkedLibrary read_library(Mapping map) {
  LinkedLibrary library{.stem = read_name(map.required("stem"))};
  if (const std::optional<Value> links = map.optional("links")) {
    library.links = read_names(*links);
  }
  return library;
}

OwnFiles read_files(Mapping map, std::string& front) {
  front = read_name(map.required("front"));
  const Value prefix = map.required("prefix");
  OwnFiles files{.prefix = template_text(prefix, {"cuda"})};
  if (!files.prefix.starts_with('/') || !TargetPath::parse(files.prefix.substr(1))) {
    prefix.mistake("the prefix is '" + files.prefix + "'; expected an absolute path");
  }
  const Value archives = map.required("archives");
  for (const Value& form : archives.list()) {
    files.archives.push_back(read_form(form.mapping("archive")));
  }
  archives.expect_entries();
  const Value libraries = map.required("libraries");
  for (const Value& library : libraries.list()) {
    files.libraries.push_back(read_library(library.mapping("library")));
  }
  libraries.expect_entries();
  return files;
}

void read_archives(Mapping& map, Product& product) {
  product.major = static_cast<int>(std::min<std::int64_t>(map.required("major").number(), 1'000'000));
  product.front = read_name(map.required("front"));
  const Value layouts = map.required("layouts");
  for (const Value& layout : layouts.list()) {
    product.layouts.push_back(read_layout(layout.mapping("layout")));
  }
  layouts.expect_entries();
  const Value components = map.required("components");
  for (const Value& component : components.list()) {
    product.components.push_back(read_component(component.mapping("component")));
  }
  components.expect_entries();
  product.headers = read_names(map.required("headers"));
  product.libraries = read_names(map.required("libraries"));
  product.version_header = read_path(map.required("version_header"), layout_names());
  if (const std::optional<Value> packages = map.optional("packages")) {
    product.packages = read_packages(packages->mapping("packages"), PackageNumbers::own);
  }
}

Product read_product(Mapping map) {
  Product product{.name = recipe_name(map.required("product")), .title = map.required("title").text()};
  if (const std::optional<Value> guide = map.optional("guide")) {
    read_guide(guide->mapping("guide"), product);
    product.packages = read_packages(map.required("packages").mapping("packages"), PackageNumbers::of_drivers);
    if (const std::optional<Value> files = map.optional("files")) {
      product.files = read_files(files->mapping("files"), product.front);
    }
  } else {
    read_archives(map, product);
  }
  return product;
}

}  // namespace

Loaded<Product> load_product(const SourceText& file) {
  const Document document(file);
  Product product = read_product(document.root().mapping("product"));
  return document.loaded(std::move(product));
}

}  // namespace cudnn_install
