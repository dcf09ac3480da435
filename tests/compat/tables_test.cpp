#include <fstream>
#include <iterator>
#include <set>

#include "built_in.h"

using namespace cudnn_install;

namespace {

std::string told(const Loaded<CompatTables>& tables) {
  std::string text;
  for (const Error& error : tables ? std::vector<Error>() : tables.error()) {
    text += rendered(error) + "\n";
  }
  return text;
}

std::set<std::string> all_sources() {
  const CompatTables& tables = built_in();
  std::set<std::string> keys;
  const auto add = [&](const auto& rows) {
    for (const auto& row : rows) {
      keys.insert(row.provenance.sources.begin(), row.provenance.sources.end());
    }
  };
  add(tables.floors);
  add(tables.toolkits);
  add(tables.editions);
  add(tables.packagers);
  add(tables.branches);
  add(tables.notes);
  add(tables.generations);
  add(tables.brands);
  add(tables.rules.ranges);
  add(tables.rules.features);
  add(tables.rules.files);
  add(tables.rules.jetson);
  add(tables.errors);
  return keys;
}

}  // namespace

TEST_CASE("the built-in tables are whole", "[tables]") {
  const CompatTables& tables = built_in();
  CHECK(tables.toolkits.size() == 69);
  CHECK(tables.editions.size() == 4);
  CHECK(tables.branches.size() == 26);
  CHECK(tables.packages.size() == 26);
  CHECK(tables.notes.size() == 3);
  CHECK(tables.brands.size() == 17);
}

TEST_CASE("every source that a row names is explained", "[tables]") {
  for (const std::string& key : all_sources()) {
    INFO(key);
    CHECK(title_of(built_in(), key) != key);
  }
}

TEST_CASE("packages, branches and toolkits agree with each other", "[tables]") {
  const CompatTables& tables = built_in();
  for (const Package& package : tables.packages) {
    INFO(package.cuda.text());
    const auto row = std::ranges::find_if(
        tables.toolkits, [&](const ToolkitRow& each) { return each.cuda == package.cuda && !each.preview; });
    REQUIRE(row != tables.toolkits.end());
    CHECK(row->branch == package.branch);
    const Branch* branch = find_branch(tables, package.branch);
    CHECK((branch == nullptr || branch->cuda == package.cuda));
  }
  for (const Gpu& each : tables.gpus) {
    INFO(each.name);
    CHECK(find_generation(tables, each.capability) != nullptr);
    CHECK(find_brand(tables, each.brand) != nullptr);
    CHECK(find_gpu(tables, each.name) == &each);
  }
}

TEST_CASE("a missing table and a table that stands twice are mistakes", "[tables]") {
  std::vector<SourceText> texts = compat_texts();
  texts.push_back(texts.front());
  CHECK(told(load_compat(texts)).find("'branches' stands in another file too") != std::string::npos);
  texts.pop_back();
  texts.erase(texts.begin());
  CHECK(told(load_compat(texts)).find("there is no table 'branches' of compatibility") != std::string::npos);
}

TEST_CASE("a GPU is known by the name that nvidia-smi gives it", "[tables]") {
  CHECK(gpu("NVIDIA A100-SXM4-80GB").name == "A100");
  CHECK(gpu("NVIDIA H100 80GB HBM3").name == "H100");
  CHECK(gpu("NVIDIA H100 PCIe").name == "H100");
  CHECK(gpu("NVIDIA H100 NVL").name == "H100");
  CHECK(gpu("Tesla V100-SXM2-16GB").name == "Tesla V100");
  CHECK(gpu("V100").name == "Tesla V100");
  CHECK(gpu("tesla t4").name == "Tesla T4");
  CHECK(gpu("NVIDIA GeForce RTX 4070 SUPER").name == "GeForce RTX 4070 SUPER");
  CHECK(gpu("NVIDIA GeForce RTX 3060 Ti").name == "GeForce RTX 3060");
  CHECK(gpu("NVIDIA RTX PRO 6000 Blackwell Server Edition").name == "RTX PRO 6000 Blackwell");
  CHECK(gpu("Orin (nvgpu)").board == "orin");
  CHECK(find_gpu(built_in(), "A1000") == nullptr);
  CHECK(find_gpu(built_in(), "") == nullptr);
}

TEST_CASE("a capability that no row has belongs to the nearest lower one of its major", "[tables]") {
  CHECK(find_generation(built_in(), version("8.8"))->name == "Ampere");
  CHECK(find_generation(built_in(), version("10.7"))->name == "Rubin");
  CHECK(find_generation(built_in(), version("10.5"))->name == "Blackwell");
  CHECK(find_generation(built_in(), version("99.0")) == nullptr);
}

TEST_CASE("every clause that a command fulfils names a test that is there", "[tables]") {
  std::size_t for_people = 0;
  for (const GuideClause& clause : built_in().clauses) {
    INFO(clause.section << " " << clause.says);
    CHECK(clause.by.empty() == clause.test.empty());
    CHECK((clause.by.empty() || clause.missing.empty()));
    for_people += clause.by.empty() && clause.missing.empty() ? 1U : 0U;
    const std::string name = clause.test.substr(0, clause.test.find(':'));
    const std::string file = name.ends_with(".py") ? name : name + ".cpp";
    std::ifstream stream(std::string(TEST_DATA "/") + file);
    std::string text{std::istreambuf_iterator<char>(stream), {}};
    std::ranges::replace(text, '_', ' ');
    const std::size_t colon = clause.test.find(": ");
    CHECK((clause.test.empty() ||
           text.find(colon == std::string::npos ? "TEST" : clause.test.substr(colon + 2)) != std::string::npos));
  }
  CHECK(for_people == 1);
}
