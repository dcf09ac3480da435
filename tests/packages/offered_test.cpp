#include "packages/offered.h"

#include "support/catch.h"

using namespace cudnn_install;

namespace {

const Manager apt{.speaks = "apt"};
const Manager dnf{.speaks = "dnf"};
const Manager zypper{.speaks = "zypper"};
const std::string name = "cuda-compat-13-0";

using Versions = std::vector<std::string>;

Versions offered(const Manager& manager, const std::string& out) {
  return offered_versions(manager, name, {.status = 0, .out = out, .err = {}});
}

}  // namespace

TEST_CASE("every version is asked for, past a lock that would hide some", "[offered]") {
  CHECK(offered_query(apt, name) == Words{"apt-cache", "madison", name});
  CHECK(offered_query(dnf, name) ==
        Words{"dnf", "-q", "--disableplugin=versionlock", "list", "--showduplicates", name});
  CHECK(offered_query({.speaks = "dnf5"}, name) == Words{"dnf5", "-q", "list", "--showduplicates", name});
  CHECK(offered_query({.speaks = "tdnf"}, name) == Words{"tdnf", "list", name});
  CHECK(offered_query(zypper, name) ==
        Words{"zypper", "-n", "--xmlout", "search", "--match-exact", "--type", "package", "--details", name});
}

TEST_CASE("apt-cache madison tells the newest first", "[offered]") {
  CHECK(offered(apt,
                "cuda-compat-13-0 | 580.95.05-1 | http://127.0.0.1:80/debian12/x86_64  Packages\n"
                "cuda-compat-13-0 | 580.65.06-0ubuntu1 | http://127.0.0.1:80/debian12/x86_64  Packages\n") ==
        Versions{"580.65.06-0ubuntu1", "580.95.05-1"});
  CHECK(offered(apt, "").empty());
}

TEST_CASE("the yum family's list tells the oldest first, and breaks lines that are too long", "[offered]") {
  CHECK(offered(dnf,
                "Installed Packages\n"
                "cuda-compat-13-0.x86_64    1:580.65.06-1.el9    @cuda-rhel9-x86_64\n"
                "Available Packages\n"
                "cuda-compat-13-0.x86_64    1:580.65.06-1.el9    cuda-rhel9-x86_64\n"
                "cuda-compat-13-0.x86_64\n"
                "                           1:580.95.05-1.el9    cuda-rhel9-x86_64\n") ==
        Versions{"1:580.65.06-1.el9", "1:580.95.05-1.el9"});
  CHECK(offered(dnf, "Error: No matching Packages to list\n").empty());
}

TEST_CASE("zypper's XML is read by its attributes", "[offered]") {
  CHECK(offered(zypper, R"(<search-result version="0.0"><solvable-list>
<solvable status="not-installed" name="cuda-compat-13-0" kind="package" edition="580.95.05-1" arch="x86_64" repository="c"/>
<solvable status="not-installed" name="cuda-compat-13-0" kind="package" edition="580.65.06-1" arch="x86_64" repository="c"/>
<solvable status="not-installed" name="cuda-compat-13-0-debug" kind="package" edition="1-1" arch="x86_64" repository="c"/>
</solvable-list></search-result>)") == Versions{"580.65.06-1", "580.95.05-1"});
}

TEST_CASE("the driver's version is what its maker calls it", "[offered]") {
  CHECK(upstream_version("580.95.05-1") == "580.95.05");
  CHECK(upstream_version("1:580.178.04-1.el9") == "580.178.04");
  CHECK(upstream_version("530.30-1ubuntu1") == "530.30");
  CHECK(upstream_version("615.31") == "615.31");
}
