#include "host/root_view.h"

#include <sys/stat.h>

#include "fake_root.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::string resolved(const FakeRoot& root, const std::string& name) {
  return RootView(root.path()).resolved(name).value_or("nothing");
}

}  // namespace

TEST_CASE("absolute links stay inside the root", "[root_view]") {
  FakeRoot root;
  root.directory("/usr/local/cuda-12.2/targets/x86_64-linux/lib")
      .link("/usr/local/cuda", "/etc/alternatives/cuda")
      .link("/etc/alternatives/cuda", "/usr/local/cuda-12.2")
      .link("/usr/local/cuda-12.2/lib64", "targets/x86_64-linux/lib");
  CHECK(resolved(root, "/usr/local/cuda/lib64") == "/usr/local/cuda-12.2/targets/x86_64-linux/lib");
}

TEST_CASE("'..' ends at the root", "[root_view]") {
  FakeRoot root;
  root.file("/etc/passwd", "inside").link("/a", "../../../../etc/passwd");
  CHECK(RootView(root.path()).text("/a") == "inside");
  CHECK(resolved(root, "/../..") == "/");
  CHECK(resolved(root, "//etc/./../etc//passwd") == "/etc/passwd");
}

TEST_CASE("links in circles and links to nothing lead nowhere", "[root_view]") {
  FakeRoot root;
  root.link("/a", "b").link("/b", "a").link("/c", "/missing");
  CHECK(resolved(root, "/a") == "nothing");
  CHECK(resolved(root, "/c") == "nothing");
  CHECK(resolved(root, "/d") == "nothing");
}

TEST_CASE("a system that is elsewhere is not the running one", "[root_view]") {
  const FakeRoot root;
  CHECK_FALSE(RootView(root.path()).running());
  CHECK(RootView("/").running());
  CHECK(RootView("/usr/..").running());
}

TEST_CASE("text is cut at the limit and only regular files have any", "[root_view]") {
  FakeRoot root;
  root.file("/long", std::string(200000, 'x')).directory("/d");
  REQUIRE(mkfifo((root.path() + "/fifo").c_str(), 0600) == 0);
  const RootView view(root.path());
  CHECK(view.text("/long") == std::string(200000, 'x'));
  CHECK(view.text("/long", 7) == "xxxxxxx");
  CHECK(view.text("/d").empty());
  CHECK(view.text("/fifo").empty());
  CHECK(view.text("/missing").empty());
}

TEST_CASE("kinds are those behind the links", "[root_view]") {
  FakeRoot root;
  root.file("/f", "x").directory("/d").link("/to-f", "f").link("/to-d", "/d");
  const RootView view(root.path());
  CHECK(view.is_file("/to-f"));
  CHECK_FALSE(view.is_file("/to-d"));
  CHECK(view.is_directory("/to-d"));
  CHECK_FALSE(view.is_directory("/missing"));
}

TEST_CASE("names of a directory are sorted", "[root_view]") {
  FakeRoot root;
  root.file("/d/b", "").file("/d/a", "").link("/e", "d");
  CHECK(RootView(root.path()).names("/e") == std::vector<std::string>{"a", "b"});
  CHECK(RootView(root.path()).names("/missing").empty());
}
