// The built-in table of the guides against the guides' own numbers, the recipes, the commands and the tests that there
// are.
#include "cli/coverage.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <sstream>

#include <nlohmann/json.hpp>

#include "cli/arguments.h"
#include "console.h"
#include "recipe/clause.h"
#include "recipe/embedded.h"
#include "recipe/guide.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

using Json = nlohmann::json;

// Where the printed guides say what to do; read off them by hand.
const std::vector<std::string> installation = {"1.1",
                                               "1.1.1",
                                               "1.1.1 step 1",
                                               "1.1.1 step 2",
                                               "1.1.1 step 3",
                                               "1.1.1 step 4",
                                               "1.1.2",
                                               "1.1.3",
                                               "1.2",
                                               "1.2 step 1",
                                               "1.2 step 2",
                                               "1.2 step 3",
                                               "1.2 step 4",
                                               "1.2 step 5",
                                               "1.3",
                                               "1.3.1",
                                               "1.3.1 step 1",
                                               "1.3.1 step 2",
                                               "1.3.1 step 3",
                                               "1.3.2",
                                               "1.3.2 step 1",
                                               "1.3.2 step 2",
                                               "1.3.2 step 3",
                                               "1.3.2 step 4",
                                               "1.3.2 step 5",
                                               "1.3.2 step 6",
                                               "1.3.2 step 7",
                                               "1.3.3",
                                               "1.3.3 step 1",
                                               "1.3.3 step 2",
                                               "1.3.3 step 3",
                                               "1.3.3 step 4",
                                               "1.3.3 step 5",
                                               "1.3.3 step 6",
                                               "1.3.4.1 step 1",
                                               "1.3.4.1 step 2",
                                               "1.3.4.2 step 1",
                                               "1.3.4.2 step 2",
                                               "1.4",
                                               "1.4 step 1",
                                               "1.4 step 2",
                                               "1.4 step 3",
                                               "1.4 step 4",
                                               "1.5",
                                               "1.6",
                                               "2.1",
                                               "2.1.1",
                                               "2.1.1 step 1",
                                               "2.1.1 step 2",
                                               "2.1.1 step 3",
                                               "2.1.1 step 4",
                                               "2.1.2",
                                               "2.2",
                                               "2.2 step 1",
                                               "2.2 step 2",
                                               "2.2 step 3",
                                               "2.2 step 4",
                                               "2.2 step 5",
                                               "2.2 step 6",
                                               "2.3",
                                               "2.3 step 1",
                                               "2.3 step 2",
                                               "2.3 step 3a",
                                               "2.3 step 3b",
                                               "2.3 step 3c",
                                               "2.3 step 4",
                                               "2.3 step 4a",
                                               "2.3 step 4b",
                                               "2.3 step 4c",
                                               "2.3 step 4d",
                                               "2.3 step 4e",
                                               "2.3 step 4f",
                                               "2.3 step 5",
                                               "2.3 step 5a",
                                               "2.3 step 5b",
                                               "2.3 step 5c",
                                               "2.3 step 5d",
                                               "2.4",
                                               "2.5",
                                               "3.1",
                                               "3.2",
                                               "4.1.1",
                                               "4.1.1 step 1",
                                               "4.1.1 step 2",
                                               "4.1.1 step 3",
                                               "4.1.2 step 1",
                                               "4.1.2 step 2",
                                               "4.1.2 step 3",
                                               "4.1.2 step 4",
                                               "4.1.3 step 1",
                                               "4.1.3 step 2"};
const std::vector<std::string> compatibility = {"1",
                                                "2.1",
                                                "2.2",
                                                "2.3",
                                                "3.1",
                                                "3.2.1",
                                                "3.2.1.1",
                                                "3.2.2",
                                                "3.3.1",
                                                "3.3.2",
                                                "3.3.3",
                                                "3.4",
                                                "5, question 1",
                                                "5, question 2",
                                                "5, question 3",
                                                "5, question 4",
                                                "5, question 5",
                                                "5, question 6",
                                                "5, question 7",
                                                "5"};

// Of one guide, as a reader of JSON gets it.
Json clauses_of(const std::string& guide) {
  Console console;
  REQUIRE(console.run({"recipe", "explain", "--coverage", "--guide", guide, "--json"}) == 0);
  const Json record = Json::parse(console.out.str());
  CHECK(record.at("schema") == 1);
  REQUIRE(record.at("guides").size() == 1);
  return record.at("guides").at(0).at("clauses");
}

std::vector<std::string> numbers_of(const Json& clauses) {
  std::vector<std::string> numbers;
  for (const Json& clause : clauses) {
    if (numbers.empty() || numbers.back() != clause.at("clause")) {
      numbers.push_back(clause.at("clause"));
    }
  }
  return numbers;
}

// "engine/guide_test.py: every compression": the file is there and has a test that begins so.
bool is_there(const std::string& test) {
  const std::size_t colon = std::min(test.find(": "), test.size());
  const std::string file = test.substr(0, colon);
  std::string name = colon < test.size() ? test.substr(colon + 2) : "";
  std::ifstream stream(SOURCE_DIR "/tests/" + file);
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  if (file.ends_with(".cpp")) {
    return text.find("TEST_CASE(\"" + name) != std::string::npos;
  }
  std::ranges::replace(name, ' ', '_');
  return text.find("def test_" + name) != std::string::npos;
}

