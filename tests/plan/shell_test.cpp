#include <utility>

#include "builders.h"
#include "plan/parts.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

const std::string top = "cudnn-linux-x86_64-8.9.6.50_cuda12-archive";

// An archive in NVIDIA's layout: links in a chain, odd modes, a file that nobody copies.
void pack(const Scratch& scratch) {
  scratch.write("src/" + top + "/LICENSE", "licence");
  scratch.write("src/" + top + "/include/cudnn.h", "header 8.9.6");
  scratch.write("src/" + top + "/include/cudnn_version.h", "#define CUDNN_MAJOR 8");
  scratch.write("src/" + top + "/lib/libcudnn.so.8.9.6", "library 8.9.6");
  scratch.write("src/" + top + "/lib/libcudnn_static.a", "static");
  const auto [status, out] =
      scratch.run("cd src/" + top +
                  "/lib && ln -s libcudnn.so.8.9.6 libcudnn.so.8 && ln -s libcudnn.so.8 libcudnn.so"
                  " && chmod 0755 libcudnn.so.8.9.6 && chmod 0600 libcudnn_static.a"
                  " && cd ../.. && tar -cJf '../" +
                  top + ".tar.xz' " + top);
  REQUIRE(std::pair(status, out) == std::pair(0, std::string()));
}

World world_in(const Scratch& scratch, const std::string& prefix) {
  World world;
  world.holding("8.9.6.50").host.root_user = true;
  world.request.archives = {scratch.path(top + ".tar.xz")};
  world.request.prefix = scratch.path(prefix);
  world.prefix = {.requested = scratch.path(prefix),
                  .resolved = scratch.path(prefix),
                  .include = scratch.path(prefix) + "/include",
                  .library = scratch.path(prefix) + "/lib64"};
  return world;
}

std::string listing(const Scratch& scratch, const std::string& directory) {
  return scratch
      .run("cd '" + directory + "' && find . -printf '%p %y %m %l\\n' | sort; find . -type f | sort | xargs cksum")
      .second;
}

}  // namespace

TEST_CASE("a plan as a shell script is the guide's commands, each below its clause", "[shell]") {
  World world;
  world.holding("8.9.6.50").host.zlib = false;

  CHECK(to_shell(*world.install()) ==
        "#!/bin/sh\n"
        "# cuDNN 8.9.6.50 for CUDA 12 into /usr/local/cuda\n"
        "# The commands are those of the cuDNN Installation Guide 8.9.6; its clause stands above each.\n"
        "# 1.1.1, driver, satisfied: driver 535.104.05, loaded\n"
        "# 1.1.2, toolkit, satisfied: CUDA 12.2.140 in /usr/local/cuda\n"
        "# 1.1.3, zlib, to do: run: sudo apt-get install zlib1g\n"
        "# The archive's sha256 (catalogue): " +
            digest_of(top + ".tar.xz").hex() + "  " + top +
            ".tar.xz\n"
            "set -eu\n"
            "umask 022\n"
            "work=$(mktemp -d)\n"
            "trap 'rm -rf \"$work\"' EXIT\n"
            "trap 'exit 1' HUP INT TERM\n"
            "\n"
            "# 1.3.1 step 2\n"
            "tar -xf " +
            top +
            ".tar.xz -C \"$work\"\n"
            "\n"
            "# 1.3.1 step 3\n"
            "sudo cp \"$work\"/" +
            top +
            "/include/cudnn*.h /usr/local/cuda/include\n"
            "\n"
            "# 1.3.1 step 3\n"
            "sudo cp -P \"$work\"/" +
            top +
            "/lib/libcudnn* /usr/local/cuda/lib64\n"
            "\n"
            "# 1.3.1 step 3\n"
            "sudo chmod a+r /usr/local/cuda/include/cudnn*.h /usr/local/cuda/lib64/libcudnn*\n");
}

TEST_CASE("run by a real shell the script leaves the tree that the guide's commands leave", "[shell]") {
  const Scratch scratch;
  pack(scratch);
  scratch.write("ours/include/cuda.h", "foreign");
  scratch.write("guide/include/cuda.h", "foreign");
  REQUIRE(scratch.run("mkdir ours/lib64 guide/lib64").first == 0);
  const auto plan = world_in(scratch, "ours").install();
  REQUIRE(told(plan) == "a plan");
  scratch.write("plan.sh", to_shell(*plan));

  CHECK(scratch.run("umask 077; sh plan.sh") == std::pair(0, std::string()));

  CHECK(scratch.run("umask 022; tar -xf " + top +
                    ".tar.xz && cp cudnn-*-archive/include/cudnn*.h guide/include && "
                    "cp -P cudnn-*-archive/lib/libcudnn* guide/lib64 && "
                    "chmod a+r guide/include/cudnn*.h guide/lib64/libcudnn*") == std::pair(0, std::string()));
  CHECK(listing(scratch, "ours") == listing(scratch, "guide"));
  CHECK(scratch.run("cat ours/lib64/libcudnn.so").second == "library 8.9.6");
}

