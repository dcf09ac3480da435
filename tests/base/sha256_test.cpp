#include "base/sha256.h"

#include "support/catch.h"

using namespace cudnn_install;

namespace {

constexpr const char* of_abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr const char* of_nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

}  // namespace

TEST_CASE("the digest of known texts is the published one", "[sha256]") {
  CHECK(Sha256::of("abc").hex() == of_abc);
  CHECK(Sha256::of("").hex() == of_nothing);
}

TEST_CASE("a stream gives the digest of its parts put together, and begins anew", "[sha256]") {
  const std::string text = "abc";
  const std::span<const std::byte> bytes = std::as_bytes(std::span(text));
  Sha256Stream stream;
  stream.update(bytes.first(1));
  stream.update(bytes.subspan(1));
  CHECK(stream.finish().hex() == of_abc);
  CHECK(stream.finish().hex() == of_nothing);
}

TEST_CASE("hexadecimal digits of either case are read", "[sha256]") {
  CHECK(Sha256::parse(of_abc).value() == Sha256::of("abc"));
  CHECK(Sha256::parse("BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD").value() == Sha256::of("abc"));
}

TEST_CASE("what is no digest is refused with the fault that the caller names", "[sha256]") {
  for (const std::string& text :
       {std::string(), std::string("ba78"), std::string(of_abc) + "0", std::string(63, 'a') + "g"}) {
    INFO(text);
    const Result<Sha256> digest = Sha256::parse(text, Fault::recipe);
    REQUIRE_FALSE(digest);
    CHECK(digest.error().fault == Fault::recipe);
  }
}

TEST_CASE("no digest is all zero", "[sha256]") {
  CHECK(Sha256().hex() == std::string(64, '0'));
}
