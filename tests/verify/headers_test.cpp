#include "installed_tree.h"

using namespace cudnn_install;

namespace {

std::string header(const std::string& major, const std::string& minor, const std::string& patch) {
  return "#define CUDNN_MAJOR " + major + "\n#define CUDNN_MINOR " + minor + "\n#define CUDNN_PATCHLEVEL " + patch +
         "\n";
}

// Both majors' libraries; the plain name leads to `front`.
void libraries(const InstalledTree& tree, const std::string& front) {
  for (const char* version : {"8.9.6", "9.1.0"}) {
    tree.write("lib64/libcudnn.so." + std::string(version), "bytes");
    tree.link("lib64/libcudnn.so." + std::string(version).substr(0, 1), "libcudnn.so." + std::string(version));
  }
  tree.link("lib64/libcudnn.so", front);
}

std::vector<Finding> found(const InstalledTree& tree) {
  return header_findings(RootView(tree.prefix()), "/include/cudnn_version.h", "/lib64");
}

}  // namespace

TEST_CASE("a header that says what the loader opens is nothing to tell of", "[headers]") {
  const InstalledTree tree;
  libraries(tree, "libcudnn.so.8");
  CHECK(found(tree).empty());
  tree.write("include/cudnn_version.h", header("8", "9", "6"));
  CHECK(found(tree).empty());
  tree.write("include/cudnn_version.h", "no version at all\n");
  CHECK(found(tree).empty());
}

TEST_CASE("a header of another version than the library of its major is told, with both", "[headers]") {
  const InstalledTree tree;
  libraries(tree, "libcudnn.so.8");
  tree.write("include/cudnn_version.h", header("8", "9", "7"));
  CHECK(found(tree) ==
        std::vector<Finding>{{.damage = Damage::wrong_version,
                              .path = "/include/cudnn_version.h",
                              .detail = "says cuDNN 8.9.7, but /lib64/libcudnn.so.8 is libcudnn.so.8.9.6"}});
  CHECK(name_of(Damage::wrong_version) == "wrong-version");
}

TEST_CASE("a header of one major over the plain name of another is told, links of its own root included", "[headers]") {
  const InstalledTree tree;
  libraries(tree, "/etc/alternatives/libcudnn_so");
  std::filesystem::create_directories(tree.at("etc/alternatives"));
  tree.link("etc/alternatives/libcudnn_so", "/lib64/libcudnn.so.8");
  tree.write("include/cudnn_version.h", header("9", "1", "0"));
  CHECK(found(tree) ==
        std::vector<Finding>{{.damage = Damage::wrong_version,
                              .path = "/include/cudnn_version.h",
                              .detail = "says cuDNN 9.1.0, but /lib64/libcudnn.so is libcudnn.so.8.9.6"}});
}
