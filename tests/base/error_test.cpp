#include "base/error.h"

#include <array>
#include <cerrno>
#include <cstring>

#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("an error is rendered with its place, line, caret, activities and hint", "[error]") {
  const Error error{.fault = Fault::recipe,
                    .what = "unknown key 'sha265' in archive",
                    .hint = "did you mean 'sha256'?",
                    .where = Where{.file = "recipes/x.yaml", .line = 14, .column = 7, .source = "      sha265: 0b1c"},
                    .activities = {"load the catalogue"}};
  CHECK(rendered(error) ==
        "recipes/x.yaml:14:7: error: unknown key 'sha265' in archive\n"
        "   14 |       sha265: 0b1c\n"
        "      |       ^\n"
        "  while: load the catalogue\n"
        "  hint: did you mean 'sha256'?");
}

TEST_CASE("an error without a place is its sentence alone", "[error]") {
  CHECK(rendered(Error{.fault = Fault::usage, .what = "no archive"}) == "error: no archive");
}

TEST_CASE("a place without line or column shows what is known", "[error]") {
  CHECK(rendered(Error{.what = "empty", .where = Where{.file = "x", .line = 1}}) == "x:1: error: empty");
  CHECK(rendered(Error{.what = "empty", .where = Where{.file = "x"}}) == "x: error: empty");
}

TEST_CASE("what comes from outside cannot steer the terminal", "[error]") {
  CHECK(rendered(Error{.what = "no file 'a\x1b[2J'", .hint = "b\n"}) == "error: no file 'a\\x1b[2J'\n  hint: b\\x0a");
}

TEST_CASE("activities are added innermost first", "[error]") {
  const Error error = during(during(Error{.what = "x"}, "inner"), "outer");
  CHECK(error.activities == std::vector<std::string>{"inner", "outer"});
}

TEST_CASE("a system error takes its fault from the number", "[error]") {
  CHECK(system_error(ENOSPC, "cannot write 'x'") ==
        Error{.fault = Fault::storage, .what = "cannot write 'x': " + std::string(std::strerror(ENOSPC))});
  CHECK(system_error(EACCES, "x").fault == Fault::permission);
  CHECK(system_error(ENOENT, "x").fault == Fault::conflict);
  CHECK(system_error(EINVAL, "x").fault == Fault::internal);
}

TEST_CASE("every fault has a name of its own and its exit code", "[error]") {
  struct Row {
    Fault fault;
    int code;
    std::string_view name;
  };
  constexpr std::array rows = {Row{Fault::findings, 1, "findings"},
                               Row{Fault::usage, 2, "usage"},
                               Row{Fault::recipe, 10, "recipe"},
                               Row{Fault::archive, 11, "archive"},
                               Row{Fault::integrity, 12, "integrity"},
                               Row{Fault::network, 13, "network"},
                               Row{Fault::storage, 14, "storage"},
                               Row{Fault::permission, 15, "permission"},
                               Row{Fault::busy, 16, "busy"},
                               Row{Fault::conflict, 17, "conflict"},
                               Row{Fault::package_manager, 18, "package-manager"},
                               Row{Fault::interrupted, 19, "interrupted"},
                               Row{Fault::needs_settling, 20, "needs-settling"},
                               Row{Fault::unsupported, 21, "unsupported"},
                               Row{Fault::internal, 70, "internal"}};
  for (const Row& row : rows) {
    CHECK(static_cast<int>(row.fault) == row.code);
    CHECK(name_of(row.fault) == row.name);
  }
}
