#include "compat/activation.h"

#include "built_in.h"

using namespace cudnn_install;

namespace {

CompatLibrary library() {
  return {.path = "/usr/local/cuda-13.0/compat/libcuda.so.580.95.05", .driver = version("580.95.05")};
}

bool holds(const std::string& text, std::string_view piece) {
  return text.find(piece) != std::string::npos;
}

}  // namespace

TEST_CASE("an activation knows the branches of the note, else those of the tables", "[activation]") {
  CompatLibrary noted = library();
  noted.note = CompatNote{.cuda = version("13.0"), .branches = {535, 580}, .brands = {2}};
  CHECK(activation_of(built_in(), noted, "/d").branches == std::vector<int>{535, 580});
  const Activation activation = activation_of(built_in(), library(), "/d");
  CHECK(activation.branches == std::vector<int>{535, 550, 565, 570, 575});
  CHECK(activation.cuda.text() == "13.0");
}

TEST_CASE("no place holder is left in any form", "[activation]") {
  const Activation activation = activation_of(built_in(), library(), "/usr/local/cuda-13.0/compat");
  for (const std::string& text :
       {shell_activation(activation), tcl_activation(activation), lua_activation(activation)}) {
    CHECK_FALSE(holds(text, "@"));
    CHECK(holds(text, "/usr/local/cuda-13.0/compat"));
    CHECK(holds(text, "580.95.05"));
    CHECK(holds(text, "535 550 565 570 575"));
  }
}

TEST_CASE("a directory with characters that a language knows is quoted", "[activation]") {
  const Activation activation = activation_of(built_in(), library(), "/a b/\"$x\"[y]");
  CHECK(holds(shell_activation(activation), "__compat_directory='/a b/\"$x\"[y]' __compat_branches="));
  CHECK(holds(tcl_activation(activation), "set directory \"/a b/\\\"\\$x\\\"\\[y\\]\"\n"));
  CHECK(holds(lua_activation(activation), "local directory = \"/a b/\\\"$x\\\"[y]\"\n"));
}

TEST_CASE("the advice on RPATH names the link and the reason", "[activation]") {
  CHECK(holds(rpath_advice("/usr/local/cuda-compat/current"), "-Xlinker /usr/local/cuda-compat/current\n"));
  CHECK(holds(rpath_advice("/usr/local/cuda-compat/current"), "--disable-new-dtags"));
}
