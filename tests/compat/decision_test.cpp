#include "built_in.h"

using namespace cudnn_install;

namespace {

CompatQuestion on_windows(std::string_view driver, std::string_view cuda) {
  CompatQuestion asked = question(driver, cuda, "");
  asked.os = OperatingSystem::windows;
  return asked;
}

// The version one smaller in its last number; of 450.23 also with leading zeros in mind.
std::string before(const Version& driver) {
  const std::size_t last = driver.size() - 1;
  std::string text = driver.first(last);
  return driver.part(last) == 0 ? text + ".0" : text + "." + std::to_string(driver.part(last) - 1);
}

}  // namespace

TEST_CASE("the guide's examples come out as the guide says", "[decision]") {
  CHECK(verdict(question("450.80.02", "11.1", "Tesla T4")) == "minor-version + cuda-compat-11-2");
  CHECK(verdict(question("450.51.05", "11.0", "Tesla T4")) == "backward");
  CHECK(verdict(question("535.54.03", "12.4")) == "minor-version + cuda-compat-12-4");
  CHECK(verdict(question("535.54.03", "12.5")) == "minor-version + cuda-compat-12-5");
  CHECK(verdict(question("550.54.14", "12.3")) == "backward");
  CHECK(verdict(question("550.54.14", "12.4")) == "backward");
  CHECK(verdict(question("570.26", "12.8")) == "backward");
}

TEST_CASE("the package for 12.1 serves a T4, which is 7.5 and not 9.0", "[decision]") {
  const CompatAnswer answer = decided(built_in(), question("470.57.02", "12.1", "Tesla T4"));
  CHECK(told(answer) == "forward cuda-compat-12-1");
  CHECK(gpu("Tesla T4").capability.text() == "7.5");
  REQUIRE(answer.package);
  CHECK(answer.package->directory == "/usr/local/cuda-12.1/compat");
  CHECK(answer.package->from == "530.30.02");
  CHECK(answer.package->below == "531");
}

TEST_CASE("after the move to 525.60.13 packages are not needed, and none is offered", "[decision]") {
  CHECK(verdict(question("525.60.13", "11.0")) == "backward");
  CHECK(verdict(question("525.60.13", "11.8")) == "backward");
  CHECK(verdict(question("525.60.13", "12.0")) == "backward");
  CHECK(verdict(question("525.60.13", "12.1")) == "minor-version + cuda-compat-12-1");
  CHECK(verdict(question("525.60.13", "12.9")) == "minor-version");
  CHECK(verdict(question("525.60.13", "13.0")) == "unsupported");
}

TEST_CASE("every release runs on the driver that it came with, and its first one not on an older one by itself",
          "[decision]") {
  std::size_t rows = 0;
  for (const ToolkitRow& row : built_in().toolkits) {
    for (const OperatingSystem os : {OperatingSystem::gnu_linux, OperatingSystem::windows}) {
      const std::optional<Version>& driver = os == OperatingSystem::windows ? row.windows_driver : row.linux_driver;
      if (!driver || row.preview) {
        continue;
      }
      INFO(row.release << " " << name_of(os));
      CompatQuestion asked = question(driver->text(), row.cuda.text(), "");
      asked.os = os;
      CHECK(verdict(asked) == "backward");
      asked.driver = version(before(*driver_of_cuda(built_in(), row.cuda, os)));
      CHECK(decided(built_in(), asked).verdict != Verdict::backward);
      ++rows;
    }
  }
  CHECK(rows > 110);
}

TEST_CASE("CUDA 10.x asks for its own driver each", "[decision]") {
  CHECK(verdict(question("440.33", "10.2")) == "backward");
  CHECK(verdict(question("418.39", "10.1")) == "backward");
  CHECK(verdict(question("410.48", "10.0")) == "backward");
  CHECK(verdict(question("418.40.04", "10.2", "Tesla V100")) == "forward cuda-compat-10-2");
  CHECK(verdict(question("410.48", "10.2", "Tesla V100")) == "unsupported");
  CHECK(verdict(on_windows("441.22", "10.2")) == "backward");
  CHECK(verdict(on_windows("418.96", "10.1")) == "backward");
  CHECK(verdict(on_windows("411.31", "10.1")) == "unsupported");
}

