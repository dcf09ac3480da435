#include "compat/requirement.h"

#include "built_in.h"

using namespace cudnn_install;

namespace {

const RequirementFacts host{
    .cuda = version("13.0"), .driver = version("580.159.04"), .arch = version("9.0"), .brand = "nvidia"};

std::string outcome(std::string_view expression, const RequirementFacts& facts = host) {
  const auto result = evaluated_requirement(expression, facts);
  return result ? (result->holds ? "holds" : "fails") : result.error().what;
}

}  // namespace

TEST_CASE("a space is or, a comma is and", "[requirement]") {
  CHECK(outcome("cuda>=13.0") == "holds");
  CHECK(outcome("cuda>=13.1") == "fails");
  CHECK(outcome("cuda>=13.1 brand=nvidia,driver>=580,driver<581") == "holds");
  CHECK(outcome("cuda>=13.1 brand=tesla,driver>=580,driver<581") == "fails");
  CHECK(outcome("cuda>=13.1 brand=nvidia,driver>=535,driver<536") == "fails");
  CHECK(outcome("") == "holds");
  CHECK(outcome("  cuda>=12.0  ") == "holds");
}

TEST_CASE("every sign and property works, and versions are numbers", "[requirement]") {
  CHECK(outcome("cuda=13.0") == "holds");
  CHECK(outcome("cuda!=13.0") == "fails");
  CHECK(outcome("cuda<13.1,cuda<=13.0,cuda>12.9") == "holds");
  CHECK(outcome("driver>99.0") == "holds");
  CHECK(outcome("driver>=580.159.4") == "holds");
  CHECK(outcome("arch>=9.0") == "holds");
  CHECK(outcome("arch>=10.0") == "fails");
  CHECK(outcome("brand!=geforce") == "holds");
}

TEST_CASE("what is not known does not hold, and is said", "[requirement]") {
  const auto result = evaluated_requirement("brand=tesla arch>=8.0", {.cuda = version("13.0")});
  REQUIRE(result);
  CHECK_FALSE(result->holds);
  CHECK(result->reasons ==
        std::vector<std::string>{"brand=tesla: the GPU's brand is not known", "arch>=8.0: it is not known here"});
}

TEST_CASE("what is no condition is an error with a hint", "[requirement]") {
  CHECK(outcome("cuda") == "'cuda' is no condition of NVIDIA_REQUIRE_CUDA");
  CHECK(outcome("coda>=13.0") == "'coda>=13.0' is no condition of NVIDIA_REQUIRE_CUDA");
  CHECK(outcome("cuda=>13.0") == "'cuda=>13.0' is no condition of NVIDIA_REQUIRE_CUDA");
  CHECK(outcome("cuda>=new") == "'cuda>=new' is no condition of NVIDIA_REQUIRE_CUDA");
  CHECK(outcome("brand<tesla") == "'brand<tesla' is no condition of NVIDIA_REQUIRE_CUDA");
  CHECK(outcome("brand==tesla") == "'brand==tesla' is no condition of NVIDIA_REQUIRE_CUDA");
  CHECK(evaluated_requirement("coda>=13.0", host).error().hint == "did you mean 'cuda'?");
}

TEST_CASE("an image's environment says what it requires", "[requirement]") {
  using Pairs = std::vector<std::pair<std::string, std::string>>;
  CHECK(requirement_of({{"NVIDIA_REQUIRE_CUDA", "cuda>=13.1"}, {"CUDA_VERSION", "13.1.1"}}).expressions ==
        Pairs{{"NVIDIA_REQUIRE_CUDA", "cuda>=13.1"}});
  CHECK(requirement_of({{"NVIDIA_REQUIRE_CUDA", "cuda>=13.1"}, {"NVIDIA_REQUIRE_ARCH", "arch>=8.0"}})
            .expressions.size() == 2);
  CHECK(requirement_of({{"CUDA_VERSION", "9.2.148"}}).expressions == Pairs{{"CUDA_VERSION", "cuda>=9.2"}});
  CHECK(requirement_of({}).expressions.empty());
  CHECK(requirement_of({{"NVIDIA_DISABLE_REQUIRE", "true"}}).disabled);
  CHECK(requirement_of({{"NVIDIA_DISABLE_REQUIRE", "1"}}).disabled);
  CHECK_FALSE(requirement_of({{"NVIDIA_DISABLE_REQUIRE", "false"}}).disabled);
}

TEST_CASE("each generation of the hook has its own rule", "[requirement]") {
  const CompatLibrary library{
      .driver = version("580.95.05"),
      .note = CompatNote{.cuda = version("13.0"), .branches = {535, 550, 565, 570, 575, 580}, .brands = {2}}};
  const auto takes = [&](std::string_view driver) {
    std::string text;
    for (const HookChoice& choice : hook_choices(library, version(driver))) {
      text += choice.takes_image ? 'y' : 'n';
    }
    return text;
  };
  CHECK(takes("535.54.03") == "yyy");
  CHECK(takes("525.60.13") == "nyy");   // the note does not list 525; majors alone would take it
  CHECK(takes("580.65.06") == "yny");   // within the branch: the note's rule takes the newer one
  CHECK(takes("580.159.04") == "nny");  // as texts, 580.95.05 is the greater one: error 803
  CHECK(takes("590.48.01") == "nnn");
}
