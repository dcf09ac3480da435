#include "host/host.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::string text_of(const std::optional<Version>& version) {
  return version ? version->text() : "none";
}

std::string elf(char machine, char order) {
  std::string bytes = std::string("\x7f") + "ELF" + '\2' + order + std::string(14, '\0');
  bytes[order == 1 ? 18 : 19] = machine;
  return bytes;
}

}  // namespace

TEST_CASE("the C library's banner tells its version", "[libc]") {
  const std::string before(1000, '\0');
  CHECK(text_of(glibc_version(before + "GNU C Library (Debian GLIBC 2.36-9+deb12u10) stable release version 2.36.\n"
                                       "Copyright (C) 2022")) == "2.36");
  CHECK(text_of(glibc_version("GNU C Library (GNU libc) stable release version 2.17, by Roland McGrath et al.\n")) ==
        "2.17");
  CHECK(text_of(glibc_version("GNU C Library (GNU libc) development release version 2.40.9000.\n")) == "2.40.9000");
}

TEST_CASE("bytes without a banner tell no version", "[libc]") {
  CHECK(text_of(glibc_version("")) == "none");
  CHECK(text_of(glibc_version("GNU C Library (a) stable\nrelease version 2.36.\n")) == "none");
  CHECK(text_of(glibc_version("GNU C Library stable release version x\n")) == "none");
}

TEST_CASE("the machine of an ELF file is read in its own byte order", "[libc]") {
  CHECK(elf_machine(elf(62, 1)) == "x86_64");
  CHECK(elf_machine(elf(static_cast<char>(183), 1)) == "aarch64");
  CHECK(elf_machine(elf(21, 1)) == "ppc64le");
  CHECK(elf_machine(elf(21, 2)) == "ppc64");
  CHECK(elf_machine(elf(3, 1)) == "i686");
  CHECK(elf_machine(elf(99, 1)).empty());
}

TEST_CASE("what is no ELF file has no machine", "[libc]") {
  CHECK(elf_machine("").empty());
  CHECK(elf_machine("#!/bin/sh\necho a long enough script").empty());
  CHECK(elf_machine(elf(62, 1).substr(0, 19)).empty());
}

TEST_CASE("the interpreter is found between two zero bytes", "[libc]") {
  const std::string zero(1, '\0');
  CHECK(interpreter_in("head" + zero + "/lib64/ld-linux-x86-64.so.2" + zero) == "/lib64/ld-linux-x86-64.so.2");
  CHECK(interpreter_in("head" + zero + "/lib/ld-musl-x86_64.so.1" + zero) == "/lib/ld-musl-x86_64.so.1");
  CHECK(interpreter_in("head" + zero + "/lib64/ld64.so.2" + zero) == "/lib64/ld64.so.2");
  CHECK(interpreter_in("head" + zero + "/nix/store/abc-glibc-2.40/lib/ld-linux-x86-64.so.2" + zero) ==
        "/nix/store/abc-glibc-2.40/lib/ld-linux-x86-64.so.2");
}

TEST_CASE("a program without an interpreter has none", "[libc]") {
  CHECK(interpreter_in("").empty());
  CHECK(interpreter_in("/lib64/ld-linux-x86-64.so.2").empty());
  CHECK(interpreter_in(std::string(1, '\0') + "text with /ld-linux in it" + std::string(1, '\0')).empty());
}
