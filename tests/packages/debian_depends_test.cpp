#include "packages/debian_depends.h"

#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::string shown(const std::vector<LibraryNeeds>& libraries) {
  const auto depends = debian_depends(libraries);
  if (!depends) {
    return std::string(name_of(depends.error().fault)) + ": " + depends.error().what;
  }
  std::string text;
  for (const std::string& each : *depends) {
    text += (text.empty() ? "" : ", ") + each;
  }
  return text;
}

}  // namespace

TEST_CASE("the highest version that any library needs is the floor of the package", "[debian_depends]") {
  CHECK(shown({{.name = "libcudnn.so.8.9.6",
                .soname = "libcudnn.so.8",
                .needed = {"libdl.so.2", "libc.so.6"},
                .versions = {{"libc.so.6", {"GLIBC_2.2.5", "GLIBC_2.14"}}}},
               {.name = "libcudnn_ops_infer.so.8.9.6",
                .soname = "libcudnn_ops_infer.so.8",
                .needed = {"libm.so.6", "libc.so.6"},
                .versions = {{"libm.so.6", {"GLIBC_2.27"}}, {"libc.so.6", {"GLIBC_2.9", "GLIBC_PRIVATE"}}}}}) ==
        "libc6 (>= 2.27)");
}

TEST_CASE("each package has its own spelling", "[debian_depends]") {
  CHECK(shown({{.name = "libx.so.9",
                .soname = "libx.so.9",
                .needed = {"libz.so.1", "libstdc++.so.6", "libgcc_s.so.1", "ld-linux-x86-64.so.2"},
                .versions = {{"libz.so.1", {"ZLIB_1.2.0"}},
                             {"libstdc++.so.6", {"GLIBCXX_3.4.21", "CXXABI_1.3.11", "CXXABI_TM_1"}},
                             {"libgcc_s.so.1", {"GCC_3.4"}},
                             {"ld-linux-x86-64.so.2", {"GLIBC_2.3"}}}}}) ==
        "libc6 (>= 2.3), libgcc-s1 (>= 3.4) | libgcc1 (>= 1:3.4), libstdc++6 (>= 7), zlib1g (>= 1:1.2.0)");
}

TEST_CASE("a library without version needs still depends on its package", "[debian_depends]") {
  CHECK(shown({{.name = "libx.so.1", .soname = "libx.so.1", .needed = {"libz.so.1", "libgcc_s.so.1"}}}) ==
        "libgcc-s1 | libgcc1, zlib1g");
}

TEST_CASE("libraries of the same package are no dependency", "[debian_depends]") {
  CHECK(shown({{.name = "liba.so.8.9.6", .soname = "liba.so.8", .needed = {"libb.so.8"}},
               {.name = "libb.so.8.9.6", .soname = "libb.so.8"}}) == "");
}

TEST_CASE("a symbol version between two of the table takes the later", "[debian_depends]") {
  CHECK(shown({{.name = "libx.so.1",
                .soname = "libx.so.1",
                .needed = {"libstdc++.so.6"},
                .versions = {{"libstdc++.so.6", {"GLIBCXX_3.4.5"}}}}}) == "libstdc++6 (>= 4.2.1)");
}

TEST_CASE("what no table knows is refused instead of left out", "[debian_depends]") {
  CHECK(shown({{.name = "libx.so.1", .soname = "libx.so.1", .needed = {"libcublas.so.12"}}}) ==
        "unsupported: 'libx.so.1' needs 'libcublas.so.12', and no table tells which package has it");
  CHECK(shown({{.name = "libx.so.1",
                .soname = "libx.so.1",
                .needed = {"libstdc++.so.6"},
                .versions = {{"libstdc++.so.6", {"GLIBCXX_3.4.99"}}}}}) ==
        "unsupported: 'libx.so.1' needs 'GLIBCXX_3.4.99', and no table tells which package has it");
}
