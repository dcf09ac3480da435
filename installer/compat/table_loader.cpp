#include <algorithm>
#include <array>
#include <cctype>
#include <iterator>
#include <utility>

#include "base/text.h"
#include "compat/table_reader.h"

namespace cudnn_install {

namespace {

using Reader = void (*)(Mapping&, CompatTables&);
constexpr std::array<std::pair<std::string_view, Reader>, 10> readers = {{{"sources", read_sources},
                                                                          {"toolkits", read_toolkits},
                                                                          {"branches", read_branches},
                                                                          {"packages", read_packages},
                                                                          {"matrix", read_matrix},
                                                                          {"notes", read_notes},
                                                                          {"gpus", read_gpus},
                                                                          {"rules", read_rules},
                                                                          {"errors", read_errors},
                                                                          {"clauses", read_clauses}}};

std::vector<std::string> table_names() {
  std::vector<std::string> names;
  for (const auto& [name, reader] : readers) {
    names.emplace_back(name);
  }
  return names;
}

// Reads one file into `tables`; a table that `seen` holds already is a mistake.
void read_file(const Document& document, CompatTables& tables, std::vector<std::string>& seen) {
  Mapping map = document.root().mapping("table");
  const Value name_value = map.required("compat");
  const std::string name = name_value.one_of(table_names());
  static_cast<void>(map.required("title").text());
  if (std::ranges::find(seen, name) != seen.end()) {
    name_value.mistake("'" + name + "' stands in another file too");
  }
  seen.push_back(name);
  for (const auto& [each, reader] : readers) {
    if (each == name) {
      reader(map, tables);
    }
  }
}

// "NVIDIA A100-SXM4-80GB" → "a100": small letters, without the maker's name and what follows the model.
std::string plain_name(std::string_view name) {
  std::string plain;
  std::transform(name.begin(), name.end(), std::back_inserter(plain),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (plain.starts_with("nvidia ")) {
    plain.erase(0, 7);
  }
  return plain;
}

bool names(std::string_view typed, const Gpu& gpu) {
  const std::string known = plain_name(gpu.name);
  for (const std::string& each : {known, known.starts_with("tesla ") ? known.substr(6) : known}) {
    if (typed == each) {
      return true;
    }
    // What may follow a model: "-SXM4-80GB", " 80GB HBM3", " PCIe", " Laptop GPU", " Blackwell Server Edition".
    static constexpr std::array<std::string_view, 11> suffixes = {
        "-", " nvl", " pcie", " laptop", " server", " ti", " super", " workstation", " max-q", " with", " ("};
    const std::string_view rest = typed.starts_with(each) ? typed.substr(each.size()) : std::string_view();
    const bool size = rest.size() > 1 && rest[0] == ' ' && std::isdigit(static_cast<unsigned char>(rest[1])) != 0;
    if (size || std::ranges::any_of(suffixes, [&](std::string_view suffix) { return rest.starts_with(suffix); })) {
      return true;
    }
  }
  return false;
}

}  // namespace

std::vector<Error> compat_mistakes(const SourceText& file) {
  const Document document(file);
  CompatTables tables;
  std::vector<std::string> seen;
  read_file(document, tables, seen);
  return document.mistakes();
}

Loaded<CompatTables> load_compat(const std::vector<SourceText>& files) {
  CompatTables tables;
  std::vector<std::string> seen;
  std::vector<Error> errors;
  for (const SourceText& file : files) {
    const Document document(file);
    read_file(document, tables, seen);
    std::vector<Error> mistakes = document.mistakes();
    errors.insert(errors.end(), std::make_move_iterator(mistakes.begin()), std::make_move_iterator(mistakes.end()));
  }
  for (const std::string& name : table_names()) {
    if (std::ranges::find(seen, name) == seen.end() && errors.empty()) {
      errors.push_back(Error{.fault = Fault::recipe,
                             .what = "there is no table '" + name + "' of compatibility",
                             .hint = "a directory given with --recipes needs all files of compat/"});
    }
  }
  if (!errors.empty()) {
    return tl::unexpected(std::move(errors));
  }
  return tables;
}

std::string_view name_of(Grade grade) {
  static constexpr std::array<std::string_view, 4> words = {"read", "quoted", "inferred", "remembered"};
  return words.at(static_cast<std::size_t>(grade));
}

std::string_view name_of(Cell cell) {
  static constexpr std::array<std::string_view, 3> words = {"C", "N/A", "X"};
  return words.at(static_cast<std::size_t>(cell));
}

std::string_view name_of(BranchType type) {
  static constexpr std::array<std::string_view, 5> words = {"LTS branch", "production branch", "New Feature Branch",
                                                            "developer branch", "branch of unknown kind"};
  return words.at(static_cast<std::size_t>(type));
}

const Edition* find_edition(const CompatTables& tables, std::string_view name) {
  const auto found = std::ranges::find_if(tables.editions, [&](const Edition& edition) {
    return edition.name == name || edition.name == "R" + std::string(name);
  });
  return found == tables.editions.end() ? nullptr : &*found;
}

const Branch* find_branch(const CompatTables& tables, int number) {
  const auto found = std::ranges::find(tables.branches, number, &Branch::number);
  return found == tables.branches.end() ? nullptr : &*found;
}

const Package* find_package(const CompatTables& tables, const Version& cuda) {
  const auto found = std::ranges::find(tables.packages, cuda, &Package::cuda);
  return found == tables.packages.end() ? nullptr : &*found;
}

const Brand* find_brand(const CompatTables& tables, std::string_view name) {
  const auto found = std::ranges::find(tables.brands, name, &Brand::name);
  return found == tables.brands.end() ? nullptr : &*found;
}

const Generation* find_generation(const CompatTables& tables, const Version& capability) {
  const Generation* best = nullptr;
  Version nearest_lower;
  for (const Generation& generation : tables.generations) {
    for (const Version& each : generation.capabilities) {
      const bool fits = each.major() == capability.major() && each <= capability;
      if (fits && (best == nullptr || nearest_lower < each)) {
        best = &generation;
        nearest_lower = each;
      }
    }
  }
  return best;
}

const Gpu* find_gpu(const CompatTables& tables, std::string_view name) {
  const std::string plain = plain_name(name);
  const Gpu* best = nullptr;
  for (const Gpu& gpu : tables.gpus) {
    // The longest name wins: "GeForce RTX 4070 SUPER" before "GeForce RTX 4070".
    if (names(plain, gpu) && (best == nullptr || best->name.size() < gpu.name.size())) {
      best = &gpu;
    }
  }
  return best;
}

std::string title_of(const CompatTables& tables, std::string_view source) {
  const auto found = std::ranges::find(tables.sources, source, &TableSource::key);
  return found == tables.sources.end() ? std::string(source) : found->title;
}

}  // namespace cudnn_install