// "compat check --library": a command, with options of its own.
bool is_command(const std::string& typed) {
  std::istringstream stream(typed);
  std::vector<std::string> words{std::istream_iterator<std::string>(stream), {}};
  const std::vector<CommandText> commands = command_texts();
  const auto named = [&](const std::string& name) { return std::ranges::find(commands, name, &CommandText::name); };
  auto found = words.size() > 1 ? named(words[0] + " " + words[1]) : commands.end();
  found = found == commands.end() ? named(words.front()) : found;
  return found != commands.end() && std::ranges::all_of(words, [&](const std::string& word) {
           return word.front() != '-' || std::ranges::any_of(found->options, [&](const OptionText& option) {
                    return option.names.find(word) != std::string::npos;
                  });
         });
}

}  // namespace

TEST_CASE("every instruction of the guides has its row, in their order", "[coverage_test]") {
  CHECK(numbers_of(clauses_of("installation")) == installation);
  CHECK(numbers_of(clauses_of("compatibility")) == compatibility);
}

TEST_CASE("what is said to be done names a step or a command, and tests that are there", "[coverage_test]") {
  for (const char* guide : {"installation", "compatibility"}) {
    for (const Json& clause : clauses_of(guide)) {
      INFO(clause.dump());
      const bool done = clause.at("covered") == "done";
      CHECK((!done || !clause.at("steps").empty() || !clause.at("commands").empty()));
      CHECK((!done || !clause.at("tests").empty()));
      CHECK(done == clause.at("reason").is_null());
      for (const std::string test : clause.at("tests")) {
        INFO(test);
        CHECK(is_there(test));
      }
      for (const std::string command : clause.at("commands")) {
        INFO(command);
        CHECK(is_command(command));
      }
    }
  }
}

TEST_CASE("these questions can be answered otherwise", "[coverage_test]") {
  CHECK_FALSE(is_there("engine/guide_test.py: every compression that there is"));
  CHECK_FALSE(is_there("engine/no_test.py: every compression"));
  CHECK_FALSE(is_there("plan/prerequisites_test.cpp: zlib comes by itself"));
  CHECK_FALSE(is_command("flags"));
  CHECK_FALSE(is_command("compat frobnicate"));
  CHECK_FALSE(is_command("verify --lode"));
  CHECK(is_command("verify --load"));
  CHECK(is_command("compat explain 222"));
}

TEST_CASE("every clause that a recipe names is a row of its guide", "[coverage_test]") {
  const auto guides = load_guides(embedded_recipes());
  const auto recipes = load_recipes(embedded_recipes());
  REQUIRE((guides && recipes && guides->size() == 1));
  const Guide& guide = guides->front();
  const auto has = [&](const Clause& clause) {
    return std::ranges::find(guide.rows, clause, &GuideRow::clause) != guide.rows.end();
  };
  for (const Method& method : recipes->methods) {
    INFO(method.name);
    CHECK(method.document == guide.title);
    for (const Prerequisite& each : method.prerequisites) {
      INFO(clause_text(each.clause));
      CHECK(has(each.clause));
    }
    for (const MethodStep& each : method.steps) {
      INFO(clause_text(each.clause));
      CHECK(has(each.clause));
    }
  }
}

TEST_CASE("the coverage of both guides is told as text, or of the one that is named", "[coverage_test]") {
  Console console;
  CHECK(console.run({"recipe", "explain", "--coverage"}) == 0);
  CHECK(console.out.str().find("  1.3.1 step 2      unpack the archive\n"
                               "                    tar: tar -xvf ${archive}\n"
                               "                    shown by engine/guide_test.py: every compression\n") !=
        std::string::npos);
  CHECK(console.out.str().find("CUDA Compatibility, R570 edition\n") != std::string::npos);
  CHECK(console.run({"recipe", "explain", "--coverage", "--guide", "compatibility"}) == 0);
  CHECK(console.out.str().find("tar -xvf") == std::string::npos);
}

TEST_CASE("a guide that there is not, and --coverage of a recipe, are mistakes of the command line",
          "[coverage_test]") {
  Console console;
  CHECK(console.run({"recipe", "explain", "--coverage", "--guide", "instalation"}) == 2);
  CHECK(console.err.str() == "error: no guide 'instalation'\n  hint: did you mean 'installation'?\n");
  CHECK(console.run({"recipe", "explain", "tar", "--coverage"}) == 2);
  CHECK(console.err.str() ==
        "error: --coverage is about the guides, not about 'tar'\n  hint: say either NAME or --coverage\n");
  CHECK(console.run({"recipe", "explain", "tar", "--guide", "installation"}) == 2);
  CHECK(console.err.str() == "error: --guide chooses what --coverage shows\n  hint: add --coverage\n");
  CHECK(console.run({"recipe", "explain"}) == 2);
  CHECK(console.err.str() == "error: 'explain' needs NAME\n  hint: run: cudnn-install recipe explain --help\n");
}
