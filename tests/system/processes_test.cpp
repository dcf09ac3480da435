#include "system/processes.h"

#include <fcntl.h>
#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>

#include "support/catch.h"

using namespace cudnn_install;

namespace {

Result<Finished> shell(const std::string& script, std::chrono::seconds limit = std::chrono::seconds(60)) {
  return RealProcesses().run({.argv = {"sh", "-c", script}, .time_limit = limit});
}

double seconds_since(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

TEST_CASE("a program's two outputs and its status come back apart", "[processes]") {
  const auto finished = shell("echo out; echo err >&2; exit 3");
  REQUIRE(finished);
  CHECK(finished->status == 3);
  CHECK(finished->out == "out\n");
  CHECK(finished->err == "err\n");
}

TEST_CASE("a program ended by a signal has status 128 and the signal", "[processes]") {
  const auto finished = shell("kill -TERM $$");
  REQUIRE(finished);
  CHECK(finished->status == 128 + SIGTERM);
}

TEST_CASE("words reach the program as they are, no shell reads them", "[processes]") {
  const auto finished = RealProcesses().run({.argv = {"printf", "%s|", "a b", "$HOME", "", "*"}});
  REQUIRE(finished);
  CHECK(finished->out == "a b|$HOME||*|");
}

TEST_CASE("the environment holds PATH, LC_ALL and HOME alone", "[processes]") {
  setenv("LD_PRELOAD_OF_A_STRANGER", "x", 1);
  const auto finished = RealProcesses().run({.argv = {"env"}});
  unsetenv("LD_PRELOAD_OF_A_STRANGER");
  REQUIRE(finished);
  CHECK(finished->out == "PATH=/usr/sbin:/usr/bin:/sbin:/bin\nLC_ALL=C\nHOME=/\n");
}

TEST_CASE("standard input is empty and no other descriptor is inherited", "[processes]") {
  const int stranger = open("/dev/null", O_RDONLY);
  REQUIRE(dup2(stranger, 57) == 57);
  const auto finished = shell("cat; readlink /proc/$$/fd/0; exec ls /proc/self/fd");
  close(57);
  close(stranger);
  REQUIRE(finished);
  CHECK(finished->out == "/dev/null\n0\n1\n2\n3\n");  // 3 is the directory that ls reads
}

TEST_CASE("the program leads a session of its own", "[processes]") {
  // Fields 1, 5 and 6 of stat are process, group and session; the shell's name holds no blank.
  const auto finished = shell(
      "read -r pid name state parent group session rest </proc/$$/stat; "
      "test $pid = $group && test $pid = $session && echo leader");
  REQUIRE(finished);
  CHECK(finished->out == "leader\n");
}

TEST_CASE("ignored and blocked signals of this process are not inherited", "[processes]") {
  sigset_t some;
  sigset_t before;
  sigemptyset(&some);
  sigaddset(&some, SIGUSR1);
  sigprocmask(SIG_BLOCK, &some, &before);
  auto* const old = std::signal(SIGPIPE, SIG_IGN);
  const auto finished = RealProcesses().run({.argv = {"sed", "-nE", "/^Sig(Blk|Ign|Cgt)/p", "/proc/self/status"}});
  std::signal(SIGPIPE, old);
  sigprocmask(SIG_SETMASK, &before, nullptr);
  REQUIRE(finished);
  CHECK(finished->out == "SigBlk:\t0000000000000000\nSigIgn:\t0000000000000000\nSigCgt:\t0000000000000000\n");
}

TEST_CASE("a program that is not there is unsupported", "[processes]") {
  const auto by_name = RealProcesses().run({.argv = {"no-such-program"}});
  REQUIRE_FALSE(by_name);
  CHECK(by_name.error() ==
        Error{.fault = Fault::unsupported, .what = "there is no program 'no-such-program' on this machine"});
  const auto by_path = RealProcesses().run({.argv = {"/no/such/program"}});
  REQUIRE_FALSE(by_path);
  CHECK(by_path.error() ==
        Error{.fault = Fault::unsupported, .what = "there is no program '/no/such/program' on this machine"});
}

TEST_CASE("a file that cannot be executed says so", "[processes]") {
  const auto finished = RealProcesses().run({.argv = {"/etc/passwd"}});
  REQUIRE_FALSE(finished);
  CHECK(finished.error() == Error{.fault = Fault::permission,
                                  .what = "cannot start '/etc/passwd': Permission denied",
                                  .hint = "run the command with sudo or as the owner, or choose another place"});
}

TEST_CASE("names are looked up on the fixed path, whatever PATH says", "[processes]") {
  const std::string before = getenv("PATH");
  setenv("PATH", "/nowhere", 1);
  CHECK(RealProcesses().find("sh") == "/usr/bin/sh");
  CHECK(RealProcesses().find("no-such-program").empty());
  CHECK(RealProcesses().find("").empty());
  setenv("PATH", before.c_str(), 1);
}

TEST_CASE("a program that outruns its limit is stopped with all that it started", "[processes]") {
  const auto start = std::chrono::steady_clock::now();
  const std::string mark =
      (std::filesystem::temp_directory_path() / ("processes-" + std::to_string(getpid()))).string();
  const auto finished = shell("sleep 60 & echo $! > " + mark + "; wait", std::chrono::seconds(1));
  REQUIRE_FALSE(finished);
  CHECK(finished.error() ==
        Error{.fault = Fault::package_manager, .what = "'sh' did not end within 1 s and was stopped"});
  CHECK(seconds_since(start) < 4);
  pid_t grandchild = 0;
  std::ifstream(mark) >> grandchild;
  std::filesystem::remove(mark);
  REQUIRE(grandchild > 0);
  std::string state;
  std::ifstream(("/proc/" + std::to_string(grandchild) + "/stat")) >> state >> state >> state;
  CHECK((state.empty() || state == "Z"));  // gone, or dead and not yet collected
}

TEST_CASE("a program that ignores the polite signal is killed", "[processes]") {
  const auto start = std::chrono::steady_clock::now();
  const auto finished = shell("trap '' TERM; while :; do sleep 1; done", std::chrono::seconds(1));
  REQUIRE_FALSE(finished);
  CHECK(finished.error().fault == Fault::package_manager);
  CHECK(seconds_since(start) < 10);
}

TEST_CASE("what a program leaves running in the background is not waited for", "[processes]") {
  const auto start = std::chrono::steady_clock::now();
  const auto finished = shell("sleep 5 & echo done");
  REQUIRE(finished);
  CHECK(finished->out == "done\n");
  CHECK(seconds_since(start) < 3);
}

TEST_CASE("output beyond 1 MiB is dropped and the program still ends by itself", "[processes]") {
  const auto finished = shell("head -c 3000000 /dev/zero | tr '\\0' x; echo end >&2");
  REQUIRE(finished);
  CHECK(finished->status == 0);
  CHECK(finished->out == std::string(1U << 20U, 'x'));
  CHECK(finished->err == "end\n");
}
