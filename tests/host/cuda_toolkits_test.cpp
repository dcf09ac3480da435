#include "host/host.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::string text_of(const std::optional<Version>& version) {
  return version ? version->text() : "none";
}

}  // namespace

TEST_CASE("version.json tells the toolkit's version, not its parts'", "[cuda_toolkits]") {
  CHECK(text_of(version_in_json(R"({
   "cuda_cccl" : {"name" : "CUDA C++ Core Compute Libraries", "version" : "12.2.140"},
   "cuda" : {
      "name" : "CUDA SDK",
      "version" : "12.2.2"
   },
   "nvidia_driver" : {"name" : "NVIDIA Linux Driver", "version" : "535.104.05"}
})")) == "12.2.2");
}

TEST_CASE("a date as the third number is kept", "[cuda_toolkits]") {
  CHECK(text_of(version_in_json(R"({"cuda":{"name":"CUDA SDK","version":"11.8.20220929"}})")) == "11.8.20220929");
}

TEST_CASE("a version.json without the toolkit's own version tells nothing", "[cuda_toolkits]") {
  CHECK(text_of(version_in_json("")) == "none");
  CHECK(text_of(version_in_json("{\"cuda\"")) == "none");
  CHECK(text_of(version_in_json(R"({"cuda": "12.2"})")) == "none");
  CHECK(text_of(version_in_json(R"({"cuda": {"name": "x"}, "other": {"version": "1.0"}})")) == "none");
  CHECK(text_of(version_in_json(R"({"cuda": {"version": "new"}})")) == "none");
  CHECK(text_of(version_in_json(R"({"cuda": {"version": 12.2}})")) == "none");
}

TEST_CASE("version.txt tells two numbers; the third is a build", "[cuda_toolkits]") {
  CHECK(text_of(version_in_txt("CUDA Version 11.0.228\n")) == "11.0");
  CHECK(text_of(version_in_txt("CUDA Version 10.2.89\nCUDA Patch Version 10.2.1\n")) == "10.2");
  CHECK(text_of(version_in_txt("CUDA Version ?")) == "none");
  CHECK(text_of(version_in_txt("")) == "none");
}

TEST_CASE("cuda.h tells major and minor", "[cuda_toolkits]") {
  CHECK(text_of(version_in_header("/* … */\n#define CUDA_VERSION 12020\n")) == "12.2");
  CHECK(text_of(version_in_header("#define CUDA_VERSION 13000\n")) == "13.0");
  CHECK(text_of(version_in_header("#define CUDA_VERSION   9020")) == "9.2");
  CHECK(text_of(version_in_header("#define CUDA_VERSION_MAJOR 12\n")) == "none");
  CHECK(text_of(version_in_header("#define CUDA_VERSION x\n")) == "none");
  CHECK(text_of(version_in_header("#define CUDA_VERSION 99999999999999\n")) == "none");
}
