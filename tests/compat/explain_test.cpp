#include "compat/explain.h"

#include "built_in.h"

using namespace cudnn_install;

namespace {

std::string id(std::string_view text) {
  const auto found = explained_errors(built_in(), text);
  return found.empty() ? "" : found.front().error->id;
}

std::vector<std::string> details(std::string_view text) {
  const auto found = explained_errors(built_in(), text);
  return found.empty() ? std::vector<std::string>() : found.front().details;
}

}  // namespace

TEST_CASE("errors are known by number and by either name", "[explain]") {
  for (const char* number : {"3", "34", "35", "36", "100", "209", "222", "802", "803", "804"}) {
    CHECK(id(number) == number);
  }
  CHECK(id("CUDA_ERROR_SYSTEM_DRIVER_MISMATCH") == "803");
  CHECK(id("cudaErrorCompatNotSupportedOnDevice") == "804");
  CHECK(id("cudaErrorCallRequiresNewerDriver") == "36");
  CHECK(id("CUDA_ERROR_NO_DEVICE") == "100");
  CHECK(id("cudaErrorUnsupportedPtxVersion") == "222");
  CHECK(id("error 803") == "803");
  CHECK(id("CUDA error code: 804.") == "804");
  CHECK(id("1803") == "");
  CHECK(id("error 8030") == "");
  CHECK(id("hello") == "");
  CHECK(id("") == "");
}

TEST_CASE("the guide's own failures are understood", "[explain]") {
  CHECK(id("cudaGetDeviceCount returned 3\n-> initialization error\nResult = FAIL") == "3");
  const std::string banner =
      "ERROR: This container was built for NVIDIA Driver Release 450.51 or later, but\n"
      "version 418.126.02 was detected and compatibility mode is UNAVAILABLE.";
  CHECK(id(banner) == "banner");
  CHECK(details(banner) ==
        std::vector<std::string>{"the image was built for driver 450.51 or newer; the host has 418.126.02"});
  const auto found = explained_errors(built_in(), banner);
  REQUIRE(found.size() == 1);
  CHECK(mentions(found[0].error->causes, "driver is older"));
  CHECK(mentions(found[0].error->causes, "no data-centre GPU"));
  CHECK(id("此容器是为 NVIDIA 驱动程序版本 450.51 或更高版本构建的,但检测到版本 418.126.02,并且兼容模式不可用。") ==
        "banner");
}

TEST_CASE("the texts of frameworks and tools are understood", "[explain]") {
  const std::string torch =
      "The NVIDIA driver on your system is too old (found version 12080). Please update your GPU driver";
  CHECK(id(torch) == "35");
  CHECK(details(torch) == std::vector<std::string>{"the driver that was found is of CUDA 12.8"});
  CHECK(id("CUDA driver version is insufficient for CUDA runtime version") == "35");
  CHECK(
      id("RuntimeError: Unexpected error from cudaGetDeviceCount(). Error 804: forward compatibility was attempted on "
         "non supported HW") == "804");
  CHECK(id("Error 803: system has unsupported display driver / cuda driver combination") == "803");
  const std::string tensorflow =
      "kernel version 535.54.3 does not match DSO version 550.54.15 -- cannot find working devices";
  CHECK(id(tensorflow) == "803");
  CHECK(details(tensorflow) ==
        std::vector<std::string>{"the kernel's driver is 535.54.3, the libcuda that was loaded 550.54.15"});
  CHECK(id("the provided PTX was compiled with an unsupported toolchain.") == "222");
  CHECK(id("no CUDA-capable device is detected") == "100");
  CHECK(id("API call is not supported in the installed CUDA driver") == "36");
  CHECK(id("CUDA driver is a stub library") == "34");
  CHECK(id("Error 802: system not yet initialized") == "802");
  CHECK(id("Failed to initialize NVML: Driver/library version mismatch") == "nvml-18");
  CHECK(id("nvidia-container-cli: requirement error: unsatisfied condition: cuda>=13.0, please update your driver") ==
        "container-requirement");
}

TEST_CASE("every error has causes, checks and remedies", "[explain]") {
  for (const KnownError& error : built_in().errors) {
    INFO(error.id);
    CHECK_FALSE(error.causes.empty());
    CHECK_FALSE(error.checks.empty());
    CHECK_FALSE(error.remedies.empty());
    for (const std::string& text : error.texts) {
      CHECK(id("something before: " + text + ", something behind") == error.id);
    }
    for (const std::string& name : error.names) {
      CHECK(id(name) == error.id);
    }
  }
}
