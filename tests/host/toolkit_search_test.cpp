#include "host/toolkit_search.h"

#include "fake_root.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

constexpr const char* json_12_2 = R"({"cuda" : {"name" : "CUDA SDK", "version" : "12.2.2"}})";

Version version(const char* text) {
  return *Version::parse(text);
}

std::vector<CudaToolkit> found_in(const FakeRoot& root) {
  return toolkits_of_root(RootView(root.path()));
}

}  // namespace

TEST_CASE("the link comes first, then the newest; each directory once", "[toolkit_search]") {
  FakeRoot root;
  root.file("/usr/local/cuda-12.2/version.json", json_12_2)
      .file("/usr/local/cuda-11.0/version.txt", "CUDA Version 11.0.228")
      .file("/usr/local/cuda-12.10/include/cuda.h", "#define CUDA_VERSION 12100\n")
      .directory("/usr/local/cuda-9.2")
      .link("/usr/local/cuda", "/etc/alternatives/cuda")
      .link("/etc/alternatives/cuda", "/usr/local/cuda-11.0")
      .link("/usr/local/cuda-12", "/etc/alternatives/cuda-12")
      .link("/etc/alternatives/cuda-12", "/usr/local/cuda-12.10");
  CHECK(found_in(root) == std::vector<CudaToolkit>{
                              {"/usr/local/cuda", "/usr/local/cuda-11.0", version("11.0"), "version.txt"},
                              {"/usr/local/cuda-12.10", "/usr/local/cuda-12.10", version("12.10"), "cuda.h"},
                              {"/usr/local/cuda-12.2", "/usr/local/cuda-12.2", version("12.2.2"), "version.json"},
                              {"/usr/local/cuda-9.2", "/usr/local/cuda-9.2", version("9.2"), "name"},
                          });
}

TEST_CASE("a directory that holds cuDNN alone is no toolkit", "[toolkit_search]") {
  FakeRoot root;
  root.file("/usr/local/cuda/include/cudnn.h", "").file("/usr/local/cuda-samples/README", "");
  CHECK(found_in(root).empty());
}

TEST_CASE("a toolkit without the link is found, and so is /opt/cuda", "[toolkit_search]") {
  FakeRoot root;
  root.file("/opt/cuda/version.json", json_12_2).directory("/usr/local/cuda-12.4").link("/usr/local/cuda", "missing");
  CHECK(found_in(root) == std::vector<CudaToolkit>{
                              {"/usr/local/cuda-12.4", "/usr/local/cuda-12.4", version("12.4"), "name"},
                              {"/opt/cuda", "/opt/cuda", version("12.2.2"), "version.json"},
                          });
}

TEST_CASE("a broken version.json gives way to the header", "[toolkit_search]") {
  FakeRoot root;
  root.file("/usr/local/cuda-12.4/version.json", "{")
      .file("/usr/local/cuda-12.4/targets/x86_64-linux/include/cuda.h", "#define CUDA_VERSION 12040\n")
      .link("/usr/local/cuda-12.4/include", "targets/x86_64-linux/include");
  CHECK(found_in(root) ==
        std::vector<CudaToolkit>{{"/usr/local/cuda-12.4", "/usr/local/cuda-12.4", version("12.4"), "cuda.h"}});
}
