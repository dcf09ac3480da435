#include "release/release.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::string digest_of(const std::string& file) {
  return Sha256::of(file).hex();
}

// The digest of each artifact is that of its own name.
std::string artifact(const std::string& file, const std::string& platform, const std::string& cuda) {
  return "  - file: " + file + "\n    component: cudnn\n    platform: " + platform + "\n    cuda: \"" + cuda +
         "\"\n    url: https://example.org/" + file + "\n    sha256: \"" + digest_of(file) + "\"\n    verified: json\n";
}

SourceText release_file(const std::string& version, const std::string& artifacts) {
  return {.file = "recipes/releases/" + version + ".yaml",
          .text = "release: \"" + version + "\"\nartifacts:\n" + artifacts};
}

Version version(std::string_view text) {
  return Version::parse(text).value();
}

Catalogue catalogue() {
  return Catalogue({release_file("9.10.0.56", artifact("new.tar.xz", "linux-x86_64", "12")),
                    {.file = "recipes/distros/x.yaml", .text = "distro: x\n"},
                    {.file = "recipes/releases/README.yaml", .text = "nothing\n"},
                    release_file("8.0.5.39", artifact("old-10.1.tgz", "linux-x86_64", "10.1") +
                                                 artifact("old-10.2.tgz", "linux-x86_64", "10.2") +
                                                 artifact("old-11.0.tgz", "linux-x86_64", "11.0") +
                                                 artifact("old-11.1.tgz", "linux-x86_64", "11.1") +
                                                 artifact("old-11.1-ppc.tgz", "linux-ppc64le", "11.1")),
                    release_file("9.9.0.52", artifact("mid.tar.xz", "linux-x86_64", "12"))});
}

std::string file_of(const Result<std::optional<Catalogue::Match>>& match) {
  REQUIRE(match);
  return *match ? (*match)->version.text() + " " + (*match)->artifact.file : "none";
}

}  // namespace

TEST_CASE("the versions come from the file names, oldest first", "[catalogue]") {
  CHECK(catalogue().versions() == std::vector<Version>{version("8.0.5.39"), version("9.9.0.52"), version("9.10.0.56")});
}

TEST_CASE("the newest version is found by number, not by text", "[catalogue]") {
  CHECK(catalogue().newest(std::nullopt)->text() == "9.10.0.56");
  CHECK(catalogue().newest(version("9"))->text() == "9.10.0.56");
  CHECK(catalogue().newest(version("9.9"))->text() == "9.9.0.52");
  CHECK(catalogue().newest(version("8"))->text() == "8.0.5.39");
  CHECK_FALSE(catalogue().newest(version("7")));
  CHECK_FALSE(Catalogue({}).newest(std::nullopt));
}

TEST_CASE("a release is parsed when it is asked for", "[catalogue]") {
  const Result<Release> release = catalogue().release(version("9.9.0.52"));
  REQUIRE(release);
  CHECK(release->artifacts.size() == 1);
  CHECK(release->artifacts[0].file == "mid.tar.xz");
}

TEST_CASE("an unknown release names the nearest known one", "[catalogue]") {
  CHECK(catalogue().release(version("9.9.0.1")).error() == Error{.fault = Fault::usage,
                                                                 .what = "the catalogue holds no cuDNN '9.9.0.1'",
                                                                 .hint = "the nearest known version is 9.9.0.52"});
  CHECK(catalogue().release(version("7.6.5.32")).error().hint == "cudnn-install releases lists what is known");
  CHECK_FALSE(catalogue().release(version("9.9.0")));
}

TEST_CASE("an artifact is found by its digest", "[catalogue]") {
  CHECK(file_of(catalogue().by_digest(Sha256::of("mid.tar.xz"))) == "9.9.0.52 mid.tar.xz");
  CHECK(file_of(catalogue().by_digest(Sha256::of("old-11.0.tgz"))) == "8.0.5.39 old-11.0.tgz");
  CHECK(file_of(catalogue().by_digest(Sha256::of("unknown"))) == "none");
}

TEST_CASE("an artifact is found by its whole file name", "[catalogue]") {
  CHECK(file_of(catalogue().by_file("new.tar.xz")) == "9.10.0.56 new.tar.xz");
  CHECK(file_of(catalogue().by_file("tar.xz")) == "none");
  CHECK(file_of(catalogue().by_file("")) == "none");
}

TEST_CASE("an archive is found for a platform and a CUDA major", "[catalogue]") {
  const Version old = version("8.0.5.39");
  CHECK(file_of(catalogue().archive(version("9.9.0.52"), "linux-x86_64", version("12.4"))) == "9.9.0.52 mid.tar.xz");
  CHECK(file_of(catalogue().archive(old, "linux-x86_64", version("11"))) == "8.0.5.39 old-11.1.tgz");
  CHECK(file_of(catalogue().archive(old, "linux-x86_64", version("11.8"))) == "8.0.5.39 old-11.1.tgz");
  CHECK(file_of(catalogue().archive(old, "linux-x86_64", version("11.0.228"))) == "8.0.5.39 old-11.0.tgz");
  CHECK(file_of(catalogue().archive(old, "linux-x86_64", version("10.1"))) == "8.0.5.39 old-10.1.tgz");
  CHECK(file_of(catalogue().archive(old, "linux-ppc64le", version("11.0"))) == "8.0.5.39 old-11.1-ppc.tgz");
  CHECK(file_of(catalogue().archive(old, "linux-sbsa", version("11.0"))) == "none");
  CHECK(file_of(catalogue().archive(old, "linux-x86_64", version("13.0"))) == "none");
  CHECK_FALSE(catalogue().archive(version("1.2.3.4"), "linux-x86_64", version("12")));
}

TEST_CASE("a file with mistakes is refused only when it is needed", "[catalogue]") {
  const Catalogue damaged({release_file("9.9.0.52", artifact("mid.tar.xz", "linux-x64", "12")),
                           release_file("9.10.0.56", artifact("new.tar.xz", "linux-x86_64", "12")),
                           {.file = "releases/9.11.0.98.yaml",
                            .text = release_file("9.11.1.4", artifact("x.tar.xz", "linux-sbsa", "12")).text}});
  CHECK(file_of(damaged.by_file("new.tar.xz")) == "9.10.0.56 new.tar.xz");
  CHECK(rendered(damaged.by_file("mid.tar.xz").error()) ==
        "recipes/releases/9.9.0.52.yaml:5:15: error: 'linux-x64' is not known for 'platform'\n"
        "    5 |     platform: linux-x64\n"
        "      |               ^\n"
        "  hint: did you mean 'linux-x86_64'?");
  CHECK(damaged.release(version("9.11.0.98")).error().what == "'releases/9.11.0.98.yaml' describes release 9.11.1.4");
}
