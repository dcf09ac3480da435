#include "builders.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

const std::string include = "/usr/local/cuda-12.2/targets/x86_64-linux/include/";
const std::string library = "/usr/local/cuda-12.2/targets/x86_64-linux/lib/";

Receipt holding(const std::vector<Installation>& installations) {
  return {.id = "r", .installations = installations};
}

std::vector<PlannedStep> steps(const std::vector<Step>& all) {
  std::vector<PlannedStep> planned;
  for (const Step& step : all) {
    planned.push_back({.step = step});
  }
  return planned;
}

}  // namespace

TEST_CASE("where nothing is installed there is nothing to do", "[removal]") {
  World world;

  for (const auto& plan : {world.uninstall(), world.rollback()}) {
    REQUIRE(told(plan) == "a plan");
    CHECK(plan->title == "nothing that cudnn-install has installed in /usr/local/cuda");
    CHECK(plan->replaces == std::nullopt);
    CHECK(plan->documented.empty());
    CHECK(plan->effective.empty());
  }
}

TEST_CASE("uninstall removes what is ours and brings back what was there before", "[removal]") {
  World world;
  world.receipt = holding(
      {installed_over(installed("8.9.6.50", "12", {"include/cudnn.h", "lib64/libcudnn.so.8"}), {"include/cudnn.h"})});

  const auto plan = world.uninstall();

  REQUIRE(told(plan) == "a plan");
  CHECK(plan->verb == Verb::uninstall);
  CHECK(plan->title == "cuDNN 8.9.6.50 for CUDA 12 out of /usr/local/cuda");
  CHECK(plan->replaces == "8.9.6.50");
  CHECK(plan->wanted == std::nullopt);
  CHECK(plan->documented ==
        steps({RemovePaths{{library + "libcudnn.so.8"}}, RestorePaths{{include + "cudnn.h"}, "kept files"}}));
  CHECK(plan->effective == plan->documented);
}

TEST_CASE("below another root its own files are meant, not this system's", "[removal]") {
  World world;
  world.receipt = Receipt{.installations = {installed("8.9.6.50", "12", {"include/cudnn.h", "share/x"})}};
  world.request.root = "/mnt/image/";

  CHECK(world.uninstall()->documented ==
        steps({RemovePaths{{"/mnt/image" + include + "cudnn.h", "/mnt/image/usr/local/cuda-12.2/share/x"}}}));
}

TEST_CASE("root refreshes the loader's cache after a removal", "[removal]") {
  World world;
  world.host.root_user = true;
  world.receipt = holding({installed("8.9.6.50", "12", {"lib64/libcudnn.so.8"})});

  CHECK(in_words(world.uninstall()->effective) ==
        std::vector<std::string>{"remove 1 name",
                                 "refresh the loader's cache (ldconfig) for "
                                 "/usr/local/cuda-12.2/targets/x86_64-linux/lib"});
}

TEST_CASE("of two majors each leaves the other's files", "[removal]") {
  World world;
  world.receipt = holding(
      {installed("8.9.6.50", "12", {"include/cudnn.h", "lib64/libcudnn.so.8"}),
       installed_over(installed("9.19.0.56", "12", {"include/cudnn.h", "lib64/libcudnn.so.9"}), {"include/cudnn.h"})});

  SECTION("the later one uncovers the earlier one's") {
    world.request.cudnn = version("9");
    CHECK(world.uninstall()->documented ==
          steps({RemovePaths{{library + "libcudnn.so.9"}}, RestorePaths{{include + "cudnn.h"}, "cuDNN 8.9.6.50"}}));
  }
  SECTION("the earlier one leaves the visible file") {
    world.request.cudnn = version("8.9");
    CHECK(world.uninstall()->documented == steps({RemovePaths{{library + "libcudnn.so.8"}}}));
  }
  SECTION("without a name it is not clear which is meant") {
    CHECK(told(world.uninstall()) ==
          "usage: several are installed: 8.9.6.50, 9.19.0.56 (say which: --cudnn 9.19.0.56)");
  }
  SECTION("another one is not there") {
    world.request.cudnn = version("8.8");
    CHECK(told(world.uninstall()) ==
          "usage: cuDNN 8.8 is not installed in '/usr/local/cuda' (installed: 8.9.6.50, 9.19.0.56)");
  }
}

TEST_CASE("rollback brings the kept version back and removes what it did not have", "[removal]") {
  World world;
  Installation current =
      installed_over(installed("8.9.6.50", "12", {"include/cudnn.h", "include/cudnn_new.h", "lib64/libcudnn.so.8.9.6"}),
                     {"include/cudnn.h", "include/cudnn_new.h"});
  current.replaced = true;
  world.receipt = holding({current});
  world.receipt->previous =
      Previous{.installation = installed("8.9.5.30", "12", {"include/cudnn.h", "lib64/libcudnn.so.8.9.5"})};

  const auto plan = world.rollback();

  REQUIRE(told(plan) == "a plan");
  CHECK(plan->verb == Verb::rollback);
  CHECK(plan->title == "back to cuDNN 8.9.5.30 for CUDA 12 in /usr/local/cuda, in place of 8.9.6.50 for CUDA 12");
  CHECK(plan->replaces == "8.9.6.50");
  CHECK(plan->documented ==
        steps({RemovePaths{{library + "libcudnn.so.8.9.6"}}, RestorePaths{{include + "cudnn_new.h"}, "kept files"},
               RestorePaths{{include + "cudnn.h", library + "libcudnn.so.8.9.5"}, "cuDNN 8.9.5.30"}}));
  CHECK(plan->effective == plan->documented);
}

TEST_CASE("rollback of a first install is its removal", "[removal]") {
  World world;
  world.receipt = holding({installed("8.9.6.50", "12", {"lib64/libcudnn.so.8"})});

  const auto plan = world.rollback();

  REQUIRE(told(plan) == "a plan");
  CHECK(plan->verb == Verb::rollback);
  CHECK(plan->documented == world.uninstall()->documented);
}

TEST_CASE("rollback to a version that was not kept is refused with the way to it", "[removal]") {
  World world;
  world.receipt = holding({installed("8.9.6.50", "12", {"lib64/libcudnn.so.8"})});
  world.receipt->installations.back().replaced = true;

  CHECK(told(world.rollback()) ==
        "conflict: cuDNN 8.9.6.50 took the place of an older one that was not kept: install keeps none, upgrade does "
        "(install the older one by name: cudnn-install --method tar --archive FILE --cudnn VERSION)");
}
