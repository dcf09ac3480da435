#include <algorithm>

#include "payload.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

struct Packer {
  ScratchDirectory scratch{};
  Console console{};
  std::string into = scratch / "payload";

  int run(const std::string& archive, const std::vector<std::string>& more) {
    std::vector<std::string> arguments = {"package", "--archive", archive, "--into", into};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return console.run(arguments);
  }
  [[nodiscard]] bool is_clean() const { return std::filesystem::is_empty(scratch.path()); }
};

std::vector<std::string> verified(const std::string& archive) {
  return {"--sha256", digest_of(archive), "--quiet", "--distro", "debian12", "--distro", "rhel9"};
}

}  // namespace

TEST_CASE("an archive is unpacked beside its licence, and the packages are named", "[package]") {
  Packer packer;
  REQUIRE(packer.run(older_archive, verified(older_archive)) == 0);
  CHECK(text_in(packer.into + "/LICENSE").starts_with("cudnn-install demo payload"));
  CHECK(std::filesystem::read_symlink(packer.into + "/lib/libcudnn.so.8") == "libcudnn.so.8.9.6");
  CHECK(std::filesystem::is_regular_file(packer.into + "/include/cudnn_version.h"));
  const std::string text = packer.console.out.str();
  CHECK(text.find("debian12: libcudnn8_8.9.6.50-1+cuda12.2_amd64.deb, 14 paths\n") != std::string::npos);
  CHECK(text.find("rhel9: libcudnn8-devel-8.9.6.50-1.cuda12.2.x86_64.rpm, 15 paths\n") != std::string::npos);
  const auto entries = std::filesystem::directory_iterator(packer.scratch.path());
  CHECK(std::distance(begin(entries), end(entries)) == 1);
}

TEST_CASE("the record tells the digest of every file", "[package]") {
  Packer packer;
  std::vector<std::string> options = verified(older_archive);
  options.emplace_back("--json");
  REQUIRE(packer.run(older_archive, options) == 0);
  const std::string record = packer.console.out.str();
  CHECK(record.find("\"sha256\": \"" + digest_of(older_archive) + "\"") != std::string::npos);
  CHECK(record.find("\"sha256\": \"" + digest_of(packer.into + "/lib/libcudnn.so.8.9.6") + "\"") != std::string::npos);
  CHECK(record.find("\"license\": \"LICENSE\"") != std::string::npos);
}

TEST_CASE("what is not an archive in hand, or has no place, is a mistake of the caller", "[package]") {
  Packer packer;
  CHECK(packer.run(packer.scratch / "none.tar.xz", verified(older_archive)) == 2);
  CHECK(packer.run("https://example.com/x.tar.xz", verified(older_archive)) == 2);
  CHECK(packer.run(older_archive, {"--sha256", digest_of(older_archive)}) == 2);
  CHECK(packer.run(older_archive, {"--distro", "debian12"}) == 12);
  CHECK(packer.is_clean());
}

TEST_CASE("a refusal leaves nothing, and never touches what is there", "[package]") {
  Packer packer;
  std::vector<std::string> options = verified(older_archive);
  options[1] = std::string(64, '0');
  CHECK(packer.run(older_archive, options) == 12);
  CHECK(packer.is_clean());
  put(packer.into + "/mine", "text");
  CHECK(packer.run(older_archive, verified(older_archive)) == 17);
  CHECK(text_in(packer.into + "/mine") == "text");
}
