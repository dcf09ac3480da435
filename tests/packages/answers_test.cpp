#include "packages/answers.h"

#include <algorithm>
#include <filesystem>

#include "recorded_answers.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::vector<std::string> recorded_files() {
  std::vector<std::string> files;
  for (const auto& entry : std::filesystem::directory_iterator(TEST_DATA "/answers")) {
    files.push_back(entry.path().string());
  }
  std::sort(files.begin(), files.end());
  return files;
}

const Manager apt{.speaks = "apt", .strict_refresh = true, .pin = "preferences"};
const Manager dnf{.speaks = "dnf", .strict_refresh = false, .pin = "versionlock"};
const Manager zypper{.speaks = "zypper", .strict_refresh = false, .pin = "zypper-lock"};

// Every reader gets the text; none may fall over, whatever it answers.
void read_by_all(const Manager& manager, const std::string& text) {
  const Answer said{.status = 0, .out = text, .err = text};
  const Answer failed{.status = 1, .out = text, .err = text};
  for (const Answer& answer : {said, failed}) {
    (void)simulated_changes(manager, answer);
    (void)package_in_file(manager, answer);
    (void)audit_findings(manager, answer);
    (void)refreshed(manager, text, answer);
    (void)carried_through(manager, answer, "install it");
    CHECK(refused(manager, answer, "install it").what.size() < 2000);
  }
  (void)installed_versions(manager, text);
  (void)files_in_package(manager, text);
  (void)changed_files(manager, text);
  (void)locked_packages(manager, text);
}

}  // namespace

TEST_CASE("Each answer that was recorded is read as its file says", "[answers]") {
  const auto files = recorded_files();
  CHECK(files.size() > 100);
  for (const std::string& file : files) {
    INFO(file);
    const RecordedAnswer recorded = recorded_answer(file);
    CHECK(as_read(recorded) == recorded.read);
  }
}

TEST_CASE("An answer cut at any byte is read without falling over", "[answers]") {
  for (const std::string& file : recorded_files()) {
    const RecordedAnswer recorded = recorded_answer(file);
    const std::string whole = recorded.answer.out + recorded.answer.err;
    for (std::size_t size = 0; size < whole.size(); size += 1 + whole.size() / 16) {
      read_by_all(recorded.manager, whole.substr(0, size));
    }
  }
}

TEST_CASE("Hostile text is read without falling over", "[answers]") {
  const std::vector<std::string> texts = {
      std::string(1 << 18, 'a'),
      std::string(1 << 18, '\n'),
      std::string("\0\x1b[31m\xff\xfe\t\t\t\n(\n[\n", 17),
      "Inst\nInst \nInst a [\nInst a (\nRemv [] []\nPurg\n",
      "Installing:\n a\n  b\n  c\n   replacing\n replacing x\n replacing x y\nTransaction Summary\n",
      "<stream><install-summary><to-remove><solvable type=\"package\" name=\"><solvable </install-summary>",
      "<name></name><name>a<name>b</name>",
      "i\tname\tversion\n\tname\tversion\n",
      "%post( scriptlet failed\nscriptlet in rpm package ",
      "missing\nmissing /\n........ c /\n",
      "-:-\n!-\n0:\n-\n",
  };
  for (const Manager& manager : {apt, dnf, zypper}) {
    for (const std::string& text : texts) {
      read_by_all(manager, text);
    }
  }
}

TEST_CASE("Control characters of an answer do not reach the message", "[answers]") {
  const Answer answer{.status = 1, .out = "", .err = "E: \x1b[2Jgone\n"};
  CHECK(refused(apt, answer, "install libcudnn8").what ==
        "cannot install libcudnn8: apt ended with 1 and says 'E: \\x1b[2Jgone'");
}

TEST_CASE("A manager that says nothing is quoted by its status", "[answers]") {
  const Error error = refused(dnf, {.status = 137, .out = "", .err = ""}, "install libcudnn8");
  CHECK(error == Error{.fault = Fault::package_manager, .what = "cannot install libcudnn8: dnf ended with 137"});
}