TEST_CASE("minor-version compatibility begins exactly at its floors", "[decision]") {
  CHECK(verdict(question("450.80.02", "11.8", "")) == "minor-version + cuda-compat-11-8");
  CHECK(decided(built_in(), question("450.80.01", "11.8", "GeForce RTX 3090")).verdict == Verdict::unsupported);
  CHECK(verdict(question("525.60.13", "12.9", "GeForce RTX 3090")) == "minor-version");
  CHECK(verdict(question("525.60.12", "12.9", "GeForce RTX 3090")) == "unsupported");
  CHECK(verdict(question("580.65.06", "13.4", "GeForce RTX 3090")) == "minor-version");
  CHECK(verdict(question("580.65.05", "13.4", "GeForce RTX 3090")) == "unsupported");
  CHECK(verdict(on_windows("452.39", "11.1")) == "minor-version");
  CHECK(verdict(on_windows("452.38", "11.1")) == "unsupported");
  CHECK(verdict(on_windows("527.41", "12.9")) == "minor-version");
  CHECK(verdict(on_windows("527.40", "12.9")) == "unsupported");
}

TEST_CASE("a minor-version answer carries its three limits, and what a package would add", "[decision]") {
  const CompatAnswer answer = decided(built_in(), question("535.54.03", "12.4", "H100"));
  CHECK(answer.clause == "2.1");
  CHECK(mentions(answer.limits, "error 36"));
  CHECK(mentions(answer.limits, "error 222"));
  CHECK(mentions(answer.limits, "-arch=sm_90"));
  REQUIRE(answer.options.size() == 1);
  CHECK(mentions(answer.options[0].adds, "PTX"));
  CHECK(mentions(answer.options[0].limits, "OpenGL or Vulkan"));
  CHECK(mentions(decided(built_in(), question("450.80.02", "11.2")).limits, "NVRTC takes part from CUDA 11.3"));
  CHECK_FALSE(mentions(decided(built_in(), question("450.80.02", "11.3")).limits, "NVRTC"));
}

TEST_CASE("a forward answer carries the limits of table 4", "[decision]") {
  const CompatAnswer answer = decided(built_in(), question("535.54.03", "13.0", "H100"));
  CHECK(told(answer) == "forward cuda-compat-13-0");
  CHECK(mentions(answer.limits, "OpenGL or Vulkan"));
  CHECK(mentions(answer.limits, "CU_DEVICE_ATTRIBUTE_VIRTUAL_ADDRESS_MANAGEMENT_SUPPORTED"));
  CHECK(mentions(answer.limits, "CU_DEVICE_ATTRIBUTE_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR_SUPPORTED"));
  CHECK(mentions(answer.limits, "OpenCL"));
  CHECK(answer.assumed.empty());
}

TEST_CASE("forward is never an answer on Windows", "[decision]") {
  for (const ToolkitRow& row : built_in().toolkits) {
    for (const ToolkitRow& other : built_in().toolkits) {
      if (row.windows_driver) {
        const CompatAnswer answer = decided(built_in(), on_windows(row.windows_driver->text(), other.cuda.text()));
        CHECK(answer.verdict != Verdict::forward);
        CHECK(answer.options.empty());
      }
    }
  }
  CHECK(mentions(decided(built_in(), on_windows("537.13", "13.0")).reasons, "for Linux alone"));
}

TEST_CASE("cards without forward compatibility get the reason", "[decision]") {
  const CompatAnswer answer = decided(built_in(), question("535.54.03", "13.0", "GeForce RTX 4090"));
  CHECK(told(answer) == "unsupported");
  CHECK(mentions(answer.reasons, "error 804"));
  CHECK(mentions(answer.actions, "580.65.06"));
  CHECK(mentions(answer.actions, "12.x"));
}

TEST_CASE("a GPU that is not known makes a forward answer an assumption", "[decision]") {
  const CompatAnswer answer = decided(built_in(), question("535.54.03", "13.0", ""));
  CHECK(told(answer) == "forward cuda-compat-13-0");
  CHECK(answer.assumed.size() == 2);
  CompatQuestion bare = question("535.54.03", "13.0", "");
  bare.gpu = Gpu{.capability = version("9.0")};
  CHECK(decided(built_in(), bare).assumed.size() == 1);
  CHECK(mentions(decided(built_in(), question("535.54.03", "13.0", "RTX A6000")).assumed, "lists for servers"));
}

