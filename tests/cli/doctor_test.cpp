#include "cli/doctor.h"

#include "console.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

// A system below a directory, whose only list of sources is `text`.
std::string list_of(const ScratchDirectory& root, const std::string& text) {
  put(root / "etc/os-release", "ID=debian\nVERSION_ID=12\n");
  const std::string path = root / "etc/apt/sources.list.d/cudnn.list";
  put(path, text);
  return path;
}

const std::string stale_line = "deb file:/var/cudnn-local-repo-debian12-8.9.6.50 /\n";

}  // namespace

TEST_CASE("the record of doctor has every field", "[doctor_test]") {
  const Diagnosis finding{.id = "missing-keyring",
                          .severity = Severity::warning,
                          .what = "gone",
                          .evidence = {{.file = "/a", .line = 3, .text = "x"}},
                          .remedy = "bring it back",
                          .command = "cp a b",
                          .fix = {{.path = "/b", .before = {}, .after = FileText{.text = "k\n"}}}};
  CHECK(doctor_record({.root = "/", .findings = {finding}, .mended = {}}) == R"({
  "schema": 1,
  "root": "/",
  "findings": [
    {
      "id": "missing-keyring",
      "severity": "warning",
      "what": "gone",
      "evidence": [
        {
          "file": "/a",
          "line": 3,
          "text": "x"
        }
      ],
      "remedy": "bring it back",
      "command": "cp a b",
      "fix": [
        {
          "path": "/b",
          "diff": "--- /dev/null\n+++ /b\n@@ -0,0 +1 @@\n+k\n"
        }
      ]
    }
  ],
  "mended": []
}
)");
}

TEST_CASE("in another root doctor finds, shows, asks, mends and takes back", "[doctor_test]") {
  const ScratchDirectory root;
  const std::string list = list_of(root, stale_line);
  Console console;
  console.context.environment["CUDNN_INSTALL_STATE"] = root / "state";
  const std::vector<std::string> fix = {"doctor", "--root", root.path(), "--fix"};
  CHECK(console.run({"doctor", "--root", root.path()}) == 1);
  CHECK(console.out.str().find("/etc/apt/sources.list.d/cudnn.list:1: deb file:") != std::string::npos);
  CHECK(console.run(fix) == 2);
  CHECK(console.err.str().find("+# " + stale_line) != std::string::npos);
  CHECK(console.err.str().find("nothing was changed") != std::string::npos);
  console.context.terminal = {.input = true, .errors = true};
  console.in.str("n\n");
  CHECK(console.run(fix) == 1);
  CHECK(text_in(list) == stale_line);
  console.in.clear();
  console.in.str("y\n");
  CHECK(console.run(fix) == 0);
  CHECK(text_in(list) == "# " + stale_line);
  CHECK(console.run({"doctor", "--root", root.path(), "--undo"}) == 0);
  CHECK(text_in(list) == stale_line);
}

TEST_CASE("what was changed after the mending is left, and named with its old bytes", "[doctor_test]") {
  const ScratchDirectory root;
  const std::string list = list_of(root, stale_line);
  Console console;
  console.context.environment["CUDNN_INSTALL_STATE"] = root / "state";
  REQUIRE(console.run({"doctor", "--root", root.path(), "--fix", "--yes"}) == 0);
  put(list, "# mine\n");
  CHECK(console.run({"doctor", "--root", root.path(), "--undo"}) == 17);
  CHECK(text_in(list) == "# mine\n");
  CHECK(console.out.str().find("changed since, left as it is: /etc/apt/sources.list.d/cudnn.list; as it was: ") == 0);
  CHECK(text_in(root / "state/mendings/0001/kept-1") == stale_line);
}

TEST_CASE("a check that does not exist is a mistake of the command line", "[doctor_test]") {
  Console console;
  CHECK(console.run({"doctor", "--only", "sha1-kye"}) == 2);
  CHECK(console.err.str() == "error: doctor has no check 'sha1-kye'\n  hint: did you mean 'sha1-key'?\n");
  CHECK(console.run({"doctor", "--fix", "--undo"}) == 2);
  CHECK(console.run({"doctor", "--retired-key", "7FA2AF80"}) == 2);
}