TEST_CASE("an older build of the same major leaves nothing behind, foreign files stay", "[shell]") {
  const Scratch scratch;
  pack(scratch);
  scratch.write("fresh/lib64/libcublas.so.12", "foreign");
  scratch.write("over/lib64/libcublas.so.12", "foreign");
  scratch.write("over/include/cudnn_gone.h", "older");
  scratch.write("over/lib64/libcudnn.so.8.9.5", "older");
  REQUIRE(scratch.run("ln -s libcudnn.so.8.9.5 over/lib64/libcudnn.so.8").first == 0);
  World over = world_in(scratch, "over");
  over.receipt =
      Receipt{.installations = {installed("8.9.5.30", "12",
                                          {"include/cudnn_gone.h", "lib64/libcudnn.so.8.9.5", "lib64/libcudnn.so.8"})}};
  scratch.write("fresh.sh", to_shell(*world_in(scratch, "fresh").install()));
  scratch.write("over.sh", to_shell(*over.install()));

  CHECK(scratch.run("sh fresh.sh && sh over.sh") == std::pair(0, std::string()));

  CHECK(listing(scratch, "over") == listing(scratch, "fresh"));
}

TEST_CASE("names that mean something to a shell mean nothing in the script", "[shell]") {
  const Scratch scratch;
  pack(scratch);
  const std::string odd = "it's $(touch owned) * \"x\"\n#";
  REQUIRE(scratch.run("mv " + top + ".tar.xz ./-e:x.tar.xz").first == 0);
  World world = world_in(scratch, odd);
  world.request.archives = {"-e:x.tar.xz"};
  world.request.sha256 = digest_of(top + ".tar.xz");
  scratch.write("plan.sh", to_shell(*world.install()));

  CHECK(scratch.run("sh plan.sh") == std::pair(0, std::string()));

  CHECK(std::filesystem::exists(scratch.path(odd) + "/lib64/libcudnn.so"));
  CHECK_FALSE(std::filesystem::exists(scratch.path("owned")));
}

TEST_CASE("a step that fails ends the script, and the unpacked tree is gone", "[shell]") {
  const Scratch scratch;
  World world = world_in(scratch, "ours");
  scratch.write("plan.sh", to_shell(*world.install()));
  REQUIRE(scratch.run("mkdir work").first == 0);

  CHECK(scratch.run("TMPDIR=$PWD/work sh plan.sh 2>/dev/null").first == 2);

  CHECK(scratch.run("ls work ours 2>/dev/null").second == "work:\n");
}

TEST_CASE("a removal is a script too, unless kept files come back", "[shell]") {
  World world;
  world.receipt = Receipt{.installations = {installed("8.9.6.50", "12", {"lib64/libcudnn.so", "lib64/libcudnn.so.8"})}};

  CHECK(to_shell(*world.uninstall()) ==
        "#!/bin/sh\n"
        "# cuDNN 8.9.6.50 for CUDA 12 out of /usr/local/cuda\n"
        "set -eu\n"
        "\n"
        "# remove 2 names\n"
        "sudo rm -f \\\n"
        "  /usr/local/cuda-12.2/targets/x86_64-linux/lib/libcudnn.so \\\n"
        "  /usr/local/cuda-12.2/targets/x86_64-linux/lib/libcudnn.so.8\n");

  world.receipt->installations[0] = installed_over(world.receipt->installations[0], {"lib64/libcudnn.so"});
  CHECK(to_shell(*world.uninstall()) ==
        "#!/bin/sh\n"
        "# cuDNN 8.9.6.50 for CUDA 12 out of /usr/local/cuda\n"
        "set -eu\n"
        "\n"
        "# The files that come back are kept by cudnn-install, and it alone finds them.\n"
        "echo 'run: cudnn-install uninstall --prefix /usr/local/cuda' >&2\n"
        "exit 1\n");
}

TEST_CASE("every script is clean for shellcheck", "[shell]") {
  const Scratch scratch;
  if (scratch.run("command -v shellcheck").first != 0) {
    WARN("shellcheck is not there");
    return;
  }
  World plain;
  World older;
  older.holding("8.9.6.50").receipt =
      Receipt{.installations = {installed("8.9.5.30", "12", {"lib64/it's", "lib64/b"})}};
  older.prefix.cuda.reset();
  scratch.write("1.sh", to_shell(*plain.install()));
  scratch.write("2.sh", to_shell(*older.install()));
  scratch.write("3.sh", to_shell(*older.uninstall()));
  older.receipt->installations[0] = installed_over(older.receipt->installations[0], {"lib64/b"});
  scratch.write("4.sh", to_shell(*older.uninstall()));

  CHECK(scratch.run("shellcheck 1.sh 2.sh 3.sh 4.sh") == std::pair(0, std::string()));
}

TEST_CASE("only the glob characters of the last part stay bare", "[shell]") {
  CHECK(glob_word("/a b*/lib [x]/libcudnn*.so.?") == "'/a b*/lib [x]'/libcudnn*.so.?");
  CHECK(glob_word("x;y*") == "'x;y'*");
  CHECK(glob_word("/x*") == "/x*");
}
