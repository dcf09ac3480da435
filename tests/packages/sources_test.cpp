#include "packages/apt_sources.h"
#include "packages/rpm_repositories.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("one-line entries are read, switched off and freed of an option without touching other lines",
          "[sources_test]") {
  const std::string text =
      "# head\ndeb [arch=amd64 trusted=yes signed-by=/k.gpg] https://a/ / # tail\ndeb [trusted=yes] file:/b ./";
  const auto sources = apt_sources("x.list", text);
  REQUIRE(sources.size() == 2);
  CHECK(sources[0].line == 2);
  CHECK(sources[0].uris == std::vector<std::string>{"https://a/"});
  CHECK(sources[0].option("signed-by") == "/k.gpg");
  CHECK(with_source_off(text, sources[1]) ==
        "# head\ndeb [arch=amd64 trusted=yes signed-by=/k.gpg] https://a/ / # tail\n# deb [trusted=yes] file:/b ./");
  CHECK(without_option(text, sources[0], "trusted") ==
        "# head\ndeb [arch=amd64 signed-by=/k.gpg] https://a/ / # tail\ndeb [trusted=yes] file:/b ./");
  CHECK(without_option("deb [trusted=yes] file:/b ./\n", apt_sources("x.list", "deb [trusted=yes] file:/b ./\n")[0],
                       "trusted") == "deb file:/b ./\n");
}

TEST_CASE("stanzas are read with their continuation lines, and edited in place", "[sources_test]") {
  const std::string text =
      "Types: deb\nURIs: https://a/\n https://b/\nSuites: /\nSigned-By:\n line\n .\nTrusted: yes\n\n"
      "Enabled: no\nTypes: deb\nURIs: c:\nSuites: /\n";
  const auto sources = apt_sources("x.sources", text);
  REQUIRE(sources.size() == 2);
  CHECK(sources[0].uris == std::vector<std::string>{"https://a/", "https://b/"});
  CHECK(sources[0].enabled);
  CHECK_FALSE(sources[1].enabled);
  CHECK(with_source_off(text, sources[0]) == "Enabled: no\n" + text);
  CHECK(without_option(text, sources[0], "signed-by").find("line") == std::string::npos);
  CHECK(with_address(text, sources[0], "//b/", "//d/").find(" https://d/\n") != std::string::npos);
}

TEST_CASE("a .repo file is read by section, and one field is set in one section", "[sources_test]") {
  const std::string text = "[a]\nbaseurl=https://a\n  https://b\ngpgcheck = 0\n\n[b]\nenabled=0\n";
  const auto found = rpm_repositories("x.repo", text);
  REQUIRE(found.size() == 2);
  CHECK(found[0].addresses() == std::vector<std::string>{"https://a", "https://b"});
  CHECK(found[0].enabled());
  CHECK_FALSE(found[1].enabled());
  CHECK(with_field(text, found[0], "gpgcheck", "1") ==
        "[a]\nbaseurl=https://a\n  https://b\ngpgcheck=1\n\n[b]\nenabled=0\n");
  CHECK(with_field(text, found[0], "enabled", "0") ==
        "[a]\nenabled=0\nbaseurl=https://a\n  https://b\ngpgcheck = 0\n\n[b]\nenabled=0\n");
}
