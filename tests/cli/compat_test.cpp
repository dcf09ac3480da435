#include <nlohmann/json.hpp>

#include "cli/loader_search.h"
#include "console.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

using Json = nlohmann::json;

struct Answered {
  int code = 0;
  Json record{};
};

Answered checked(std::vector<std::string> arguments) {
  Console console;
  arguments.insert(arguments.begin(), {"compat", "check", "--json"});
  const int code = console.run(arguments);
  return {code, Json::parse(console.out.str())};
}

std::string verdict(const std::vector<std::string>& arguments) {
  const Answered answered = checked(arguments);
  return answered.record.value("verdict", answered.record.value("what", "")) + " " + std::to_string(answered.code);
}

}  // namespace

TEST_CASE("the verdict is the exit code and stands in the record", "[compat_test]") {
  CHECK(verdict({"--cuda", "11.0", "--driver", "450.51.05"}) == "backward 0");
  CHECK(verdict({"--cuda", "11.1", "--driver", "450.80.02", "--gpu", "Tesla T4"}) == "minor-version 0");
  CHECK(verdict({"--cuda", "13.0", "--driver", "535.54.03", "--gpu", "H100"}) == "forward 0");
  CHECK(verdict({"--cuda", "13.0", "--driver", "535.54.03", "--gpu", "GeForce RTX 4090"}) == "unsupported 21");
  CHECK(verdict({"--cuda", "13.0", "--driver", "537.13", "--os", "windows"}) == "unsupported 21");
}

TEST_CASE("the record has every field, and says what was assumed", "[compat_test]") {
  const Json record = checked({"--cuda", "12.4", "--driver", "535.54.03"}).record;
  for (const char* key : {"schema", "verdict", "clause", "error", "without_library", "reasons", "assumed", "limits",
                          "actions", "package", "options", "question", "gpus", "installed", "shared_is_harmful",
                          "requirements", "requirements_disabled", "containers"}) {
    INFO(key);
    CHECK(record.contains(key));
  }
  REQUIRE(record["options"].size() == 1);
  CHECK(record["options"][0]["verdict"] == "forward");
  CHECK(record["options"][0]["package"]["name"] == "cuda-compat-12-4");
  CHECK(record["options"][0]["package"]["from"] == "550.54.14");
  CHECK(record["options"][0]["package"]["below"] == "551");
  CHECK(record["options"][0]["package"]["matrix"]["cell"] == "C");
  CHECK(record["options"][0]["package"]["matrix"]["source"] == "edition");
  CHECK(record["options"][0]["package"]["matrix"]["where"] == "R615");
  CHECK(record["question"]["gpu"].is_null());
  CHECK(record["question"]["driver_cuda"] == "12.2");
  CHECK_FALSE(checked({"--cuda", "13.0", "--driver", "535.54.03", "--gpu", "9.0"}).record["assumed"].empty());
  CHECK(checked({"--cuda", "13.0", "--driver", "535.54.03", "--gpu", "H100"}).record["assumed"].empty());
}

TEST_CASE("what cannot be asked is a usage error with a hint", "[compat_test]") {
  Console console;
  CHECK(console.run({"compat", "check", "--cuda", "12.4", "--driver", "535.54.03", "--gpu", "H1000"}) == 2);
  CHECK(console.err.str().find("did you mean 'H100'") != std::string::npos);
  CHECK(console.run({"compat", "check", "--cuda", "12", "--driver", "535.54.03"}) == 2);
  CHECK(console.run({"compat", "check", "--cuda", "12.4", "--driver", "535"}) == 2);
  CHECK(console.run({"compat", "check", "--cuda", "12.4", "--driver", "535.54.03", "--os", "macos"}) == 2);
  CHECK(console.run({"compat", "check", "--library", "/nowhere/libcuda.so.1", "--driver", "535.54.03"}) == 2);
  CHECK(console.run({"compat"}) == 2);
}

