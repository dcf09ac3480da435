#include "system/sandbox.h"

#include <grp.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstddef>
#include <vector>

namespace cudnn_install {

namespace {

#if defined(__x86_64__)
constexpr std::uint32_t this_machine = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr std::uint32_t this_machine = AUDIT_ARCH_AARCH64;
#elif defined(__powerpc64__)
constexpr std::uint32_t this_machine = AUDIT_ARCH_PPC64LE;
#else
constexpr std::uint32_t this_machine = 0;
#endif

// AddressSanitizer's shadow takes terabytes of address space. GCC tells by a macro, Clang by a feature.
#if defined(__SANITIZE_ADDRESS__)
constexpr bool shadowed = true;
#elif defined(__has_feature)
constexpr bool shadowed = __has_feature(address_sanitizer);
#else
constexpr bool shadowed = false;
#endif

// A high user number that no account has; root in a small user namespace may have to do with nobody's.
bool gave_up_root() {
  if (geteuid() != 0) {
    return false;
  }
  for (const uid_t user : {static_cast<uid_t>(1'879'000'000 + getpid() % 1'000'000), static_cast<uid_t>(65534)}) {
    if (setgroups(0, nullptr) == 0 && setresgid(user, user, user) == 0 && setresuid(user, user, user) == 0) {
      return setresuid(0, 0, 0) != 0;
    }
  }
  return false;
}

void limit(decltype(RLIMIT_AS) what, rlim_t most) {
  const rlimit value = {.rlim_cur = most, .rlim_max = most};
  setrlimit(what, &value);
}

sock_filter statement(unsigned code, std::uint32_t value) {
  return {static_cast<std::uint16_t>(code), 0, 0, value};
}
sock_filter jump(unsigned code, std::uint32_t value, std::uint8_t yes, std::uint8_t no) {
  return {static_cast<std::uint16_t>(code), yes, no, value};
}

// What computing takes: memory, threads of this process, the pipes that are open, and ending. Everything else is
// refused.
std::vector<std::uint32_t> allowed_calls() {
  return {
      SYS_read,
      SYS_write,
      SYS_close,
      SYS_mmap,
      SYS_munmap,
      SYS_mprotect,
      SYS_mremap,
      SYS_madvise,
      SYS_brk,
      SYS_futex,
      SYS_exit,
      SYS_exit_group,
      SYS_rt_sigreturn,
      SYS_rt_sigprocmask,
      SYS_rt_sigaction,
      SYS_sigaltstack,
      SYS_gettid,
      SYS_getpid,
      SYS_sched_yield,
      SYS_set_robust_list,
      SYS_clock_gettime,
      SYS_clock_nanosleep,
      SYS_restart_syscall,
      SYS_sched_getaffinity,
      SYS_getrandom,
#if defined(SYS_rseq)
      SYS_rseq,
#endif
  };
}

constexpr unsigned load_word = BPF_LD | BPF_W | BPF_ABS;
constexpr unsigned if_equal = BPF_JMP | BPF_JEQ | BPF_K;
constexpr unsigned answer = BPF_RET | BPF_K;

std::vector<sock_filter> filter() {
  constexpr std::uint32_t refuse = SECCOMP_RET_ERRNO | 1U;      // EPERM
  constexpr std::uint32_t not_there = SECCOMP_RET_ERRNO | 38U;  // ENOSYS: glibc then falls back from clone3 to clone
  std::vector<sock_filter> program = {
      statement(load_word, offsetof(seccomp_data, arch)), jump(if_equal, this_machine, 1, 0),
      statement(answer, SECCOMP_RET_KILL_PROCESS),        statement(load_word, offsetof(seccomp_data, nr)),
      jump(BPF_JMP | BPF_JGE | BPF_K, 0x40000000U, 0, 1),  // the x32 calls of x86_64
      statement(answer, SECCOMP_RET_KILL_PROCESS),
  };
  for (const std::uint32_t call : allowed_calls()) {
    program.push_back(jump(if_equal, call, 0, 1));
    program.push_back(statement(answer, SECCOMP_RET_ALLOW));
  }
#if defined(SYS_clone3)
  program.push_back(jump(if_equal, SYS_clone3, 0, 1));
  program.push_back(statement(answer, not_there));
#endif
  // clone: threads of this process only, never a new process.
  program.push_back(jump(if_equal, SYS_clone, 0, 4));
  program.push_back(statement(load_word, offsetof(seccomp_data, args)));
  program.push_back(jump(BPF_JMP | BPF_JSET | BPF_K, CLONE_THREAD, 0, 1));
  program.push_back(statement(answer, SECCOMP_RET_ALLOW));
  program.push_back(statement(answer, refuse));
  program.push_back(statement(answer, refuse));
  return program;
}

bool filtered() {
  if (this_machine == 0) {
    return false;
  }
  std::vector<sock_filter> program = filter();
  const sock_fprog loaded = {.len = static_cast<unsigned short>(program.size()), .filter = program.data()};
  return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &loaded) == 0;
}

}  // namespace

Protection walled_in(int parent) {
  Protection protection;
  protection.own_user = gave_up_root();
  // The change of user clears it, so it is set after that; a parent that died before is noticed by its absence.
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (getppid() != parent) {
    _exit(1);
  }
  prctl(PR_SET_DUMPABLE, 0);
  prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_NOFILE, 0);
  limit(RLIMIT_CPU, 3600);
  if (!shadowed) {
    limit(RLIMIT_AS, 8ULL << 30U);
  }
  protection.seccomp = filtered();
  return protection;
}

}  // namespace cudnn_install
