#include <algorithm>

#include "verify/installed_tree.h"

using namespace cudnn_install;

namespace {

using Lines = std::vector<std::string>;

#if defined(__aarch64__)
constexpr const char* own_platform = "linux-sbsa";
#elif defined(__powerpc64__)
constexpr const char* own_platform = "linux-ppc64le";
#else
constexpr const char* own_platform = "linux-x86_64";
#endif

const Lines libraries{"lib64/libcudnn.so.8.9.6", "lib64/libcudnn_cnn_infer.so.8.9.6",
                      "lib64/libcudnn_ops_infer.so.8.9.6"};

// Three stub libraries, the one that needs another before it.
struct Installed {
  InstalledTree tree;
  Installation installation;

  Installed() {
    for (const std::string& path : libraries) {
      tree.write(path, content_of(STUBS "/set" + path.substr(path.find('/'))));
    }
    installation = tree.installation(libraries);
    installation.platform = own_platform;
  }
  [[nodiscard]] LoadProof proof() const { return load_proof(installation, tree.prefix()); }
  [[nodiscard]] Lines findings() const { return lines(proof().findings, tree.prefix()); }
};

}  // namespace

TEST_CASE("a good set opens, answers and comes from one place", "[load_proof]") {
  const Installed installed;
  const LoadProof proof = installed.proof();
  CHECK(lines(proof.findings, installed.tree.prefix()) == Lines{});
  CHECK(proof.version == "8.9.6");
  CHECK(proof.cudart == "12.2");
  CHECK(proof.opened == Lines{libraries[0], libraries[2], libraries[1]});
}

TEST_CASE("a prefix whose library directory is a link is one place", "[load_proof]") {
  const Installed installed;
  std::filesystem::create_directories(installed.tree.at("targets"));
  std::filesystem::rename(installed.tree.at("lib64"), installed.tree.at("targets/lib"));
  installed.tree.link("lib64", "targets/lib");
  CHECK(installed.findings() == Lines{});
  CHECK(installed.proof().opened.size() == 3);
}

TEST_CASE("a part that another directory supplies is found although every check succeeds", "[load_proof]") {
  const Installed installed;
  std::filesystem::remove(installed.tree.at(libraries[2]));
  CHECK(installed.findings() ==
        Lines{"load " + libraries[2] + ": PREFIX/" + libraries[2] +
                  ": cannot open shared object file: No such file or directory",
              "load " STUBS
              "/elsewhere/libcudnn_ops_infer.so.8: was loaded too, expected only files of 'PREFIX/lib64'"});
}

TEST_CASE("a library that is cut short kills the child, not us", "[load_proof]") {
  const Installed installed;
  std::filesystem::resize_file(installed.tree.at(libraries[2]),
                               std::filesystem::file_size(installed.tree.at(libraries[2])) / 2);
  CHECK(installed.findings() ==
        Lines{"load " + libraries[2] + ": opening it killed the process with SIGBUS: the file is cut short"});
  // and the blame falls on it, not on the library that needs it
  CHECK(installed.proof().opened == Lines{libraries[0]});
}

TEST_CASE("a part of another version is told by the check of its user", "[load_proof]") {
  const Installed installed;
  installed.tree.write(libraries[2], content_of(STUBS "/older/libcudnn_ops_infer.so.8.9.5"));
  CHECK(installed.findings() ==
        Lines{"load " + libraries[1] +
              ": cudnnCnnInferVersionCheck answers 3, expected 0: the libraries are not of one version"});
}

TEST_CASE("the version and the CUDA that are answered must be those of the record", "[load_proof]") {
  Installed installed;
  installed.tree.write(libraries[0], content_of(STUBS "/older/libcudnn.so.8.9.5"));
  installed.installation.cuda = "11";
  CHECK(installed.findings() == Lines{"load " + libraries[0] + ": cudnnGetVersion answers 8.9.5, expected 8.9.6",
                                      "load " + libraries[0] + ": is made for CUDA 12.2, expected 11"});
  CHECK(installed.proof().version == "8.9.5");
}

TEST_CASE("a set without its front library answers no version", "[load_proof]") {
  Installed installed;
  installed.installation.paths.erase(installed.installation.paths.begin());
  CHECK(installed.findings() == Lines{"load " + libraries[2] + ": no library answers cudnnGetVersion"});
}

TEST_CASE("what foreign code writes among the answers is no answer", "[load_proof]") {
  const Installed installed;
  installed.tree.write(libraries[0], content_of(STUBS "/rogue/TALKS"));
  const Lines found = installed.findings();
  REQUIRE(found.size() == 1);
  CHECK(found[0].starts_with("load " + libraries[0] + ": opening it made the process say 'uid "));
}

TEST_CASE("another machine's files, and an installation without libraries, are not opened", "[load_proof]") {
  Installed installed;
  installed.installation.platform = own_platform == std::string("linux-ppc64le") ? "linux-sbsa" : "linux-ppc64le";
  CHECK(installed.proof().opened == Lines{});
  installed.installation.platform = own_platform;
  installed.installation.paths.clear();
  CHECK(installed.findings() == Lines{});
}

TEST_CASE("the real cuDNN of a CUDA toolkit loads without a GPU", "[load_proof]") {
  const std::string prefix = "/usr/local/cuda";
  if (!std::filesystem::exists(prefix + "/lib64/libcudnn.so.9")) {
    WARN("skipped: no cuDNN 9 in " + prefix + "/lib64");
    return;
  }
  Installation installation;
  installation.platform = own_platform;
  Lines all;
  for (const auto& entry : std::filesystem::directory_iterator(prefix + "/lib64")) {
    const std::string name = entry.path().filename();
    if (name.starts_with("libcudnn") && name.find(".so") != std::string::npos && !entry.is_symlink()) {
      all.push_back("lib64/" + name);
      installation.paths.push_back({.path = *TargetPath::parse(all.back()), .entry = {.kind = EntryKind::file}});
    }
  }
  LoadProof proof = load_proof(installation, prefix);
  std::sort(all.begin(), all.end());
  std::sort(proof.opened.begin(), proof.opened.end());
  CHECK(lines(proof.findings, prefix) == Lines{});
  CHECK(proof.opened == all);
  CHECK(proof.version.starts_with("9."));
  CHECK_FALSE(proof.cudart.empty());
}
