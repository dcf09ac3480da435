#include <unistd.h>

#include <array>
#include <cstdio>
#include <memory>

#include "fake_root.h"
#include "host/host.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::string answer(const char* command) {
  const std::unique_ptr<FILE, int (*)(FILE*)> pipe(popen(command, "r"), pclose);
  std::array<char, 256> line{};
  std::string text = fgets(line.data(), line.size(), pipe.get()) == nullptr ? "" : line.data();
  while (!text.empty() && text.back() == '\n') {
    text.pop_back();
  }
  return text;
}

constexpr const char* rocky = "ID=rocky\nID_LIKE=\"rhel centos fedora\"\nVERSION_ID=9.6\nPRETTY_NAME=\"Rocky 9.6\"\n";
constexpr const char* loader_x86_64 = "/lib64/ld-linux-x86-64.so.2";

// The C library's file: an ELF header and, far behind it, the banner.
void add_glibc(FakeRoot& root, const std::string& name, char machine, const std::string& version) {
  root.elf(name, machine);
  std::ofstream(root.path() + name, std::ios::app)
      << std::string(300000, '\0') << "GNU C Library (GNU libc) stable release version " + version + ".\n";
}

// What does not come from the root.
Host with_this_user(Host host) {
  host.root_user = geteuid() == 0;
  host.user = answer("id -un");
  return host;
}

}  // namespace

TEST_CASE("a whole foreign root is read", "[probe]") {
  FakeRoot root;
  root.file("/usr/lib/os-release", rocky)
      .link("/etc/os-release", "../usr/lib/os-release")
      .link("/bin", "usr/bin")
      .link("/lib64", "usr/lib64")
      .elf("/usr/bin/bash", FakeRoot::aarch64, "/lib/ld-linux-aarch64.so.1")
      .link("/usr/bin/sh", "bash")
      .file("/usr/bin/dnf-3", "")
      .link("/usr/bin/dnf", "dnf-3")
      .elf("/usr/lib64/libz.so.1.2.11", FakeRoot::aarch64)
      .link("/usr/lib64/libz.so.1", "libz.so.1.2.11")
      .elf("/usr/lib64/libcuda.so.580.82.07", FakeRoot::aarch64)
      .link("/usr/lib64/libcuda.so.1", "libcuda.so.580.82.07")
      .file("/usr/local/cuda-12.2/version.json", R"({"cuda": {"version": "12.2.2"}})")
      .link("/usr/local/cuda", "cuda-12.2");
  add_glibc(root, "/usr/lib64/libc.so.6", FakeRoot::aarch64, "2.34");
  CHECK(probed_host(root.path()) ==
        with_this_user({
            .os = {"rocky", {"rhel", "centos", "fedora"}, "9.6", "Rocky 9.6"},
            .machine = "aarch64",
            .platform = "linux-sbsa",
            .libc = {LibcKind::glibc, Version::parse("2.34").value()},
            .toolkits = {{"/usr/local/cuda", "/usr/local/cuda-12.2", Version::parse("12.2.2").value(), "version.json"}},
            .driver = {.installed = Version::parse("580.82.07").value()},
            .package_manager = "dnf",
            .zlib = true,
        }));
}

TEST_CASE("an empty root tells nothing and breaks nothing", "[probe]") {
  const FakeRoot root;
  CHECK(probed_host(root.path()) == with_this_user({.os = {.id = "linux"}, .package_manager = "none"}));
}

TEST_CASE("an arm root with a Tegra release file is a Jetson's", "[probe]") {
  FakeRoot root;
  root.elf("/bin/sh", FakeRoot::aarch64).file("/etc/nv_tegra_release", "# R36 (release), REVISION: 4.3\n");
  const Host host = probed_host(root.path());
  CHECK(host.jetson);
  CHECK(host.platform == "linux-aarch64");
}

TEST_CASE("the device tree of this machine says nothing of another root", "[probe]") {
  FakeRoot root;
  root.elf("/bin/sh", FakeRoot::aarch64).file("/proc/device-tree/compatible", "nvidia,tegra234");
  root.file("/proc/driver/nvidia/version", "NVRM version: NVIDIA UNIX x86_64 Kernel Module  520.61.05  x\n");
  CHECK_FALSE(probed_host(root.path()).jetson);
  CHECK_FALSE(probed_host(root.path()).driver.loaded);
}

TEST_CASE("musl is told by the interpreter, not by a package that brings its loader", "[probe]") {
  FakeRoot alpine;
  alpine.elf("/bin/busybox", FakeRoot::x86_64, "/lib/ld-musl-x86_64.so.1").link("/bin/sh", "/bin/busybox");
  CHECK(probed_host(alpine.path()).libc == Libc{.kind = LibcKind::musl});
  FakeRoot debian;
  debian.elf("/bin/sh", FakeRoot::x86_64, loader_x86_64).elf("/lib/ld-musl-x86_64.so.1", FakeRoot::x86_64);
  add_glibc(debian, "/lib/x86_64-linux-gnu/libc.so.6", FakeRoot::x86_64, "2.36");
  CHECK(probed_host(debian.path()).libc == Libc{LibcKind::glibc, Version::parse("2.36").value()});
}

TEST_CASE("a static shell leaves the libraries to tell", "[probe]") {
  FakeRoot root;
  root.elf("/bin/sh", FakeRoot::x86_64).elf("/lib/ld-musl-x86_64.so.1", FakeRoot::x86_64);
  CHECK(probed_host(root.path()).libc == Libc{.kind = LibcKind::musl});
}

