#include <algorithm>

#include "builders.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("a plan of nothing has every field", "[plan_json]") {
  CHECK(to_json(Plan{}) == R"({
  "schema": 1,
  "verb": "install",
  "method": "",
  "title": "",
  "document": "",
  "distro": "",
  "root": "",
  "prefix": "",
  "include": "",
  "library": "",
  "wanted": null,
  "packages": null,
  "components": [],
  "replaces": null,
  "keep_previous": false,
  "as_root": false,
  "prerequisites": [],
  "notes": [],
  "documented": [],
  "effective": []
}
)");
}

TEST_CASE("what is wanted and needed is a record of its own", "[plan_json]") {
  Plan plan;
  plan.verb = Verb::upgrade;
  plan.wanted = Wanted{.product = "cudnn8",
                       .front = "libcudnn",
                       .version = version("8.9.6.50"),
                       .cuda = "12",
                       .platform = "linux-x86_64",
                       .top = "top",
                       .license = "LICENSE",
                       .version_header = "include/cudnn_version.h",
                       .location = "a.tar.xz",
                       .trust = "unverified"};
  plan.replaces = "5f";
  plan.prerequisites = {{"zlib", {"1.1.3", ""}, Standing::command, "run: x"}};
  const std::string text = to_json(plan);

  const std::string wanted = R"("wanted": {
    "product": "cudnn8",
    "front": "libcudnn",
    "version": "8.9.6.50",
    "cuda": "12",
    "platform": "linux-x86_64",
    "top": "top",
    "license": "LICENSE",
    "version_header": "include/cudnn_version.h",
    "location": "a.tar.xz",
    "sha256": null,
    "trust": "unverified",
    "demo": false
  },
  "packages": null,
  "components": [],
  "replaces": "5f",
  "keep_previous": false,
  "as_root": false,
  "prerequisites": [
    {
      "name": "zlib",
      "clause": {
        "section": "1.1.3",
        "step": ""
      },
      "standing": "to do",
      "detail": "run: x"
    }
  ],)";
  const auto at = text.find("\"wanted\"");
  CHECK(text.substr(at, wanted.size()) == wanted);
}

TEST_CASE("every kind of step has its record", "[plan_json]") {
  Plan plan;
  const Step all[] = {MakeDirectory{"/d"},
                      RemoveOlder{{"/o"}},
                      UnpackArchive{"a"},
                      CopyFiles{"lib/x*", "/d", Links::keep},
                      SetMode{"a+r", {"/d/x*"}},
                      PlaceFiles{"a", {{"lib/x*", "/d"}}},
                      RefreshLoaderCache{"/d"},
                      RemovePaths{{"/r"}},
                      RestorePaths{{"/k"}, "kept files"}};
  for (const Step& step : all) {
    plan.effective.push_back({.step = step});
  }
  std::string text = to_json(plan);
  text = text.substr(text.find("\"effective\""));
  text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\n'; }), text.end());

  CHECK(text == R"("effective":[{"do":"make_directory","path":"/d","clause":null,"note":""},)"
                R"({"do":"remove_older","paths":["/o"],"clause":null,"note":""},)"
                R"({"do":"unpack","archive":"a","clause":null,"note":""},)"
                R"({"do":"copy","from":"lib/x*","to":"/d","links":"keep","clause":null,"note":""},)"
                R"({"do":"chmod","mode":"a+r","paths":["/d/x*"],"clause":null,"note":""},)"
                R"({"do":"place","archive":"a","rules":[{"from":"lib/x*","to":"/d"}],"clause":null,"note":""},)"
                R"({"do":"refresh_loader_cache","directory":"/d","clause":null,"note":""},)"
                R"({"do":"remove","paths":["/r"],"clause":null,"note":""},)"
                R"({"do":"restore","paths":["/k"],"from":"keptfiles","clause":null,"note":""}]})");
}

TEST_CASE("a name that is no UTF-8 does not stop the printing", "[plan_json]") {
  Plan plan;
  plan.prefix = "/tmp/\xff";

  CHECK(to_json(plan).find("\"prefix\": \"/tmp/\xef\xbf\xbd\"") != std::string::npos);
}
