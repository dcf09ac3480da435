#include "host/host.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("os-release gives id, family, version and name", "[os_release]") {
  CHECK(parsed_os_release("PRETTY_NAME=\"Ubuntu 22.04.5 LTS\"\nNAME=\"Ubuntu\"\nVERSION_ID=\"22.04\"\n"
                          "ID=ubuntu\nID_LIKE=debian\nUBUNTU_CODENAME=jammy\n") ==
        OsRelease{.id = "ubuntu", .id_like = {"debian"}, .version_id = "22.04", .pretty_name = "Ubuntu 22.04.5 LTS"});
}

TEST_CASE("ID_LIKE may name several families", "[os_release]") {
  CHECK(parsed_os_release("ID=\"rocky\"\nID_LIKE=\"rhel  centos\tfedora \"\n").id_like ==
        std::vector<std::string>{"rhel", "centos", "fedora"});
}

TEST_CASE("values are read as a shell would read them", "[os_release]") {
  CHECK(parsed_os_release("ID='a b'\n").id == "a b");
  CHECK(parsed_os_release("ID='a\\b'\n").id == "a\\b");
  CHECK(parsed_os_release("ID=\"a\\\"b\\$c\\d\"\n").id == "a\"b$c\\d");
  CHECK(parsed_os_release("ID=a\\ b\n").id == "a b");
  CHECK(parsed_os_release("ID=a b\n").id == "a");
  CHECK(parsed_os_release("ID=\"open\n").id == "open");
}

TEST_CASE("comments, blank lines and lines without '=' are passed over", "[os_release]") {
  CHECK(parsed_os_release("# ID=no\n\n  \nnonsense\n  ID=debian\r\nVERSION_ID=12") ==
        OsRelease{.id = "debian", .version_id = "12"});
}

TEST_CASE("without an ID the system is linux", "[os_release]") {
  CHECK(parsed_os_release("") == OsRelease{.id = "linux"});
}

TEST_CASE("an arm server and a Jetson are two platforms", "[os_release]") {
  CHECK(platform_of("aarch64", false) == "linux-sbsa");
  CHECK(platform_of("aarch64", true) == "linux-aarch64");
  CHECK(platform_of("x86_64", false) == "linux-x86_64");
  CHECK(platform_of("ppc64le", false) == "linux-ppc64le");
  CHECK(platform_of("riscv64", false).empty());
  CHECK(platform_of("", false).empty());
}
