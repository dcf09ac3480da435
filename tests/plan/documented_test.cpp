#include "builders.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

using Words = std::vector<std::string>;

const std::string archive = archive_name("8.9.6.50", "12");

}  // namespace

TEST_CASE("the documented plan is the guide's, with the paths as the user gave them", "[documented]") {
  World world;

  const auto plan = world.holding("8.9.6.50").install();

  REQUIRE(told(plan) == "a plan");
  CHECK(in_words(plan->documented) ==
        Words{"unpack " + archive, "copy include/cudnn*.h to /usr/local/cuda/include",
              "copy lib/libcudnn* to /usr/local/cuda/lib64, links as links",
              "set mode a+r on /usr/local/cuda/include/cudnn*.h, /usr/local/cuda/lib64/libcudnn*"});
  CHECK(plan->documented[1].clause == Clause{"1.3.1", "step 3"});
}

TEST_CASE("the effective plan places files in the resolved directories", "[documented]") {
  World world;

  const auto plan = world.holding("8.9.6.50").install();

  CHECK(in_words(plan->effective) == Words{"place from " + archive +
                                           ": include/cudnn*.h to /usr/local/cuda-12.2/targets/x86_64-linux/include, "
                                           "lib/libcudnn* to /usr/local/cuda-12.2/targets/x86_64-linux/lib"});
}

TEST_CASE("root refreshes the loader's cache after them", "[documented]") {
  World world;
  world.holding("8.9.6.50").host.root_user = true;

  CHECK(in_words(world.install()->effective).back() ==
        "refresh the loader's cache (ldconfig) for /usr/local/cuda-12.2/targets/x86_64-linux/lib");
}

TEST_CASE("a directory without a toolkit gets include and lib64 first", "[documented]") {
  World world;
  world.holding("8.9.6.50");
  world.request.prefix = "/opt/cuda/";
  world.prefix = {
      .requested = "/opt/cuda/", .resolved = "/opt/cuda", .include = "/opt/cuda/include", .library = "/opt/cuda/lib64"};

  const auto plan = world.install();

  CHECK(in_words(plan->documented) ==
        Words{"unpack " + archive, "make the directory /opt/cuda/include", "make the directory /opt/cuda/lib64",
              "copy include/cudnn*.h to /opt/cuda/include", "copy lib/libcudnn* to /opt/cuda/lib64, links as links",
              "set mode a+r on /opt/cuda/include/cudnn*.h, /opt/cuda/lib64/libcudnn*"});
  CHECK(plan->documented[1].note == "the guide takes the directory for granted");
  CHECK(in_words(plan->effective) ==
        Words{"make the directory /opt/cuda/include", "make the directory /opt/cuda/lib64",
              "place from " + archive + ": include/cudnn*.h to /opt/cuda/include, lib/libcudnn* to /opt/cuda/lib64"});
}

TEST_CASE("below another root a shell is shown resolved paths, because links there lead into this system",
          "[documented]") {
  World world;
  world.holding("8.9.6.50").request.root = "/mnt/image/";

  const auto plan = world.install();

  CHECK(in_words(plan->documented)[1] ==
        "copy include/cudnn*.h to /mnt/image/usr/local/cuda-12.2/targets/x86_64-linux/include");
  CHECK(plan->include == "/usr/local/cuda-12.2/targets/x86_64-linux/include");
}

TEST_CASE("asked-for components are copied by their own globs", "[documented]") {
  World world;
  world.holding("8.9.6.50");
  SECTION("the runtime alone leaves headers alone") {
    world.request.components = {"runtime"};
    CHECK(in_words(world.install()->documented) ==
          Words{"unpack " + archive, "copy lib/libcudnn*.so.* to /usr/local/cuda/lib64, links as links",
                "set mode a+r on /usr/local/cuda/lib64/libcudnn*"});
  }
  SECTION("runtime and dev") {
    world.request.components = {"dev", "runtime"};
    CHECK(in_words(world.install()->documented) ==
          Words{"unpack " + archive, "copy include/cudnn*.h to /usr/local/cuda/include",
                "copy lib/libcudnn*.so.* to /usr/local/cuda/lib64, links as links",
                "copy lib/libcudnn*.so to /usr/local/cuda/lib64, links as links",
                "set mode a+r on /usr/local/cuda/include/cudnn*.h, /usr/local/cuda/lib64/libcudnn*"});
  }
  SECTION("in whatever order they were asked for") {
    world.request.components = {"dev", "runtime"};
    CHECK(world.install()->components == Words{"runtime", "dev"});
  }
  SECTION("one that does not exist") {
    world.request.components = {"samples"};
    CHECK(told(world.install()) ==
          "usage: archives of NVIDIA cuDNN 8 hold no component 'samples' (they hold runtime, dev, static)");
  }
}

TEST_CASE("names of the replaced build go first, but for those that another installation has", "[documented]") {
  World world;
  world.holding("8.9.6.50");
  world.receipt =
      Receipt{.installations = {installed("8.9.5.30", "12", {"lib64/libcudnn.so", "lib64/libcudnn.so.8.9.5"}),
                                installed("9.19.0.56", "12", {"lib64/libcudnn.so"})}};

  const auto plan = world.install();

  REQUIRE(told(plan) == "a plan");
  CHECK(plan->documented[1] == PlannedStep{.step = RemoveOlder{{"/usr/local/cuda/lib64/libcudnn.so.8.9.5"}},
                                           .note = "names of cuDNN 8.9.5.30, which is replaced"});
  CHECK(plan->effective[0] ==
        PlannedStep{.step = RemoveOlder{{"/usr/local/cuda-12.2/targets/x86_64-linux/lib/libcudnn.so.8.9.5"}},
                    .note = "names of cuDNN 8.9.5.30, which is replaced"});
}
