#include <sys/statvfs.h>

#include "fake_root.h"
#include "host/host.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("a toolkit's include and lib64 are followed inside the root", "[prefix]") {
  FakeRoot root;
  root.file("/usr/local/cuda-13.0/version.json", R"({"cuda": {"version": "13.0.2"}})")
      .directory("/usr/local/cuda-13.0/targets/x86_64-linux/include")
      .directory("/usr/local/cuda-13.0/targets/x86_64-linux/lib")
      .link("/usr/local/cuda-13.0/include", "targets/x86_64-linux/include")
      .link("/usr/local/cuda-13.0/lib64", "/usr/local/cuda-13.0/targets/x86_64-linux/lib")
      .link("/usr/local/cuda", "/usr/local/cuda-13.0");
  const PrefixFacts facts = probed_prefix(root.path(), "/usr/local/cuda");
  CHECK(facts.requested == "/usr/local/cuda");
  CHECK(facts.resolved == "/usr/local/cuda-13.0");
  CHECK(facts.exists);
  CHECK(facts.cuda == Version::parse("13.0.2").value());
  CHECK(facts.include == "/usr/local/cuda-13.0/targets/x86_64-linux/include");
  CHECK(facts.library == "/usr/local/cuda-13.0/targets/x86_64-linux/lib");
}

TEST_CASE("a prefix that is not there keeps its name and has no toolkit", "[prefix]") {
  const FakeRoot root;
  const PrefixFacts facts = probed_prefix(root.path(), "/usr/local/cuda");
  CHECK(facts.resolved == "/usr/local/cuda");
  CHECK_FALSE(facts.exists);
  CHECK_FALSE(facts.cuda);
  CHECK(facts.include == "/usr/local/cuda/include");
  CHECK(facts.library == "/usr/local/cuda/lib64");
  CHECK_FALSE(facts.read_only);
  CHECK(facts.file_system == probed_prefix("/", root.path()).file_system);
}

TEST_CASE("a file is no prefix", "[prefix]") {
  FakeRoot root;
  root.file("/usr/local/cuda", "");
  CHECK_FALSE(probed_prefix(root.path(), "/usr/local/cuda").exists);
}

TEST_CASE("mounted file systems are told apart", "[prefix]") {
  CHECK(probed_prefix("/", "/proc").file_system == "proc");
  CHECK(probed_prefix("/", "/proc/no/such/place").file_system == "proc");
  struct statvfs status {};
  REQUIRE(statvfs("/proc", &status) == 0);
  CHECK(probed_prefix("/", "/proc").no_exec == ((status.f_flag & ST_NOEXEC) != 0));
  CHECK(probed_prefix("/", "/proc").read_only == ((status.f_flag & ST_RDONLY) != 0));
}
