#include "base/target_path.h"

#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("a checked path knows its directory and name", "[target_path]") {
  const TargetPath path = TargetPath::parse("lib64/libcudnn.so.8").value();
  CHECK(path.text() == "lib64/libcudnn.so.8");
  CHECK(path.directory() == "lib64");
  CHECK(path.name() == "libcudnn.so.8");
  CHECK(TargetPath::parse("a/b/c").value().directory() == "a/b");
}

TEST_CASE("a name at the top has no directory", "[target_path]") {
  const TargetPath path = TargetPath::parse("LICENSE").value();
  CHECK(path.directory().empty());
  CHECK(path.name() == "LICENSE");
}

TEST_CASE("names that only look like dots are allowed", "[target_path]") {
  CHECK(TargetPath::parse("a/...").has_value());
  CHECK(TargetPath::parse(".hidden").has_value());
  CHECK(TargetPath::parse("a..b").has_value());
}

TEST_CASE("a path that could leave the prefix is refused", "[target_path]") {
  for (const std::string& text :
       {std::string(), std::string("/etc/passwd"), std::string("../x"), std::string("a/../b"), std::string("a/./b"),
        std::string("."), std::string(".."), std::string("a//b"), std::string("a/"), std::string("a\\b"),
        std::string("a\nb"), std::string("a\0b", 3)}) {
    INFO(text);
    const Result<TargetPath> path = TargetPath::parse(text, Fault::archive);
    REQUIRE_FALSE(path);
    CHECK(path.error().fault == Fault::archive);
  }
}
