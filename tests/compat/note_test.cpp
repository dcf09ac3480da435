#include "compat/note.h"

#include "built_in.h"

using namespace cudnn_install;

namespace {

const std::string real_text =
    R"({"format":1,"CUDA version":"13.0","driver":[535,550,565,570,575,580],"device":[1,2,7,8,9,10,11,12,13,14]})";

NoteText note(const std::string& description) {
  return {.section = ".note.cuda.fwd_compatibility",
          .owner = "NVIDIA Corporation",
          .type = 0,
          .description = description + std::string(1, '\0')};
}

bool is_note(const std::string& description) {
  return compat_note({note(description)}).has_value();
}

}  // namespace

TEST_CASE("the note of a real library is read", "[note]") {
  const auto found = compat_note({note(real_text)});
  REQUIRE(found);
  CHECK(*found == CompatNote{.cuda = version("13.0"),
                             .branches = {535, 550, 565, 570, 575, 580},
                             .brands = {1, 2, 7, 8, 9, 10, 11, 12, 13, 14}});
}

TEST_CASE("Jetson's note has a version and no lists", "[note]") {
  const auto found = compat_note({note(R"({"format":1,"CUDA version":"13.2"})")});
  REQUIRE(found);
  CHECK(*found == CompatNote{.cuda = version("13.2")});
  CHECK(is_note(R"({"CUDA version":"13.2","driver":null,"device":null})"));
}

TEST_CASE("padding before and behind does not hide the note, and padding alone is none", "[note]") {
  const NoteText nothing{.section = ".note.cuda.fwd_compatibility"};
  CHECK(compat_note({nothing, note(real_text), nothing}).has_value());
  NoteText padded = note(real_text);
  padded.description += std::string(7, '\0');
  CHECK(compat_note({padded}).has_value());
  CHECK_FALSE(compat_note({nothing, nothing}).has_value());
  CHECK_FALSE(compat_note({note(std::string(40, '\0'))}).has_value());
}

TEST_CASE("other notes are not taken for it", "[note]") {
  CHECK_FALSE(compat_note({}).has_value());
  NoteText other = note(real_text);
  other.section = ".note.gnu.build-id";
  CHECK_FALSE(compat_note({other}).has_value());
  other = note(real_text);
  other.owner = "GNU";
  CHECK_FALSE(compat_note({other}).has_value());
  other = note(real_text);
  other.type = 3;
  CHECK_FALSE(compat_note({other}).has_value());
}

TEST_CASE("a damaged note is no note", "[note]") {
  for (std::size_t length = 0; length < real_text.size(); ++length) {
    INFO(length);
    CHECK_FALSE(is_note(real_text.substr(0, length)));
  }
  CHECK_FALSE(is_note(real_text + "}"));
  CHECK_FALSE(is_note(real_text + std::string(1, '\0') + "more"));
  CHECK_FALSE(is_note("[]"));
  CHECK_FALSE(is_note("{}"));
  CHECK_FALSE(is_note(R"({"CUDA version":13.0})"));
  CHECK_FALSE(is_note(R"({"CUDA version":"13"})"));
  CHECK_FALSE(is_note(R"({"CUDA version":"13.0.1"})"));
  CHECK_FALSE(is_note(R"({"CUDA version":"13.0","driver":535})"));
  CHECK_FALSE(is_note(R"({"CUDA version":"13.0","driver":["535"]})"));
  CHECK_FALSE(is_note(R"({"CUDA version":"13.0","driver":[535.5]})"));
  CHECK_FALSE(is_note(R"({"CUDA version":"13.0","driver":[-1]})"));
  CHECK_FALSE(is_note(R"({"CUDA version":"13.0","driver":[99999]})"));
  CHECK_FALSE(is_note(R"({"CUDA version":"13.0","driver":[18446744073709551615]})"));
  CHECK_FALSE(is_note(R"({"CUDA version":"13.0","device":{"a":1}})"));
  CHECK_FALSE(is_note("{\"CUDA version\":\"13.0\",\"x\":\"\xff\"}"));
}

TEST_CASE("a note that is too long or too deep is no note", "[note]") {
  std::string many = R"({"CUDA version":"13.0","driver":[535)";
  for (int i = 0; i < 300; ++i) {
    many += ",535";
  }
  CHECK_FALSE(is_note(many + "]}"));
  CHECK_FALSE(is_note(std::string(20000, '[')));
  CHECK_FALSE(is_note(R"({"x":)" + std::string(8000, '[') + std::string(8000, ']') + "}"));
}

TEST_CASE("no flipped byte of a note makes the reader fail", "[note]") {
  for (std::size_t at = 0; at < real_text.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string text = real_text;
      text[at] = static_cast<char>(byte);
      static_cast<void>(compat_note({note(text)}));
    }
  }
  SUCCEED();
}
