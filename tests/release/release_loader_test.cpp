#include "release/release.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("a release is read with all its artifacts", "[release_loader]") {
  const Loaded<Release> release = load_release({.file = "x.yaml", .text = R"(release: "9.0.0.312"
artifacts:
  - file: a.tar.xz
    component: cudnn
    platform: linux-sbsa
    cuda: "12"
    url: https://example.org/a.tar.xz
    sha256: "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    size: 3
    verified: json
  - file: b.tar.xz
    component: cudnn_samples
    platform: source
    url: https://example.org/b.tar.xz
    sha256: "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    verified: single
)"});
  REQUIRE(release);
  CHECK(release->version.text() == "9.0.0.312");
  CHECK(release->artifacts == std::vector<Artifact>{{.file = "a.tar.xz",
                                                     .component = "cudnn",
                                                     .platform = "linux-sbsa",
                                                     .cuda = "12",
                                                     .url = "https://example.org/a.tar.xz",
                                                     .sha256 = Sha256::of("abc"),
                                                     .size = 3,
                                                     .verified = "json"},
                                                    {.file = "b.tar.xz",
                                                     .component = "cudnn_samples",
                                                     .platform = "source",
                                                     .url = "https://example.org/b.tar.xz",
                                                     .sha256 = Sha256::of(""),
                                                     .verified = "single"}});
}
