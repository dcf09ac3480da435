#include <algorithm>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "host/host.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::string contents(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

std::string good() {
  return to_json({.os = {"debian", {}, "12", "Debian"},
                  .machine = "x86_64",
                  .platform = "linux-x86_64",
                  .libc = {LibcKind::glibc, Version::parse("2.36").value()},
                  .toolkits = {{"/usr/local/cuda", "/usr/local/cuda-12.2", Version::parse("12.2").value(), "cuda.h"}},
                  .package_manager = "apt",
                  .fixed_image = "ostree",
                  .zlib = true,
                  .user = "ada"});
}

// The good file's mistake once `from` has become `to`.
std::string mistake_with(const std::string& from, const std::string& to) {
  std::string text = good();
  const std::size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  const auto host = host_from_json(text.replace(at, from.size(), to), "host.json");
  return host ? "no mistake" : rendered(host.error());
}

}  // namespace

TEST_CASE("a host is written with every field", "[host_json]") {
  CHECK(to_json({.os = {.id = "linux"}, .package_manager = "none"}) == R"({
  "schema": 1,
  "os": {
    "id": "linux",
    "id_like": [],
    "version_id": "",
    "pretty_name": ""
  },
  "machine": "",
  "platform": "",
  "jetson": false,
  "libc": {
    "kind": "none",
    "version": null
  },
  "toolkits": [],
  "driver": {
    "installed": null,
    "loaded": null
  },
  "package_manager": "none",
  "fixed_image": "",
  "zlib": false,
  "root_user": false,
  "user": ""
}
)");
}

TEST_CASE("every recorded host is read and written back to the byte", "[host_json]") {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(SOURCE_DIR "/tests/hosts")) {
    const std::string text = contents(entry.path());
    const auto host = host_from_json(text, entry.path().string());
    INFO((host ? entry.path().string() : rendered(host.error())));
    REQUIRE(host);
    CHECK(to_json(*host) == text);
    ++count;
  }
  CHECK(count >= 20);
}

TEST_CASE("this machine's host is read back equal", "[host_json]") {
  const Host host = probed_host("/");
  CHECK(host_from_json(to_json(host), "host.json").value() == host);
}

TEST_CASE("text that is not UTF-8 still makes JSON", "[host_json]") {
  const std::string text = to_json({.os = {.id = "linux", .pretty_name = "a\xff"}, .package_manager = "none"});
  CHECK(host_from_json(text, "host.json").value().os.pretty_name == "a\xef\xbf\xbd");
}

TEST_CASE("a syntax error is shown in its line", "[host_json]") {
  const auto host = host_from_json("{\n  \"schema\": 1,\n  \"os\": }\n", "host.json");
  REQUIRE_FALSE(host);
  CHECK(rendered(host.error()) ==
        "host.json:3:9: error: the host file is not JSON\n"
        "    3 |   \"os\": }\n"
        "      |         ^");
  CHECK(host.error().fault == Fault::recipe);
}

TEST_CASE("a newer schema asks for a newer program", "[host_json]") {
  CHECK(mistake_with("\"schema\": 1", "\"schema\": 2") ==
        "host.json: error: host schema 2 is newer than 1, which this program reads\n"
        "  hint: use the cudnn-install that wrote the file, or a newer one");
  CHECK(mistake_with("\"schema\": 1", "\"schema\": \"1\"") ==
        "host.json: error: host schema \"1\" is not 1, which this program reads\n"
        "  hint: write the file anew: cudnn-install host --json");
}

TEST_CASE("unknown and missing keys are named, with the nearest one", "[host_json]") {
  CHECK(mistake_with("\"zlib\"", "\"zlip\"") ==
        "host.json: error: key 'zlib' is missing in host\n"
        "  hint: a host file has every key; write null where a version is not known");
  CHECK(mistake_with("\"zlib\": true", "\"zlib\": true, \"instaled\": null") ==
        "host.json: error: unknown key 'instaled' in host");
  CHECK(mistake_with("\"loaded\": null", "\"loaded\": null, \"instaled\": null") ==
        "host.json: error: unknown key 'instaled' in driver\n  hint: did you mean 'installed'?");
}

TEST_CASE("wrong types and words tell what was expected", "[host_json]") {
  CHECK(mistake_with("\"zlib\": true", "\"zlib\": 1") == "host.json: error: zlib is number, expected true or false");
  CHECK(mistake_with("\"12\"", "12") == "host.json: error: os.version_id is number, expected a string");
  CHECK(mistake_with("\"id_like\": []", "\"id_like\": [1]") ==
        "host.json: error: os.id_like holds number, expected strings");
  CHECK(mistake_with("\"apt\"", "\"apk\"") ==
        "host.json: error: 'apk' is no package_manager\n"
        "  hint: write one of: apt, dnf, yum, zypper, tdnf, none");
  CHECK(mistake_with("\"2.36\"", "\"new\"") ==
        "host.json: error: 'new' is not a version in libc.version\n"
        "  hint: write 1 to 4 numbers with dots, such as 8.9.6.50");
  CHECK(mistake_with("\"linux-x86_64\"", "\"linux-sbsa\"") ==
        "host.json: error: platform 'linux-sbsa' does not fit machine 'x86_64'\n"
        "  hint: write \"platform\": \"linux-x86_64\"");
}

TEST_CASE("what is no object at all is refused", "[host_json]") {
  for (const char* text : {"[]", "null", "7", "\"x\""}) {
    const auto host = host_from_json(text, "host.json");
    REQUIRE_FALSE(host);
    CHECK(host.error().what.find(", expected an object") != std::string::npos);
  }
  CHECK(mistake_with("\"toolkits\": [", "\"toolkits\": [3, ") ==
        "host.json: error: toolkit is number, expected an object");
}
