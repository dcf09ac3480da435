#include "packages/alternatives.h"

#include "support/catch.h"

using namespace cudnn_install;

// As Red Hat's program words it, before and after its slaves were called followers.
TEST_CASE("the answer of Red Hat's alternatives is read in both of its wordings", "[alternatives_test]") {
  for (const std::string word : {"slave", "follower"}) {
    const auto group = displayed_alternatives(
        "libcudnn - status is manual.\n link currently points to /usr/include/cudnn_v8.h\n"
        "/usr/include/cudnn_v8.h - priority 80906\n " +
            word +
            " libcudnn_so: /usr/lib64/libcudnn.so.8\n"
            "/usr/include/cudnn_v9.h - family x priority 91900\n " +
            word + " libcudnn_so: (null)\nCurrent `best' version is /usr/include/cudnn_v9.h.\n",
        "libcudnn");
    REQUIRE(group);
    CHECK(group->mode == ChoiceMode::manual);
    CHECK(chosen(*group)->path == "/usr/include/cudnn_v8.h");
    CHECK(chosen(*group)->slaves.front() ==
          std::pair<std::string, std::string>("libcudnn_so", "/usr/lib64/libcudnn.so.8"));
    CHECK(best_of(*group)->priority == 91900);
    CHECK(best_of(*group)->slaves.front().second.empty());
    CHECK(choice_of(*group, 7) == nullptr);
  }
}

TEST_CASE("what is no answer is no group", "[alternatives_test]") {
  CHECK_FALSE(queried_alternatives(""));
  CHECK_FALSE(queried_alternatives("update-alternatives: error: no alternatives for libcudnn\n"));
  CHECK_FALSE(displayed_alternatives("alternatives version 1.24 - Copyright\n", "libcudnn"));
}

TEST_CASE("the major version is read from the header's name", "[alternatives_test]") {
  CHECK(cudnn_major_of("/usr/include/x86_64-linux-gnu/cudnn_v8.h") == 8);
  CHECK(cudnn_major_of("/usr/include/cudnn.h") == 0);
}