TEST_CASE("a C library beside its own loader is found", "[probe]") {
  FakeRoot root;
  root.elf("/bin/sh", FakeRoot::x86_64, "/nix/store/a-glibc/lib/ld-linux-x86-64.so.2")
      .file("/nix/store/a-glibc/lib/ld-linux-x86-64.so.2", "");
  add_glibc(root, "/nix/store/a-glibc/lib/libc.so.6", FakeRoot::x86_64, "2.40");
  CHECK(probed_host(root.path()).libc == Libc{LibcKind::glibc, Version::parse("2.40").value()});
}

TEST_CASE("zlib counts if the loader's configuration reaches one of the right machine", "[probe]") {
  FakeRoot root;
  root.elf("/bin/sh", FakeRoot::x86_64, loader_x86_64).elf("/usr/lib/libz.so.1", FakeRoot::i686);
  CHECK_FALSE(probed_host(root.path()).zlib);
  root.elf("/opt/z/lib/libz.so.1", FakeRoot::x86_64);
  CHECK_FALSE(probed_host(root.path()).zlib);
  root.file("/etc/ld.so.conf", "# local\ninclude ld.so.conf.d/*.conf\n");
  root.file("/etc/ld.so.conf.d/z.txt", "/opt/z/lib\n");
  CHECK_FALSE(probed_host(root.path()).zlib);
  root.file("/etc/ld.so.conf.d/z.conf", "\t/opt/z/lib # zlib\n");
  CHECK(probed_host(root.path()).zlib);
}

TEST_CASE("files of ld.so.conf that include each other come to an end", "[probe]") {
  FakeRoot root;
  root.elf("/bin/sh", FakeRoot::x86_64).file("/etc/ld.so.conf", "include /etc/ld.so.conf\n include\ninclude \n/a\n");
  CHECK_FALSE(probed_host(root.path()).zlib);
}

TEST_CASE("a compatibility package's libcuda is no installed driver", "[probe]") {
  FakeRoot root;
  root.elf("/bin/sh", FakeRoot::x86_64, loader_x86_64)
      .file("/etc/ld.so.conf", "/usr/local/cuda-13.0/compat\n")
      .elf("/usr/local/cuda-13.0/compat/libcuda.so.580.82.07", FakeRoot::x86_64)
      .link("/usr/local/cuda-13.0/compat/libcuda.so.1", "libcuda.so.580.82.07");
  CHECK_FALSE(probed_host(root.path()).driver.installed);
}

TEST_CASE("nor is the one that the shared link of an activation leads to", "[probe]") {
  FakeRoot root;
  root.elf("/bin/sh", FakeRoot::x86_64, loader_x86_64)
      .file("/etc/ld.so.conf", "/usr/local/cuda-compat/current\n")
      .elf("/usr/local/cuda-13.0/compat/libcuda.so.580.82.07", FakeRoot::x86_64)
      .link("/usr/local/cuda-13.0/compat/libcuda.so.1", "libcuda.so.580.82.07")
      .link("/usr/local/cuda-compat/current", "/usr/local/cuda-13.0/compat");
  CHECK_FALSE(probed_host(root.path()).driver.installed);
}

TEST_CASE("the family chooses between package managers that are both there", "[probe]") {
  const auto chosen = [](const std::string& os_release, const std::vector<std::string>& programs) {
    FakeRoot root;
    root.file("/etc/os-release", os_release);
    for (const std::string& program : programs) {
      root.file("/usr/bin/" + program, "");
    }
    return probed_host(root.path()).package_manager;
  };
  CHECK(chosen("ID=fedora\n", {"apt-get", "dnf"}) == "dnf");
  CHECK(chosen("ID=ubuntu\nID_LIKE=debian\n", {"apt-get", "dnf"}) == "apt");
  CHECK(chosen("ID=opensuse-leap\nID_LIKE=\"suse opensuse\"\n", {"zypper", "dnf"}) == "zypper");
  CHECK(chosen("ID=azurelinux\n", {"tdnf", "dnf"}) == "tdnf");
  CHECK(chosen("ID=rhel\n", {"yum"}) == "yum");
  CHECK(chosen("ID=arch\n", {"pacman"}) == "none");
}

TEST_CASE("a system that is replaced as a whole is told by its deployments", "[probe]") {
  FakeRoot root;
  root.file("/etc/os-release", "ID=fedora\n").file("/usr/bin/dnf", "").file("/usr/sbin/transactional-update", "");
  CHECK(probed_host(root.path()).fixed_image.empty());  // its /usr can be written
  root.file("/sysroot/ostree/repo/config", "[core]\n");
  CHECK(probed_host(root.path()).fixed_image == "ostree");
}

TEST_CASE("this machine is as its own tools say", "[probe]") {
  const Host host = probed_host("/");
  CHECK(host.os.id == answer(". /etc/os-release; echo \"$ID\""));
  CHECK(host.os.version_id == answer(". /etc/os-release; echo \"$VERSION_ID\""));
  CHECK(host.os.pretty_name == answer(". /etc/os-release; echo \"$PRETTY_NAME\""));
  CHECK(host.machine == answer("uname -m"));
  CHECK(host.libc.kind == LibcKind::glibc);
  REQUIRE(host.libc.version);
  CHECK(host.libc.version->text() == answer("ldd --version | sed -n '1s/.* //p'"));
  CHECK(host.zlib == (answer("PATH=$PATH:/sbin; ldconfig -p | grep -c 'libz[.]so[.]1 '") != "0"));
  CHECK(host.user == answer("id -un"));
  CHECK(host.root_user == (answer("id -u") == "0"));
}
