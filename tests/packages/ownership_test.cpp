#include "packages/ownership.h"

#include "support/catch.h"

using namespace cudnn_install;

namespace {

using Pairs = std::vector<std::pair<std::string, std::string>>;

Pairs pairs(const std::vector<Owner>& owners) {
  Pairs result;
  for (const Owner& owner : owners) {
    result.emplace_back(owner.path, owner.package);
  }
  return result;
}

}  // namespace

TEST_CASE("dpkg is asked for literal paths", "[ownership]") {
  CHECK(dpkg_owner_query("/", {"/usr/include/cudnn.h", "/opt/a[1]*?\\b"}) ==
        std::vector<std::string>{"dpkg-query", "--search", "/usr/include/cudnn.h", "/opt/a\\[1]\\*\\?\\\\b"});
}

TEST_CASE("dpkg is asked in another root by its database", "[ownership]") {
  CHECK(
      dpkg_owner_query("/mnt/image", {"/usr/include/cudnn.h"}) ==
      std::vector<std::string>{"dpkg-query", "--admindir=/mnt/image/var/lib/dpkg", "--search", "/usr/include/cudnn.h"});
}

TEST_CASE("dpkg's lines give path and package", "[ownership]") {
  CHECK(pairs(dpkg_owners("libcudnn8:amd64: /usr/lib/x86_64-linux-gnu/libcudnn.so.8\n"
                          "libcudnn8-dev: /usr/include/cudnn_v8.h\n")) ==
        Pairs{{"/usr/lib/x86_64-linux-gnu/libcudnn.so.8", "libcudnn8:amd64"},
              {"/usr/include/cudnn_v8.h", "libcudnn8-dev"}});
}

TEST_CASE("dpkg names every package of a shared path", "[ownership]") {
  CHECK(pairs(dpkg_owners("libc6:amd64, libc6:i386, base-files: /usr/lib\n")) ==
        Pairs{{"/usr/lib", "libc6:amd64"}, {"/usr/lib", "libc6:i386"}, {"/usr/lib", "base-files"}});
}

TEST_CASE("dpkg's diversions are not owners", "[ownership]") {
  CHECK(pairs(dpkg_owners("diversion by dash from: /bin/sh\n"
                          "diversion by dash to: /bin/sh.distrib\n"
                          "local diversion from: /usr/bin/nvcc\n"
                          "local diversion to: /usr/bin/nvcc.own\n"
                          "dash: /bin/sh\n")) == Pairs{{"/bin/sh", "dash"}});
}

TEST_CASE("a path with a colon stays whole in dpkg's answer", "[ownership]") {
  CHECK(pairs(dpkg_owners("odd: /opt/a: /b\n")) == Pairs{{"/opt/a: /b", "odd"}});
}

TEST_CASE("an empty or strange answer of dpkg owns nothing", "[ownership]") {
  CHECK(dpkg_owners("").empty());
  CHECK(dpkg_owners("dpkg-query: no path found\n\n: \n").empty());
}

TEST_CASE("rpm is asked for one name a line", "[ownership]") {
  CHECK(rpm_owner_query("/", {"/usr/include/cudnn.h"}) ==
        std::vector<std::string>{"rpm", "--query", "--queryformat", "%{NAME}\\n", "--file", "/usr/include/cudnn.h"});
  CHECK(rpm_owner_query("/mnt/image", {"/a", "/b"}) == std::vector<std::string>{"rpm", "--root", "/mnt/image",
                                                                                "--query", "--queryformat",
                                                                                "%{NAME}\\n", "--file", "/a", "/b"});
}

TEST_CASE("rpm's lines follow the order of the paths", "[ownership]") {
  CHECK(pairs(rpm_owners("libcudnn8\n"
                         "file /b is not owned by any package\n"
                         "libcudnn8-devel\n"
                         "libcudnn8-samples\n",
                         {"/a", "/b", "/c", "/d"})) ==
        Pairs{{"/a", "libcudnn8"}, {"/c", "libcudnn8-devel"}, {"/d", "libcudnn8-samples"}});
}

TEST_CASE("where rpm's lines are more than the paths, all names stand for each path", "[ownership]") {
  CHECK(pairs(rpm_owners("glibc\nfile /b is not owned by any package\nzlib\nfilesystem\nzlib\n",
                         {"/a", "/b", "/c", "/d"})) ==
        Pairs{{"/a", "glibc"}, {"/c", "filesystem, zlib"}, {"/d", "filesystem, zlib"}});
}

TEST_CASE("two architectures of one package are one owner", "[ownership]") {
  CHECK(pairs(rpm_owners("libcudnn8\nlibcudnn8\n", {"/a"})) == Pairs{{"/a", "libcudnn8"}});
}

TEST_CASE("paths that nobody owns are not in rpm's answer", "[ownership]") {
  CHECK(rpm_owners("file /a is not owned by any package\nfile /b is not owned by any package\n", {"/a", "/b"}).empty());
  CHECK(rpm_owners("", {"/a"}).empty());
}
