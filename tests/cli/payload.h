// The demo archives that the build makes, and what tests do with them.
#pragma once

#include <string>
#include <vector>

#include "base/sha256.h"
#include "console.h"
#include "support/catch.h"

namespace cudnn_install {

inline const std::string older_archive = PAYLOAD "/cudnn-linux-x86_64-8.9.6.50_cuda12-archive.tar.xz";
inline const std::string newer_archive = PAYLOAD "/cudnn-linux-x86_64-8.9.7.29_cuda12-archive.tar.xz";

inline std::string digest_of(const std::string& path) {
  return Sha256::of(text_in(path)).hex();
}

// A scratch directory with a prefix and a state directory, and command lines that end there.
struct Bench {
  ScratchDirectory scratch{};
  Console console{};
  std::string prefix = scratch / "cuda";

  Bench() {
    std::filesystem::create_directory(prefix);
    console.context.environment["CUDNN_INSTALL_STATE"] = scratch / "state";
  }

  int run(const std::string& verb, const std::vector<std::string>& more = {}) {
    std::vector<std::string> arguments = {verb, "--prefix", prefix};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return console.run(arguments);
  }
  int put_in(const std::string& archive, std::vector<std::string> more = {"--yes", "--quiet"},
             const std::string& verb = "install") {
    more.insert(more.end(), {"--cuda", "12", "--archive", archive, "--sha256", digest_of(archive)});
    return run(verb, more);
  }
  [[nodiscard]] std::string out() const { return console.out.str(); }
  [[nodiscard]] std::string err() const { return console.err.str(); }

  // The same archive with a LICENSE that is not the demo's.
  std::string licensed_archive() {
    const std::string tree = scratch / "tree";
    const std::string top = "cudnn-linux-x86_64-8.9.6.50_cuda12-archive";
    std::filesystem::create_directory(tree);
    must({"tar", "-C", tree, "-xf", older_archive});
    put(tree + "/" + top + "/LICENSE", "Terms that somebody has to accept.\n");
    const std::string archive = scratch / (top + ".tar.xz");
    must({"tar", "-C", tree, "-cJf", archive, top + "/LICENSE", top + "/include", top + "/lib"});
    return archive;
  }
  void must(const std::vector<std::string>& argv) {
    const auto finished = console.processes.run({.argv = argv});
    REQUIRE(finished);
    REQUIRE(finished->status == 0);
  }
};

}  // namespace cudnn_install
