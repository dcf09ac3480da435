#include <sstream>

#include "built_in.h"
#include "compat/matrix_text.h"

using namespace cudnn_install;

namespace {

struct PublishedRow {
  std::string_view package;
  std::string_view cells;
};
struct PublishedEdition {
  std::string_view name;
  std::string_view columns;
  std::vector<PublishedRow> rows;
};

// Copied cell by cell from the editions of the guide.
const std::vector<PublishedEdition>& published() {
  static const std::vector<PublishedEdition> editions = {
      {"R615",
       "535 570 580 590 595 610 615",
       {{"13.4", "C C C C C C N/A"},
        {"13.3", "C C C C C N/A X"},
        {"13.2", "C C C C N/A X X"},
        {"13.1", "C C C N/A X X X"},
        {"13.0", "C C N/A X X X X"},
        {"12.9", "C C X X X X X"},
        {"12.8", "C N/A X X X X X"},
        {"12.6", "C X X X X X X"},
        {"12.5", "C X X X X X X"},
        {"12.4", "C X X X X X X"},
        {"12.3", "C X X X X X X"},
        {"12.2", "N/A X X X X X X"}}},
      {"R580", "535 550 570 580", {{"13.0", "C C C N/A"}, {"12.8", "C C N/A X"}, {"12.4", "C N/A X X"}}},
      {"R575",
       "535 550 570 575",
       {{"12.9", "C C C N/A"},
        {"12.8", "C C N/A X"},
        {"12.6", "C C X X"},
        {"12.5", "C C X X"},
        {"12.4", "C N/A X X"},
        {"12.3", "C X X X"},
        {"12.2", "N/A X X X"}}},
      {"R570",
       "535 550 570",
       {{"12.8", "C C N/A"},
        {"12.6", "C C X"},
        {"12.5", "C C X"},
        {"12.4", "C N/A X"},
        {"12.3", "C X X"},
        {"12.2", "N/A X X"}}}};
  return editions;
}

std::vector<std::string> words(std::string_view text) {
  std::istringstream stream{std::string(text)};
  std::vector<std::string> found;
  for (std::string word; stream >> word;) {
    found.push_back(word);
  }
  return found;
}

MatrixAnswer asked(std::string_view package, const std::string& driver) {
  const Package* found = find_package(built_in(), version(package));
  REQUIRE(found != nullptr);
  return matrix_answer(built_in(), *found, version(driver));
}

std::string cell_and_source(const MatrixAnswer& answer) {
  return std::string(name_of(answer.cell)) + " " + std::string(name_of(answer.source)) + " " + answer.where;
}

// The driver that the branch's toolkit came with.
std::string first_driver(const std::string& branch) {
  const Branch* known = find_branch(built_in(), std::stoi(branch));
  REQUIRE(known != nullptr);
  const auto driver = driver_of_cuda(built_in(), known->cuda, OperatingSystem::gnu_linux);
  return driver ? driver->text() : branch + ".10";
}

}  // namespace

TEST_CASE("every cell of every edition is answered as it is printed", "[matrix_answer]") {
  std::size_t cells = 0;
  for (const PublishedEdition& edition : published()) {
    const Edition* held = find_edition(built_in(), edition.name);
    REQUIRE(held != nullptr);
    CHECK(held->rows.size() == edition.rows.size());
    const std::vector<std::string> columns = words(edition.columns);
    for (const PublishedRow& row : edition.rows) {
      const std::vector<std::string> expected = words(row.cells);
      REQUIRE(expected.size() == columns.size());
      for (std::size_t i = 0; i < columns.size(); ++i) {
        INFO(edition.name << " " << row.package << " on " << columns[i]);
        const MatrixAnswer answer = asked(row.package, columns[i] + ".10");
        CHECK(name_of(answer.cell) == expected[i]);
        CHECK(answer.source == MatrixSource::edition);
        ++cells;
      }
    }
  }
  CHECK(cells == 84 + 12 + 28 + 18);
}

TEST_CASE("where a cell says C the decision has the package, elsewhere the driver serves by itself",
          "[matrix_answer]") {
  for (const PublishedEdition& edition : published()) {
    const std::vector<std::string> columns = words(edition.columns);
    for (const PublishedRow& row : edition.rows) {
      const std::vector<std::string> expected = words(row.cells);
      for (std::size_t i = 0; i < columns.size(); ++i) {
        INFO(edition.name << " " << row.package << " on " << columns[i]);
        const std::string name = package_name(version(row.package));
        const std::string found =
            verdict(question(columns[i] == "615" ? "615.31" : first_driver(columns[i]), row.package));
        const bool open = found == "forward " + name || found == "minor-version + " + name;
        CHECK((expected[i] == "C" ? open : found == "backward"));
      }
    }
  }
}

