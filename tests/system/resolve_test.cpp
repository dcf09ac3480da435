#include "system/resolve.h"

#include <sys/stat.h>
#include <unistd.h>

#include "support/scratch.h"

using namespace cudnn_install;

namespace {

constexpr uid_t stranger = 4242;

// "path" or "path + missing/parts", or the refusal.
std::string outcome(const Scratch& scratch, const std::string& path, Caution caution = Caution::strict) {
  const auto resolved = resolve(scratch.path(), path, caution);
  if (!resolved) {
    return std::string(name_of(resolved.error().fault)) + ": " + scratch.placeless(resolved.error().what);
  }
  CHECK(resolved->directory.path == scratch.path() + (resolved->path == "/" ? "" : resolved->path));
  std::string text = resolved->path;
  for (const std::string& part : resolved->missing) {
    text += (&part == &resolved->missing.front() ? " + " : "/") + part;
  }
  return text;
}

bool is_same_directory(const Directory& directory, const std::string& path) {
  struct stat left {};
  struct stat right {};
  return fstat(directory.number(), &left) == 0 && stat(path.c_str(), &right) == 0 && left.st_ino == right.st_ino &&
         left.st_dev == right.st_dev;
}

// Only root can hand something to another user.
bool given_to_stranger(const Scratch& scratch, const std::string& name) {
  if (geteuid() != 0) {
    WARN("not root: nothing can be given to another user");
    return false;
  }
  REQUIRE(lchown(scratch.at(name).c_str(), stranger, stranger) == 0);
  return true;
}

}  // namespace

TEST_CASE("the usual chain of links to a toolkit is followed, inside the root", "[resolve]") {
  const Scratch scratch;
  scratch.directory("usr/local/cuda-13.0/targets/x86_64-linux/lib");
  scratch.directory("etc/alternatives");
  scratch.link("usr/local/cuda", "/etc/alternatives/cuda");
  scratch.link("etc/alternatives/cuda", "/usr/local/cuda-13.0");
  scratch.link("usr/local/cuda-13.0/lib64", "targets/x86_64-linux/lib");
  CHECK(outcome(scratch, "/usr/local/cuda") == "/usr/local/cuda-13.0");
  CHECK(outcome(scratch, "/usr/local/cuda/lib64") == "/usr/local/cuda-13.0/targets/x86_64-linux/lib");
  const auto resolved = resolve(scratch.path(), "/usr/local/cuda/lib64", Caution::strict);
  REQUIRE(resolved);
  CHECK(is_same_directory(resolved->directory, scratch.at("usr/local/cuda-13.0/targets/x86_64-linux/lib")));
}

TEST_CASE("what does not exist yet is told apart from what does", "[resolve]") {
  const Scratch scratch;
  scratch.directory("opt");
  scratch.link("away", "opt/not/there");
  CHECK(outcome(scratch, "/opt/cuda/lib64") == "/opt + cuda/lib64");
  CHECK(outcome(scratch, "/opt") == "/opt");
  CHECK(outcome(scratch, "/nothing") == "/ + nothing");
  CHECK(outcome(scratch, "/") == "/");
  CHECK(outcome(scratch, "/away/lib64") == "/opt + not/there/lib64");
}

TEST_CASE("dots and doubled slashes mean what they do elsewhere, but never leave the root", "[resolve]") {
  const Scratch scratch;
  scratch.directory("a/b");
  scratch.link("a/out", "../../../../../a/b");
  CHECK(outcome(scratch, "//a/./b/") == "/a/b");
  CHECK(outcome(scratch, "/a/b/../b") == "/a/b");
  CHECK(outcome(scratch, "/../../a") == "/a");
  CHECK(outcome(scratch, "/a/out") == "/a/b");
}

TEST_CASE("what is no directory is refused", "[resolve]") {
  const Scratch scratch;
  scratch.write("file", "");
  scratch.link("link", "file");
  CHECK(outcome(scratch, "/file") == "conflict: '/file' is not a directory");
  CHECK(outcome(scratch, "/link/lib64") == "conflict: '/file' is not a directory");
}

TEST_CASE("links in a circle end in a refusal that names one of them", "[resolve]") {
  const Scratch scratch;
  scratch.link("a", "b");
  scratch.link("b", "a");
  scratch.link("self", "self");
  const auto resolved = resolve(scratch.path(), "/a", Caution::trusting);
  REQUIRE_FALSE(resolved);
  CHECK(resolved.error() == Error{.fault = Fault::conflict,
                                  .what = "too many links at '/a'",
                                  .hint = "the links lead in a circle: mend them",
                                  .activities = {"resolve '/a'"}});
  CHECK(outcome(scratch, "/self") == "conflict: too many links at '/self'");
}

