#include "host/host.h"

#include "console.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("host tells of another system's root what its files say", "[host_test]") {
  const ScratchDirectory root;
  put(root / "etc/os-release", "ID=ubuntu\nVERSION_ID=\"22.04\"\nPRETTY_NAME=\"Ubuntu 22.04.4 LTS\"\n");
  put(root / "usr/local/cuda-12.2/version.json", R"({"cuda": {"version": "12.2.0"}})");
  Console console;
  CHECK(console.run({"host", "--root", root.path()}) == 0);
  CHECK(console.out.str().find("system          Ubuntu 22.04.4 LTS\n") == 0);
  CHECK(console.out.str().find("toolkit         CUDA 12.2.0 in /usr/local/cuda-12.2\n") != std::string::npos);
  CHECK(console.run({"host", "--root", root.path(), "--json"}) == 0);
  const auto read_back = host_from_json(console.out.str(), "host.json");
  REQUIRE(read_back);
  CHECK(read_back->os.pretty_name == "Ubuntu 22.04.4 LTS");
}