TEST_CASE("a check reads like this", "[compat_test]") {
  Console console;
  CHECK(console.run({"compat", "check", "--cuda", "13.0", "--driver", "535.54.03", "--gpu", "H100"}) == 0);
  CHECK(console.out.str() ==
        "verdict         forward\n"
        "driver          535.54.03 (CUDA 12.2), linux\n"
        "wanted          CUDA 13.0\n"
        "GPU             H100, compute capability 9.0, brand nvidia\n"
        "because         driver 535.54.03 is of CUDA 12.2, older than CUDA 13.0\n"
        "                minor-version compatibility of CUDA 13.x begins with driver 580.65.06\n"
        "                cuda-compat-13-0 serves on branch 535 (table 3, edition R615)\n"
        "                branch 535: its life ends with 2026-06\n"
        "limits          no interoperation of CUDA with OpenGL or Vulkan (table 4)\n"
        "                cuMemMap and its kin only where "
        "CU_DEVICE_ATTRIBUTE_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR_SUPPORTED and "
        "CU_DEVICE_ATTRIBUTE_VIRTUAL_ADDRESS_MANAGEMENT_SUPPORTED are true (table 4)\n"
        "                OpenCL and every other user-mode driver stay those of the host; so do NVML and nvidia-smi "
        "(3.3.3)\n"
        "what to do      install cuda-compat-13-0 (cudnn-install compat install --cuda 13.0), version 580.65.06 or "
        "newer and below "
        "581, and let "
        "each application ask for it: cudnn-install compat activate\n"
        "                upgrade the driver to 580.65.06 or newer (580.65.06 or newer for all of CUDA 13.0)\n"
        "                or use CUDA 12.2, or any 12.x within the limits of minor-version compatibility\n"
        "guide           CUDA Compatibility, section 3.1\n");
}

TEST_CASE("an image's requirement is evaluated, from the option and from the environment", "[compat_test]") {
  const Json record = checked({"--cuda", "13.0", "--driver", "580.95.05", "--gpu", "H100", "--require",
                               "cuda>=13.1 brand=nvidia,driver>=580"})
                          .record;
  REQUIRE(record["requirements"].size() == 1);
  CHECK(record["requirements"][0]["holds"] == true);
  Console console;
  console.context.environment = {{"NVIDIA_REQUIRE_CUDA", "cuda>=13.3"}, {"NVIDIA_DISABLE_REQUIRE", "1"}};
  CHECK(console.run({"compat", "check", "--cuda", "13.0", "--driver", "580.95.05"}) == 0);
  CHECK(console.out.str().find("requirement     NVIDIA_REQUIRE_CUDA does not hold: cuda>=13.3\n"
                               "                  cuda>=13.3: here it is 13.0\n"
                               "requirement     not asked: NVIDIA_DISABLE_REQUIRE is set\n") != std::string::npos);
  CHECK(console.run({"compat", "check", "--cuda", "13.0", "--driver", "580.95.05", "--require", "cuda"}) == 2);
  console.context.environment = {{"NVIDIA_REQUIRE_CUDA", "coda>=13.3"}};
  CHECK(console.run({"compat", "check", "--cuda", "13.0", "--driver", "580.95.05"}) == 0);
  CHECK(console.out.str().find("'coda>=13.3' is no condition") != std::string::npos);
}

TEST_CASE("any edition of the matrix is shown in every form", "[compat_test]") {
  Console console;
  CHECK(console.run({"compat", "matrix"}) == 0);
  CHECK(console.out.str().find("edition R615") == 0);
  CHECK(console.run({"compat", "matrix", "--edition", "R570"}) == 0);
  CHECK(console.out.str().find("cuda-compat-12-4  C       N/A     X\n") != std::string::npos);
  CHECK(console.run({"compat", "matrix", "--edition", "R570", "--format", "markdown"}) == 0);
  CHECK(console.out.str().find("| cuda-compat-12-4 | C | N/A | X |\n") != std::string::npos);
  CHECK(console.run({"compat", "matrix", "--edition", "575", "--format", "json"}) == 0);
  CHECK(Json::parse(console.out.str())["rows"][0]["cells"]["575"] == "N/A");
  CHECK(console.run({"compat", "matrix", "--edition", "R1"}) == 2);
  CHECK(console.err.str().find("known ones: R615, R580, R575, R570") != std::string::npos);
  CHECK(console.run({"compat", "matrix", "--format", "html"}) == 2);
}

