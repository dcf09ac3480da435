#include "system/sandbox.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fstream>
#include <functional>
#include <iterator>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "support/catch.h"

using namespace cudnn_install;

namespace {

// What a walled-in child found out about one deed: what the deed answered, and errno.
struct Outcome {
  int wall_seccomp = 0;
  int wall_user = 0;
  long answer = 0;
  int code = 0;
  int status = 0;  // of the child, as waitpid() tells
};

// Descriptors that are open already stay usable, so the answer comes through a pipe.
Outcome walled(const std::function<long()>& deed) {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  const int parent = getpid();
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    const Protection walls = walled_in(parent);
    Outcome outcome{.wall_seccomp = walls.seccomp ? 1 : 0, .wall_user = walls.own_user ? 1 : 0};
    errno = 0;
    outcome.answer = deed();
    outcome.code = errno;
    const ssize_t told = write(ends[1], &outcome, sizeof outcome);
    _exit(told == static_cast<ssize_t>(sizeof outcome) ? 0 : 1);
  }
  close(ends[1]);
  Outcome outcome;
  const ssize_t length = read(ends[0], &outcome, sizeof outcome);
  close(ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  REQUIRE((length == static_cast<ssize_t>(sizeof outcome) || length == 0));
  outcome.status = status;
  return outcome;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

bool is_refused(const Outcome& outcome) {
  return outcome.status == 0 && outcome.wall_seccomp == 1 && outcome.answer == -1 && outcome.code == EPERM;
}

}  // namespace

TEST_CASE("both walls stand where root starts the child, one elsewhere", "[sandbox]") {
  const Outcome outcome = walled([] { return 42L; });
  CHECK(outcome.status == 0);
  CHECK(outcome.wall_seccomp == 1);
  CHECK(outcome.wall_user == (geteuid() == 0 ? 1 : 0));
  CHECK(outcome.answer == 42);
}

TEST_CASE("nothing can be opened, started, reached or killed from within", "[sandbox]") {
  const std::map<std::string, std::function<long()>> deeds = {
      {"open", [] { return static_cast<long>(open("/dev/null", O_RDONLY)); }},
      {"creat", [] { return static_cast<long>(creat("/tmp/sandbox-test", 0600)); }},
      {"stat",
       [] {
         struct stat raw {};
         return static_cast<long>(stat("/", &raw));
       }},
      {"unlink", [] { return static_cast<long>(unlink("/tmp/sandbox-test")); }},
      {"socket", [] { return static_cast<long>(socket(AF_UNIX, SOCK_STREAM, 0)); }},
      {"socket inet", [] { return static_cast<long>(socket(AF_INET, SOCK_STREAM, 0)); }},
      {"execve",
       [] {
         std::array<char*, 1> none = {nullptr};
         return static_cast<long>(execve("/bin/true", none.data(), none.data()));
       }},
      {"fork", [] { return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); }},
      {"kill", [] { return static_cast<long>(kill(getpid(), 0)); }},
      {"kill parent", [] { return static_cast<long>(kill(1, SIGKILL)); }},
      {"ptrace", [] { return syscall(SYS_ptrace, 16, 1, 0, 0); }},
      {"prctl", [] { return syscall(SYS_prctl, 22, 2, 0); }},
      {"setuid", [] { return syscall(SYS_setuid, 0); }},
      {"memfd", [] { return syscall(SYS_memfd_create, "x", 0); }},
      {"dup", [] { return syscall(SYS_dup, 1); }},
  };
  for (const auto& [name, deed] : deeds) {
    INFO(name);
    CHECK(is_refused(walled(deed)));
  }
}

TEST_CASE("clone3 is said not to be there, so that threads are made the older way", "[sandbox]") {
  const Outcome outcome = walled([] { return syscall(SYS_clone3, nullptr, 0); });
  CHECK(outcome.answer == -1);
  CHECK(outcome.code == ENOSYS);
}

TEST_CASE("computing goes on: memory, threads, the clock", "[sandbox]") {
  // Bare threads, as the decoders make them: the sanitizers' checks of std::thread would want to open pipes.
  const Outcome outcome = walled([] {
    long sum = 0;
    pthread_t other{};
    const auto work = [](void* into) -> void* {
      const std::vector<char> memory(std::size_t{64} << 20U, '\1');
      *static_cast<long*>(into) = memory.back();
      return nullptr;
    };
    const bool ran = pthread_create(&other, nullptr, work, &sum) == 0 && pthread_join(other, nullptr) == 0;
    timespec now{};
    return ran && clock_gettime(CLOCK_MONOTONIC, &now) == 0 ? sum : -1L;
  });
  CHECK(outcome.status == 0);
  CHECK(outcome.answer == 1);
}

TEST_CASE("the rights of root are gone for good, and nothing can be dumped or grown", "[sandbox]") {
  const pid_t parent = getpid();
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    walled_in(parent);
    while (true) {
      std::this_thread::sleep_for(std::chrono::seconds(1));
    }
  }
  std::string status;
  for (int i = 0; i < 250 && status.find("Seccomp:\t2") == std::string::npos; ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    status = text_of("/proc/" + std::to_string(child) + "/status");
  }
  const std::string limits = text_of("/proc/" + std::to_string(child) + "/limits");
  kill(child, SIGKILL);
  waitpid(child, nullptr, 0);
  CHECK(status.find("NoNewPrivs:\t1") != std::string::npos);
  CHECK(status.find("Seccomp:\t2") != std::string::npos);
  CHECK(status.find("CapEff:\t0000000000000000") != std::string::npos);
  if (geteuid() == 0) {
    CHECK(status.find("Uid:\t0\t") == std::string::npos);
    CHECK(status.find("Gid:\t0\t") == std::string::npos);
    CHECK(status.find("CapPrm:\t0000000000000000") != std::string::npos);
  }
  for (const std::string name : {"Max file size", "Max core file size", "Max open files"}) {
    const std::size_t at = limits.find(name);
    REQUIRE(at != std::string::npos);
    std::istringstream values(limits.substr(at + name.size()));
    std::string soft;
    std::string hard;
    values >> soft >> hard;
    INFO(name);
    CHECK(soft == "0");
    CHECK(hard == "0");
  }
}

TEST_CASE("a child whose parent is gone already ends at once", "[sandbox]") {
  const pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    walled_in(getpid());  // which is not its parent
    _exit(0);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFEXITED(status));
  CHECK(WEXITSTATUS(status) == 1);
}