TEST_CASE("forty links are followed, one more is not", "[resolve]") {
  const Scratch scratch;
  scratch.directory("end");
  scratch.link("link1", "end");
  for (int i = 2; i <= 41; ++i) {
    scratch.link("link" + std::to_string(i), "link" + std::to_string(i - 1));
  }
  CHECK(outcome(scratch, "/link40") == "/end");
  CHECK(outcome(scratch, "/link41") == "conflict: too many links at '/link1'");
}

TEST_CASE("a directory that others may write to is refused on the way and at the end", "[resolve]") {
  const Scratch scratch;
  scratch.directory("open/inner");
  for (const mode_t mode : {0777U, 0775U, 0757U}) {
    REQUIRE(chmod(scratch.at("open").c_str(), mode) == 0);
    CHECK(outcome(scratch, "/open") == "conflict: others may write to '/open'");
    CHECK(outcome(scratch, "/open/inner") == "conflict: others may write to '/open'");
    CHECK(outcome(scratch, "/open/absent") == "conflict: others may write to '/open'");
  }
  const auto resolved = resolve(scratch.path(), "/open", Caution::strict);
  REQUIRE_FALSE(resolved);
  CHECK(resolved.error().hint == "chmod go-w /open, or pass --trust-prefix if you trust them");
  CHECK(outcome(scratch, "/open/inner", Caution::trusting) == "/open/inner");
}

TEST_CASE("in a sticky directory our own entry is safe, the directory itself is no place to install to", "[resolve]") {
  const Scratch scratch;
  scratch.directory("tmp", 01777);
  scratch.directory("tmp/ours");
  scratch.link("tmp/link", "ours");
  CHECK(outcome(scratch, "/tmp/ours") == "/tmp/ours");
  CHECK(outcome(scratch, "/tmp/link") == "/tmp/ours");
  CHECK(outcome(scratch, "/tmp/yet-to-come") == "/tmp + yet-to-come");
  CHECK(outcome(scratch, "/tmp") == "conflict: others may write to '/tmp'");
  if (given_to_stranger(scratch, "tmp/ours")) {
    CHECK(outcome(scratch, "/tmp/ours") == "conflict: others may write to '/tmp'");
  }
}

TEST_CASE("a stranger's link is not followed", "[resolve]") {
  const Scratch scratch;
  scratch.directory("target");
  scratch.link("link", "target");
  if (!given_to_stranger(scratch, "link")) {
    return;
  }
  const auto resolved = resolve(scratch.path(), "/link", Caution::strict);
  REQUIRE_FALSE(resolved);
  CHECK(resolved.error() == Error{.fault = Fault::conflict,
                                  .what = "the link '/link' belongs to another user",
                                  .hint = "name the directory itself with --prefix, or pass --trust-prefix",
                                  .activities = {"resolve '/link'"}});
  CHECK(outcome(scratch, "/target") == "/target");
  CHECK(outcome(scratch, "/link", Caution::trusting) == "/target");
}

TEST_CASE("root does not pass through a stranger's directory", "[resolve]") {
  const Scratch scratch;
  scratch.directory("home/inner");
  if (!given_to_stranger(scratch, "home")) {
    return;
  }
  const auto resolved = resolve(scratch.path(), "/home/inner", Caution::strict);
  REQUIRE_FALSE(resolved);
  CHECK(resolved.error() == Error{.fault = Fault::conflict,
                                  .what = "'/home' belongs to another user",
                                  .hint = "run: sudo -u '#4242' cudnn-install …, or pass --trust-prefix",
                                  .activities = {"resolve '/home/inner'"}});
  CHECK(outcome(scratch, "/home") == "conflict: '/home' belongs to another user");
  CHECK(outcome(scratch, "/home/absent") == "conflict: '/home' belongs to another user");
  CHECK(outcome(scratch, "/home/inner", Caution::trusting) == "/home/inner");
}

TEST_CASE("the root itself must be safe too", "[resolve]") {
  const Scratch scratch;
  scratch.directory("a");
  REQUIRE(chmod(scratch.path().c_str(), 0777) == 0);
  CHECK(outcome(scratch, "/a") == "conflict: others may write to '/'");
  CHECK(outcome(scratch, "/a", Caution::trusting) == "/a");
}

TEST_CASE("a root that is not there is an error that names it", "[resolve]") {
  const Scratch scratch;
  const auto resolved = resolve(scratch.at("absent"), "/", Caution::trusting);
  REQUIRE_FALSE(resolved);
  CHECK(scratch.placeless(resolved.error().what) == "cannot open the root 'HERE/absent': No such file or directory");
}
