#include "release/release.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

const Sha256 promised_digest = Sha256::of("promised");
const Sha256 strange = Sha256::of("strange");

std::string told(const Sha256& found, std::uint64_t size, std::optional<std::uint64_t> promised_size = 1000) {
  const Catalogue catalogue(
      {{.file = "releases/8.9.6.50.yaml",
        .text =
            "release: \"8.9.6.50\"\nartifacts:\n  - file: eleven.tar.xz\n    component: cudnn\n"
            "    platform: linux-x86_64\n    cuda: \"11\"\n    url: https://example.org/eleven.tar.xz\n    sha256: \"" +
            Sha256::of("eleven").hex() + "\"\n    verified: json\n"}});
  const Artifact promised{.file = "twelve.tar.xz", .sha256 = promised_digest, .size = promised_size};
  return told_apart(catalogue, promised, found, size);
}

}  // namespace

TEST_CASE("another archive of the catalogue is called by its name", "[told_apart]") {
  CHECK(told(Sha256::of("eleven"), 1000) == "'eleven.tar.xz' under another name");
}

TEST_CASE("the length tells what happened to the promised archive", "[told_apart]") {
  CHECK(told(strange, 999) == "cut short: 999 bytes long, 'twelve.tar.xz' has 1000");
  CHECK(told(strange, 1001) == "too long: 1001 bytes long, 'twelve.tar.xz' has 1000");
  CHECK(told(strange, 1000) == "of the right length with other bytes: damaged, or published again since");
}

TEST_CASE("nothing is said where nothing is known", "[told_apart]") {
  CHECK(told(strange, 999, std::nullopt).empty());
  CHECK(told_apart(Catalogue({}), std::nullopt, strange, 5).empty());
}