TEST_CASE("dnf 5's table is read", "[answers]") {
  const Answer answer{.status = 1,
                      .out =
                          "Package                 Arch   Version               Repository      Size\n"
                          "Upgrading:\n"
                          " libcudnn8              x86_64 0:8.9.7.29-1.cuda12.2 cuda       379.9 KiB\n"
                          "   replacing libcudnn8  x86_64 0:8.9.6.50-1.cuda12.2 cuda       379.9 KiB\n"
                          "Installing dependencies:\n"
                          " zlib                   x86_64 1:1.3-1               base       100.0 KiB\n"
                          "\n"
                          "Transaction Summary:\n Upgrading:          1 package\n Replacing:          1 package\n\n",
                      .err = "Operation aborted by the user.\n"};
  const auto changes = simulated_changes({.speaks = "dnf5"}, answer);
  REQUIRE(changes.has_value());
  CHECK(*changes == std::vector<SimulatedChange>{{"libcudnn8", "8.9.6.50-1.cuda12.2", "8.9.7.29-1.cuda12.2"},
                                                 {"zlib", "", "1:1.3-1"}});
}

TEST_CASE("yum 3's table, as its documentation shows it, is read (not run)", "[answers]") {
  const Answer answer{.status = 1,
                      .out =
                          "Dependencies Resolved\n\n"
                          " Package        Arch    Version               Repository   Size\n"
                          "Installing:\n"
                          " a-name-that-is-longer-than-its-column\n"
                          "                x86_64  8.9.6.50-1.cuda12.2   cuda        271 k\n"
                          "     replacing  old-name.x86_64 1-1\n"
                          "Removing for dependencies:\n"
                          " other          x86_64  2-1                   @base        10 k\n"
                          "\nTransaction Summary\nInstall  1 Package\n\nExiting on user command\n",
                      .err = ""};
  const auto changes = simulated_changes({.speaks = "yum"}, answer);
  REQUIRE(changes.has_value());
  CHECK(*changes == std::vector<SimulatedChange>{{"a-name-that-is-longer-than-its-column", "", "8.9.6.50-1.cuda12.2"},
                                                 {"old-name", "1-1", ""},
                                                 {"other", "2-1", ""}});
}

TEST_CASE("tdnf's table, as its documentation shows it, is read (not run)", "[answers]") {
  const Answer answer{.status = 8,
                      .out =
                          "Installing:\n"
                          "libcudnn8     x86_64   8.9.6.50-1.cuda12.2   cuda   379.90k   271.20k\n\n"
                          "Total installed size: 379.90k\nTotal download size: 271.20k\n",
                      .err = "Operation aborted.\n"};
  const auto changes = simulated_changes({.speaks = "tdnf"}, answer);
  REQUIRE(changes.has_value());
  CHECK(*changes == std::vector<SimulatedChange>{{"libcudnn8", "", "8.9.6.50-1.cuda12.2"}});
}

TEST_CASE("A simulation that ends well in words that nobody knows is an error", "[answers]") {
  const auto changes = simulated_changes(dnf, {.status = 0, .out = "Alles klar\n", .err = ""});
  REQUIRE(!changes.has_value());
  CHECK(changes.error() == Error{.fault = Fault::package_manager,
                                 .what = "cannot find out what would change: dnf ended with 0 and says 'Alles klar'"});
}

TEST_CASE("Locks of yum 3 (not run) and dnf 5 are read by name", "[answers]") {
  CHECK(locked_packages(dnf, "Loaded plugins: versionlock\n0:libcudnn8-8.9.6.50-1.cuda12.2.*\n!other-0:1-1.*\n") ==
        std::vector<std::string>{"libcudnn8"});
  CHECK(locked_packages(dnf,
                        "# Added by 'versionlock add' command on 2026-11-28 01:00:00\n"
                        "Package name: libcudnn8\nevr = 8.9.6.50-1.cuda12.2\n") ==
        std::vector<std::string>{"libcudnn8"});
}