TEST_CASE("a package whose driver no longer knows the GPU is refused", "[decision]") {
  CHECK(verdict(question("535.54.03", "13.0", "Tesla V100")) == "forward cuda-compat-13-0");
  const CompatAnswer volta = decided(built_in(), question("535.54.03", "13.1", "Tesla V100"));
  CHECK(told(volta) == "unsupported");
  CHECK(mentions(volta.reasons, "error 100"));
  CHECK(verdict(question("450.80.02", "11.4", "Tesla K80")) == "minor-version + cuda-compat-11-4");
  CHECK(verdict(question("450.80.02", "11.5", "Tesla K80")) == "minor-version");
  CHECK(verdict(question("590.48.01", "12.0", "Tesla V100")) == "unsupported 100");
}

TEST_CASE("toolkits that no longer build for a GPU say so", "[decision]") {
  CHECK(mentions(decided(built_in(), question("580.65.06", "13.0", "Tesla V100")).limits, "build nothing for Volta"));
  CHECK(mentions(decided(built_in(), question("535.54.03", "11.4", "H100")).limits, "has no code for Hopper"));
}

TEST_CASE("drivers are compared number by number", "[decision]") {
  CHECK(cuda_of_driver(built_in(), version("575.57.08"), OperatingSystem::gnu_linux) == version("12.9"));
  CHECK(cuda_of_driver(built_in(), version("530.30"), OperatingSystem::gnu_linux) == version("12.0"));
  CHECK(cuda_of_driver(built_in(), version("580.142"), OperatingSystem::gnu_linux) == version("13.0"));
  CHECK(cuda_of_driver(built_in(), version("615.31"), OperatingSystem::gnu_linux) == version("13.4"));
  CHECK(cuda_of_driver(built_in(), version("565.57.01"), OperatingSystem::gnu_linux) == version("12.7"));
  CHECK(cuda_of_driver(built_in(), version("99.1"), OperatingSystem::gnu_linux).size() == 0);
  CHECK(verdict(question("535.104.05", "12.2")) == "backward");
  CHECK(verdict(question("535.54.3", "12.2")) == "backward");
}

TEST_CASE("release candidates and previews do not make a driver one of the release", "[decision]") {
  CHECK(decided(built_in(), question("450.36.06", "11.0")).verdict != Verdict::backward);
  CHECK(verdict(question("610.43.02", "13.4")) == "minor-version + cuda-compat-13-4");
}

TEST_CASE("CUDA that no table has gets an answer too", "[decision]") {
  CHECK(verdict(question("615.31", "13.9")) == "minor-version");
  CHECK(verdict(question("615.31", "14.0")) == "unsupported");
  CHECK(verdict(question("535.54.03", "12.7")) == "minor-version + cuda-compat-12-8");
  CHECK(verdict(question("535.54.03", "6.0")) == "backward");
  CHECK(verdict(question("340.10", "8.0")) == "unsupported");
}

TEST_CASE("Jetson boards have packages and directories of their own", "[decision]") {
  const CompatAnswer orin = decided(built_in(), question("540.4.0", "13.2", "Jetson AGX Orin"));
  CHECK(told(orin) == "forward cuda-compat-orin-13-2");
  REQUIRE(orin.package);
  CHECK(orin.package->directory == "/usr/local/cuda-13.2/compat_orin");
  CHECK(told(decided(built_in(), question("540.4.0", "12.6", "Orin (nvgpu)"))) == "forward cuda-compat-12-6");
  CHECK(told(decided(built_in(), question("580.10.0", "13.4", "Jetson Thor"))) == "forward cuda-compat-13-4");
  CHECK(verdict(question("540.4.0", "11.8", "Jetson AGX Orin")) == "unsupported");
}

TEST_CASE("an application of CUDA 11.0 goes on with every newer driver", "[decision]") {
  for (const Branch& branch : built_in().branches) {
    if (branch.number > 450) {
      CHECK(verdict(question(std::to_string(branch.number) + ".99.99", "11.0", "")) == "backward");
    }
  }
}
