#include "built_in.h"

using namespace cudnn_install;

namespace {

const std::vector<int> server_brands = {1, 2, 7, 8, 9, 10, 11, 12, 13, 14};

// The library of cuda-compat-13-0 with the note that it really has.
CompatLibrary library_13_0(std::string_view driver = "580.95.05") {
  return {
      .path = "/usr/local/cuda-13.0/compat/libcuda.so." + std::string(driver),
      .driver = version(driver),
      .note = CompatNote{.cuda = version("13.0"), .branches = {535, 550, 565, 570, 575, 580}, .brands = server_brands}};
}

CompatAnswer with(const CompatLibrary& library, CompatQuestion asked) {
  asked.library = library;
  return decided(built_in(), asked);
}

}  // namespace

TEST_CASE("a library that is older than the kernel's driver does harm, though its branch is listed",
          "[library_answer]") {
  const CompatAnswer answer = with(library_13_0(), question("580.159.04", "13.0", "H100"));
  CHECK(told(answer) == "harmful 803");
  CHECK(answer.without_library == Verdict::backward);
  CHECK(mentions(answer.reasons, "580.95.05, older than the kernel's 580.159.04"));
  CHECK(mentions(answer.actions, "the driver serves by itself"));
}

TEST_CASE("a library that fits serves, with the limits of table 4", "[library_answer]") {
  const CompatAnswer answer = with(library_13_0(), question("535.54.03", "13.0", "H100"));
  CHECK(told(answer) == "forward");
  CHECK(mentions(answer.limits, "OpenGL or Vulkan"));
  CHECK(answer.assumed.empty());
  CHECK(with(library_13_0(), question("535.54.03", "13.0", "")).assumed.size() == 2);
}

TEST_CASE("where the driver serves by itself a library is not needed", "[library_answer]") {
  const CompatAnswer answer = with(library_13_0(), question("535.54.03", "12.2", "H100"));
  CHECK(told(answer) == "not-needed");
  CHECK(answer.without_library == Verdict::backward);
  CHECK(told(with(library_13_0("580.159.04"), question("580.159.04", "13.0", "H100"))) == "not-needed");
}

TEST_CASE("where minor-version compatibility serves, a library is another way", "[library_answer]") {
  CompatLibrary library = library_13_0("570.124.06");
  library.note = CompatNote{.cuda = version("12.8"), .branches = {535, 550, 570}, .brands = server_brands};
  CHECK(told(with(library, question("535.54.03", "12.8", "H100"))) == "minor-version + library");
}

TEST_CASE("the note outranks the tables, in both directions", "[library_answer]") {
  CHECK(told(with(library_13_0(), question("565.57.01", "13.0", "H100"))) == "forward");
  CompatLibrary library = library_13_0();
  library.note->branches = {550};
  CHECK(told(with(library, question("535.54.03", "13.0", "H100"))) == "harmful 803");
}

TEST_CASE("without a note the tables decide", "[library_answer]") {
  CompatLibrary library = library_13_0();
  library.note.reset();
  CHECK(told(with(library, question("535.54.03", "13.0", "H100"))) == "forward");
  CHECK(told(with(library, question("590.48.01", "13.0", "H100"))) == "harmful 803");
}

TEST_CASE("within a branch a newer library serves on long-lived branches alone, as the guide's first question says",
          "[library_answer]") {
  const CompatAnswer noted = with(library_13_0("580.178.04"), question("580.159.04", "13.0", "H100"));
  CHECK(told(noted) == "not-needed");  // it would serve, and the driver has all of 13.0
  CompatLibrary production = library_13_0("570.172.08");
  production.note.reset();
  CHECK(told(with(production, question("570.86.10", "12.8", "H100"))) == "not-needed");
  CompatLibrary feature = library_13_0("575.57.08");
  feature.note.reset();
  CHECK(told(with(feature, question("575.51.03", "12.9", "H100"))) == "harmful 803");
}

TEST_CASE("a GPU of a brand that the note leaves out gives 804", "[library_answer]") {
  CHECK(told(with(library_13_0(), question("535.54.03", "13.0", "GeForce RTX 4090"))) == "harmful 804");
  CHECK(told(with(library_13_0(), question("535.54.03", "13.0", "TITAN V"))) == "harmful 804");
  CHECK(told(with(library_13_0(), question("535.54.03", "13.0", "Quadro RTX 6000"))) == "forward");
}

TEST_CASE("a library that no longer knows the GPU makes it vanish", "[library_answer]") {
  CompatLibrary library = library_13_0("590.44.01");
  library.note->cuda = version("13.1");
  CHECK(told(with(library, question("535.54.03", "13.1", "Tesla V100"))) == "harmful 100");
  CHECK(told(with(library, question("535.54.03", "13.1", "Tesla T4"))) == "forward");
}

TEST_CASE("a library of an older CUDA than is wanted does not serve", "[library_answer]") {
  CHECK(told(with(library_13_0(), question("535.54.03", "13.2", "H100"))) == "unsupported");
}

TEST_CASE("packages of Jetson and of data centres are never crossed", "[library_answer]") {
  CompatLibrary orin{.path = "/usr/local/cuda-13.2/compat_orin/libcuda.so.1.1",
                     .note = CompatNote{.cuda = version("13.2")},
                     .for_orin = true};
  CHECK(told(with(orin, question("580.65.06", "13.2", "H100"))) == "harmful + cuda-compat-13-2 803");
  CHECK(told(with(orin, question("540.4.0", "13.2", "Jetson AGX Orin"))) == "forward");
  CHECK(told(with(library_13_0(), question("540.4.0", "13.0", "Jetson AGX Orin"))) == "harmful 803");
}

TEST_CASE("a library changes nothing on Windows", "[library_answer]") {
  CompatQuestion asked = question("537.13", "13.0", "");
  asked.os = OperatingSystem::windows;
  CHECK(told(with(library_13_0(), asked)) == "unsupported");
}
