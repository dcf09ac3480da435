#include "base/version.h"

#include "support/catch.h"

using namespace cudnn_install;

namespace {

Version version(std::string_view text) {
  return Version::parse(text).value();
}

}  // namespace

TEST_CASE("versions compare number by number", "[version]") {
  CHECK(version("9.10") > version("9.9"));
  CHECK(version("12.02") == version("12.2"));
  CHECK(version("8.9") < version("8.9.6.50"));
  CHECK(version("8.9") == version("8.9.0.0"));
  CHECK(version("580.178.04") > version("580.95.05"));
}

TEST_CASE("a version keeps the text it came from", "[version]") {
  CHECK(version("12.02").text() == "12.02");
  CHECK(version("8.9.6.50").size() == 4);
  CHECK(version("8.9.6.50").part(3) == 50);
  CHECK(version("8.9").part(3) == 0);
  CHECK(version("8.9").major() == 8);
  CHECK(Version().size() == 0);
}

TEST_CASE("a version starts with another if all of its parts are equal", "[version]") {
  CHECK(version("8.9.6.50").starts_with(version("8.9")));
  CHECK(version("8.9.6.50").starts_with(version("8.9.6.50")));
  CHECK_FALSE(version("8.9.6.50").starts_with(version("8.9.5")));
  CHECK_FALSE(version("8.90").starts_with(version("8.9")));
  CHECK_FALSE(version("8").starts_with(version("8.0")));
}

TEST_CASE("the first parts of a version are its text cut short", "[version]") {
  CHECK(version("8.9.6.50").first(3) == "8.9.6");
  CHECK(version("8.9").first(4) == "8.9");
}

TEST_CASE("what is no version is refused with the text quoted", "[version]") {
  for (const char* text : {"", ".", "8.", ".8", "8..9", "8.x", "v8", "1.2.3.4.5", "8.9 ", "-1", "1000000000", "8,9"}) {
    INFO(text);
    const Result<Version> parsed = Version::parse(text, Fault::recipe);
    REQUIRE_FALSE(parsed);
    CHECK(parsed.error().fault == Fault::recipe);
    CHECK(parsed.error().what.find("'" + std::string(text) + "'") != std::string::npos);
  }
}
