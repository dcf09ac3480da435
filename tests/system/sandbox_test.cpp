#include "system/sandbox.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
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
#include "support/scratch.h"

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

TEST_CASE("no other door is open: handles, rings, namespaces, keys, other processes", "[sandbox]") {
  // Numbers alone: with these arguments each would do something, or fail otherwise than by EPERM, outside.
  const std::map<std::string, std::function<long()>> deeds = {
      {"openat2", [] { return syscall(SYS_openat2, AT_FDCWD, "/", nullptr, 0); }},
      {"open by handle", [] { return syscall(SYS_open_by_handle_at, AT_FDCWD, nullptr, O_RDONLY); }},
      {"io_uring", [] { return syscall(SYS_io_uring_setup, 1, nullptr); }},
      {"execveat", [] { return syscall(SYS_execveat, AT_FDCWD, "/bin/true", nullptr, nullptr, 0); }},
      {"clone with this memory", [] { return syscall(SYS_clone, CLONE_VM | SIGCHLD, 0, 0, 0, 0); }},
      {"unshare", [] { return syscall(SYS_unshare, CLONE_NEWUSER); }},
      {"setns", [] { return syscall(SYS_setns, 0, 0); }},
      {"mount", [] { return syscall(SYS_mount, "none", "/", "tmpfs", 0, nullptr); }},
      {"chroot", [] { return syscall(SYS_chroot, "/"); }},
      {"bpf", [] { return syscall(SYS_bpf, 0, nullptr, 0); }},
      {"userfaultfd", [] { return syscall(SYS_userfaultfd, 0); }},
      {"keyctl", [] { return syscall(SYS_keyctl, 0, 0, 0); }},
      {"shmget", [] { return syscall(SYS_shmget, 0, 4096, 01600); }},
      {"setsid", [] { return syscall(SYS_setsid); }},
      {"tgkill", [] { return syscall(SYS_tgkill, getpid(), gettid(), 0); }},
      {"pidfd", [] { return syscall(SYS_pidfd_open, getpid(), 0); }},
      {"prlimit", [] { return syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, nullptr, nullptr); }},
      {"sendto", [] { return syscall(SYS_sendto, 1, "x", 1, 0, nullptr, 0); }},
      {"ioctl", [] { return syscall(SYS_ioctl, 0, 0, nullptr); }},
      {"fcntl", [] { return syscall(SYS_fcntl, 1, F_DUPFD, 0); }},
      {"mkdirat", [] { return syscall(SYS_mkdirat, AT_FDCWD, "/tmp/sandbox-test", 0700); }},
      {"renameat2", [] { return syscall(SYS_renameat2, AT_FDCWD, "/tmp/a", AT_FDCWD, "/tmp/b", 0); }},
      {"ftruncate", [] { return syscall(SYS_ftruncate, 1, 0); }},
  };
  for (const auto& [name, deed] : deeds) {
    INFO(name);
    CHECK(is_refused(walled(deed)));
  }
}

TEST_CASE("the parent's files and memory stay as they are, whatever the child has inherited", "[sandbox]") {
  const Scratch scratch;
  scratch.write("file", "the parent's");
  static int word = 0;  // at the same address in both
  word = 42;
  const int inherited = open(scratch.at("file").c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(inherited >= 0);
  const int parent = getpid();
  const auto write_memory = [parent] {
    static int other = 13;
    const iovec from = {.iov_base = &other, .iov_len = sizeof other};
    const iovec to = {.iov_base = &word, .iov_len = sizeof word};
    return syscall(SYS_process_vm_writev, parent, &from, 1, &to, 1, 0);
  };
  CHECK(is_refused(walled(write_memory)));
  CHECK(is_refused(walled([&] { return long{open(scratch.at("file").c_str(), O_WRONLY | O_TRUNC)}; })));
  CHECK(is_refused(walled([&] { return syscall(SYS_pwrite64, inherited, "child", 5, 0); })));
  const auto overwrite = [&] { return static_cast<long>(write(inherited, "child", 5)); };
  const Outcome written = walled(overwrite);
  CHECK((written.answer < 0 || WIFSIGNALED(written.status)));  // no file may grow, and none be written from its start
  CHECK(word == 42);
  CHECK(scratch.text("file") == "the parent's");
  close(inherited);
}

#if defined(__x86_64__)
TEST_CASE("calls by the doors of 32-bit programs end the child", "[sandbox]") {
  const Outcome by_interrupt = walled([] {
    long answer = 20;  // getpid there
    asm volatile("int $0x80" : "+a"(answer) : : "memory", "r8", "r9", "r10", "r11");
    return answer;
  });
  CHECK(WIFSIGNALED(by_interrupt.status));
  CHECK(WTERMSIG(by_interrupt.status) == SIGSYS);
  const Outcome by_x32 = walled([] { return syscall(0x40000000L + SYS_getpid); });
  CHECK(WIFSIGNALED(by_x32.status));
  CHECK(WTERMSIG(by_x32.status) == SIGSYS);
}
#endif

TEST_CASE("a child that ignores every signal ends with its parent", "[sandbox]") {
  std::array<int, 2> ends{};
  REQUIRE(pipe(ends.data()) == 0);
  const pid_t middle = fork();
  REQUIRE(middle >= 0);
  if (middle == 0) {
    const int parent = getpid();
    if (fork() == 0) {
      walled_in(parent);
      for (int signal = 1; signal < 32; ++signal) {
        std::signal(signal, SIG_IGN);
      }
      [[maybe_unused]] const ssize_t told = write(ends[1], "r", 1);
      while (true) {
        std::this_thread::sleep_for(std::chrono::seconds(1));
      }
    }
    while (true) {
      pause();
    }
  }
  close(ends[1]);
  char byte = 0;
  REQUIRE(read(ends[0], &byte, 1) == 1);
  kill(middle, SIGKILL);
  waitpid(middle, nullptr, 0);
  // Its end of the pipe closes when it is gone; if it lived on, this would wait for it for ever.
  pollfd gone = {.fd = ends[0], .events = 0, .revents = 0};
  CHECK(poll(&gone, 1, 10'000) == 1);
  close(ends[0]);
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