TEST_CASE("an unlisted column is answered by the newest edition that lists it, and that is said", "[matrix_answer]") {
  const MatrixAnswer answer = asked("12.4", "550.54.14");
  CHECK(cell_and_source(answer) == "N/A edition R580");
  CHECK(mentions(answer.remarks, "edition R615 no longer lists branch 550"));
  CHECK(mentions(answer.remarks, "its life is over"));
}

TEST_CASE("cells of New Feature Branches are kept, with the guide's own objection", "[matrix_answer]") {
  const MatrixAnswer answer = asked("13.2", "590.48.01");
  CHECK(cell_and_source(answer) == "C edition R615");
  CHECK(mentions(answer.remarks, "New Feature Branch"));
}

TEST_CASE("rows and columns that no edition lists are answered by notes, packagers, ranges or branches",
          "[matrix_answer]") {
  CHECK(cell_and_source(asked("13.1", "550.54.14")) == "C known-note 590.44.01");
  CHECK(cell_and_source(asked("12.9", "565.57.01")) == "C known-note 575.57.08");
  CHECK(cell_and_source(asked("12.9", "470.57.02")) == "X known-note 575.57.08");  // packagers took it
  CHECK(cell_and_source(asked("12.6", "470.57.02")) == "C packagers EBEC");
  CHECK(cell_and_source(asked("12.6", "470.42.01")) == "X packagers EBEC");
  CHECK(cell_and_source(asked("12.6", "525.60.13")) == "X packagers EBEC");
  CHECK(cell_and_source(asked("11.1", "418.39")) == "C packagers NVCDS21");
  CHECK(cell_and_source(asked("12.1", "470.57.02")) == "C range CCLUA");
  CHECK(cell_and_source(asked("12.1", "418.40.04")) == "X range CCLUA");
  CHECK(cell_and_source(asked("11.4", "418.40.04")) == "C range CCLUA");
  CHECK(cell_and_source(asked("12.1", "495.29.05")) == "X branch-rule ");  // a New Feature Branch
  CHECK(cell_and_source(asked("13.4", "525.60.13")) == "X branch-rule ");
  CHECK(cell_and_source(asked("12.1", "530.30.02")) == "N/A branch-rule ");
  CHECK(cell_and_source(asked("12.1", "535.54.03")) == "X branch-rule ");
}

TEST_CASE("the three answers are kept apart in words too", "[matrix_answer]") {
  CHECK(asked("12.4", "535.54.03").reason == "cuda-compat-12-4 serves on branch 535 (table 3, edition R615)");
  CHECK(asked("12.8", "570.26").reason ==
        "cuda-compat-12-8 does not apply to branch 570: that driver has this CUDA itself (table 3, edition R615)");
  CHECK(asked("12.3", "550.54.14").reason == "cuda-compat-12-3 is not for branch 550 (table 3, edition R575)");
}

TEST_CASE("a matrix is shown as text and as Markdown", "[matrix_answer]") {
  const Edition* edition = find_edition(built_in(), "570");
  REQUIRE(edition != nullptr);
  const std::string text = matrix_as_text(built_in(), *edition);
  CHECK(text.find("package           535+    550+    570+\n"
                  "                  (12.2)  (12.4)  (12.8)\n"
                  "cuda-compat-12-8  C       C       N/A\n"
                  "cuda-compat-12-6  C       C       X\n"
                  "cuda-compat-12-5  C       C       X\n"
                  "cuda-compat-12-4  C       N/A     X\n"
                  "cuda-compat-12-3  C       X       X\n"
                  "cuda-compat-12-2  N/A     X       X\n") != std::string::npos);
  const std::string markdown = matrix_as_markdown(built_in(), *edition);
  CHECK(markdown.find("| package | 535+ (CUDA 12.2) | 550+ (CUDA 12.4) | 570+ (CUDA 12.8) |\n"
                      "|---|---|---|---|\n"
                      "| cuda-compat-12-8 | C | C | N/A |\n") != std::string::npos);
}
