#include "builders.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

PlannedStep guide(Step step, const std::string& number) {
  return {.step = std::move(step), .clause = Clause{"1.3.1", "step " + number}};
}

}  // namespace

TEST_CASE("unpack, copies and chmod become one step that stands where the first copy stood", "[fuse]") {
  const PlannedStep unpack = guide(UnpackArchive{"a.tar.xz"}, "2");
  const PlannedStep make{.step = MakeDirectory{"/c/include"}, .note = "ours"};
  const PlannedStep headers = guide(CopyFiles{"include/cudnn*.h", "/c/include"}, "3");
  const PlannedStep libraries = guide(CopyFiles{"lib/libcudnn*", "/c/lib64", Links::keep}, "3");
  const PlannedStep mode = guide(SetMode{"a+r", {"/c/include/cudnn*.h"}}, "3");
  const PlannedStep cache{.step = RefreshLoaderCache{"/c/lib64"}};

  const PlannedStep place{
      .step = PlaceFiles{"a.tar.xz", {{"include/cudnn*.h", "/c/include"}, {"lib/libcudnn*", "/c/lib64"}}},
      .clause = Clause{"1.3.1", "step 2, step 3"}};
  CHECK(fused({unpack, make, headers, libraries, mode, cache}) == std::vector<PlannedStep>{make, place, cache});
}

TEST_CASE("a chmod that does more than placing stays", "[fuse]") {
  const PlannedStep mode = guide(SetMode{"g+w", {"/c/include/cudnn*.h"}}, "3");

  const auto steps =
      fused({guide(UnpackArchive{"a.tar.xz"}, "2"), guide(CopyFiles{"include/cudnn*.h", "/c/include"}, "3"), mode});

  REQUIRE(steps.size() == 2);
  CHECK(steps[1] == mode);
}

TEST_CASE("copies of a second archive are a place step of their own", "[fuse]") {
  const auto steps = fused({guide(UnpackArchive{"a.tar.xz"}, "1"), guide(CopyFiles{"lib/a*", "/c"}, "1"),
                            guide(UnpackArchive{"b.tar.xz"}, "2"), guide(CopyFiles{"lib/b*", "/c"}, "2")});

  CHECK(in_words(steps) ==
        std::vector<std::string>{"place from a.tar.xz: lib/a* to /c", "place from b.tar.xz: lib/b* to /c"});
}

TEST_CASE("steps without an archive stay as they are", "[fuse]") {
  const std::vector<PlannedStep> steps = {{.step = RemovePaths{{"/c/lib64/libcudnn.so"}}},
                                          guide(SetMode{"a+r", {"/c/x"}}, "3")};

  CHECK(fused(steps) == steps);
}
