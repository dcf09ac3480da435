#include "host/host.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::string text_of(const std::optional<Version>& version) {
  return version ? version->text() : "none";
}

}  // namespace

TEST_CASE("the loaded driver is found in every wording of the kernel module", "[driver]") {
  CHECK(
      text_of(loaded_driver("NVRM version: NVIDIA UNIX x86_64 Kernel Module  520.61.05  Thu Sep 29 05:30:25 UTC 2022\n"
                            "GCC version:  gcc version 11.3.0\n")) == "520.61.05");
  CHECK(text_of(loaded_driver("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.142  Release Build  "
                              "(builder@host)  Mon Jan 5 2026\n")) == "580.142");
  CHECK(text_of(loaded_driver("NVRM version: NVIDIA UNIX Kernel Module for aarch64  34.1.1  Release Build")) ==
        "34.1.1");
}

TEST_CASE("text that is not of the kernel module tells no driver", "[driver]") {
  CHECK(text_of(loaded_driver("")) == "none");
  CHECK(text_of(loaded_driver("NVRM version: 520.61.05\n")) == "none");
  CHECK(text_of(loaded_driver("NVRM version: NVIDIA UNIX x86_64 Kernel Module\nGCC version: 11.3.0\n")) == "none");
}

TEST_CASE("a driver library's name tells the installed driver", "[driver]") {
  CHECK(text_of(driver_in_name("libcuda.so.580.82.07")) == "580.82.07");
  CHECK(text_of(driver_in_name("libnvidia-ml.so.580.142")) == "580.142");
}

TEST_CASE("a SONAME, a development name and Jetson's suffix tell no driver", "[driver]") {
  CHECK(text_of(driver_in_name("libcuda.so.1")) == "none");
  CHECK(text_of(driver_in_name("libcuda.so.1.1")) == "none");
  CHECK(text_of(driver_in_name("libcuda.so")) == "none");
  CHECK(text_of(driver_in_name("libcuda.so.580.82.07.bak")) == "none");
}

TEST_CASE("hostile text about the kernel module neither crashes nor is believed", "[driver]") {
  CHECK(text_of(loaded_driver("Kernel Module " + std::string(100000, '9') + ".1")) == "none");
  CHECK(text_of(loaded_driver("Kernel Module " + std::string(100000, ' '))) == "none");
  CHECK(text_of(loaded_driver(std::string("Kernel Module \0 580.95.05\n", 26))) == "580.95.05");
  CHECK(text_of(loaded_driver("Kernel Module 1.2.3.4.5 580.95.05x -580.95 580..95 580.")) == "none");
  CHECK(text_of(loaded_driver("Kernel Module\n580.95.05")) == "none");
  CHECK(text_of(loaded_driver("Kernel Module  575.08.09  ")) == "575.08.09");
}

TEST_CASE("the module's own record of its version serves where the driver's is absent", "[driver]") {
  CHECK(text_of(module_driver("580.95.05\n")) == "580.95.05");
  CHECK(text_of(module_driver("")) == text_of(std::nullopt));
  CHECK(text_of(module_driver("(null)\n")) == text_of(std::nullopt));
}