TEST_CASE("errors are explained by number, name and message", "[compat_test]") {
  Console console;
  CHECK(console.run({"compat", "explain", "803"}) == 0);
  CHECK(console.out.str().find("803 (cudaErrorSystemDriverMismatch, CUDA_ERROR_SYSTEM_DRIVER_MISMATCH): ") == 0);
  CHECK(console.run({"compat", "explain", "This",
                     "container was built for NVIDIA Driver Release 450.51 or later, but version",
                     "418.126.02 was detected and compatibility mode is UNAVAILABLE.", "--json"}) == 0);
  CHECK(Json::parse(console.out.str())["errors"][0]["id"] == "banner");
  CHECK(console.run({"compat", "explain", "nonsense"}) == 2);
}

TEST_CASE("tables of a directory are read instead of the built-in ones", "[compat_test]") {
  const ScratchDirectory scratch;
  put(scratch / "compat/packages.yaml", "compat: packages\ntitle: t\npackages:\n  - {cuda: \"12.8\", branch: 57}\n");
  Console console;
  CHECK(console.run({"compat", "matrix", "--recipes", scratch.path()}) == 10);
  CHECK(console.err.str().find("'57' is no driver branch") != std::string::npos);
  CHECK(console.run({"recipe", "check", scratch / "compat/packages.yaml"}) == 10);
}

TEST_CASE("a process shows the libraries that it has mapped, each once", "[compat_test]") {
  const std::string maps =
      "7f00-7f01 r--p 00000000 08:01 1 /usr/lib/x86_64-linux-gnu/libcuda.so.580.95.05\n"
      "7f01-7f02 r-xp 00001000 08:01 1 /usr/lib/x86_64-linux-gnu/libcuda.so.580.95.05\n"
      "7f02-7f03 r-xp 00001000 08:01 2 /usr/local/cuda/lib64/libcudart.so.13.0.96\n"
      "7f03-7f04 rw-p 00000000 00:00 0 \n"
      "7f04-7f05 rw-p 00000000 00:00 0 [heap]\n"
      "7f05-7f06 r--p 00000000 08:01 3 /usr/lib/libcudadebugger.so.1\n";
  const auto found = mapped_libraries(maps, "libcuda.so");
  REQUIRE(found.size() == 1);
  CHECK(found[0].path == "/usr/lib/x86_64-linux-gnu/libcuda.so.580.95.05");
  CHECK(mapped_libraries(maps, "libcudart.so").size() == 1);
  CHECK(mapped_libraries("", "libcuda.so").empty());
}

TEST_CASE("what a package would not help with is refused before anything is looked up", "[compat_test]") {
  const auto refused = [](std::vector<std::string> arguments) {
    Console console;
    arguments.insert(arguments.begin(), {"compat", "install", "--dry-run"});
    const int code = console.run(arguments);
    return std::to_string(code) + " " + console.err.str();
  };
  CHECK(refused({"--cuda", "13.0", "--driver", "580.95.05"}) ==
        "21 error: cuda-compat-13-0 is not installed: driver 580.95.05 has all of CUDA 13.0 (CUDA Compatibility guide, "
        "1)\n"
        "  hint: nothing: the driver serves by itself\n");
  CHECK(refused({"--cuda", "13.0", "--driver", "535.54.03", "--gpu", "GeForce RTX 4090"}).find("error 804") !=
        std::string::npos);
  CHECK(refused({"--cuda", "13.0", "--driver", "535.54.03", "--method", "tar"}).starts_with("2 error: "));
  CHECK(refused({"--archive", "a.zip", "--driver", "535.54.03"}).starts_with("2 error: 'a.zip' is neither"));
}

TEST_CASE("the plan names the package, its range and what to know of it", "[compat_test]") {
  Console console;
  const int code =
      console.run({"compat", "install", "--dry-run", "--json", "--cuda", "13.0", "--driver", "535.54.03", "--gpu",
                   "H100", "--distro", "debian12", "--method", "apt-network", "--arch", "x86_64"});
  REQUIRE(code == 0);
  const Json plan = Json::parse(console.out.str());
  CHECK(plan["packages"]["product"] == "cuda-compat-13-0");
  CHECK(plan["packages"]["range"] == Json({{"above", "535.54.03"}, {"below", "581"}}));
  CHECK(plan["notes"].dump().find("OpenGL or Vulkan") != std::string::npos);
}
