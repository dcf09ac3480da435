#include "system/processes.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <optional>
#include <thread>
#include <utility>

#include "system/files.h"
#include "system/uninterrupted.h"

namespace cudnn_install {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::array<const char*, 4> search_path = {"/usr/sbin", "/usr/bin", "/sbin", "/bin"};
constexpr std::size_t most_output = 1U << 20U;
constexpr std::chrono::milliseconds longest_nap{20};
constexpr std::chrono::seconds grace{5};  // between the polite signal and the other one

struct Pipe {
  Descriptor read;
  Descriptor write;
};

// Both ends above the child's descriptors 0 to 4, so that moving them there overwrites none of them.
Result<Pipe> made_pipe() {
  std::array<int, 2> low{};
  if (pipe2(low.data(), O_CLOEXEC) != 0) {
    return tl::unexpected(system_error(errno, "cannot make a pipe"));
  }
  const Pipe first{Descriptor(low[0]), Descriptor(low[1])};
  Pipe high{Descriptor(fcntl(low[0], F_DUPFD_CLOEXEC, 5)), Descriptor(fcntl(low[1], F_DUPFD_CLOEXEC, 5))};
  if (!high.read.open() || !high.write.open()) {
    return tl::unexpected(system_error(errno, "cannot make a pipe"));
  }
  return high;
}

// A file without a name, as a pipe's two ends: nobody who writes into it minds whether it is read.
Result<Pipe> made_file() {
  std::FILE* file = std::tmpfile();
  if (file == nullptr) {
    return tl::unexpected(system_error(errno, "cannot make a temporary file"));
  }
  const int low = fileno(file);
  Pipe ends{Descriptor(fcntl(low, F_DUPFD_CLOEXEC, 5)), Descriptor(fcntl(low, F_DUPFD_CLOEXEC, 5))};
  static_cast<void>(std::fclose(file));
  if (!ends.read.open() || !ends.write.open()) {
    return tl::unexpected(system_error(errno, "cannot make a temporary file"));
  }
  return ends;
}

struct Pipes {
  Pipe out;
  Pipe err;
  Pipe failure;  // carries errno if the program cannot be started; closes by itself if it can
};

Result<Pipes> made_pipes(const Command& command) {
  Result<Pipe> out = command.outlives_us ? made_file() : made_pipe();
  Result<Pipe> err = command.outlives_us ? made_file() : made_pipe();
  Result<Pipe> failed = made_pipe();
  for (const Result<Pipe>* pipe : {&out, &err, &failed}) {
    if (!*pipe) {
      return tl::unexpected(pipe->error());
    }
  }
  return Pipes{std::move(*out), std::move(*err), std::move(*failed)};
}

// --- in the child: only calls that are safe after fork() of a process with threads ---------------------------------

void close_from(int first) {
#ifdef SYS_close_range
  if (syscall(SYS_close_range, static_cast<unsigned>(first), ~0U, 0U) == 0) {
    return;
  }
#endif
  static constexpr rlim_t most = 65536;
  rlimit limit{};
  const rlim_t end = getrlimit(RLIMIT_NOFILE, &limit) == 0 ? std::min(limit.rlim_cur, most) : most;
  for (int descriptor = first; descriptor < static_cast<int>(end); ++descriptor) {
    close(descriptor);
  }
}

void forget_signals() {
  struct sigaction standard {};
  standard.sa_handler = SIG_DFL;
  for (int number = 1; number < NSIG; ++number) {
    sigaction(number, &standard, nullptr);
  }
  sigset_t none;
  sigemptyset(&none);
  sigprocmask(SIG_SETMASK, &none, nullptr);
}

struct Handed {
  int out = -1;
  int err = -1;
  int failure = -1;
  int held = -1;
};

[[noreturn]] void become(const char* program, char* const* argv, char* const* environment, const Handed& handed) {
  static constexpr int failure_descriptor = 3;
  static constexpr int held_descriptor = 4;
  setsid();
  const int nothing = open("/dev/null", O_RDONLY);
  if (nothing > 0) {
    dup2(nothing, 0);
  }
  dup2(handed.out, 1);
  dup2(handed.err, 2);
  if (handed.held >= 0 && handed.held != held_descriptor) {
    dup2(handed.held, held_descriptor);
  } else if (handed.held == held_descriptor) {
    fcntl(held_descriptor, F_SETFD, 0);
  }
  dup3(handed.failure, failure_descriptor, O_CLOEXEC);
  close_from(handed.held >= 0 ? held_descriptor + 1 : failure_descriptor + 1);
  forget_signals();
  if (nothing >= 0) {
    execve(program, argv, environment);
  }
  const int code = errno;
  static_cast<void>(!write(failure_descriptor, &code, sizeof code));
  _exit(127);
}

// --- in the parent -------------------------------------------------------------------------------------------------

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> result;
  std::transform(words.begin(), words.end(), std::back_inserter(result), [](std::string& word) { return word.data(); });
  result.push_back(nullptr);
  return result;
}

// All signals wait meanwhile: a handler of ours must not run in the child.
Result<pid_t> started(const std::string& program, const Command& command, Pipes& pipes) {
  std::vector<std::string> words = command.argv;
  std::vector<std::string> settings = {"PATH=/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C", "HOME=/"};
  const std::vector<char*> argv = pointers(words);
  const std::vector<char*> environment = pointers(settings);
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  const pid_t child = fork();
  if (child == 0) {
    become(program.c_str(), argv.data(), environment.data(),
           {pipes.out.write.number(), pipes.err.write.number(), pipes.failure.write.number(), command.held});
  }
  const int code = errno;
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  if (child < 0) {
    return tl::unexpected(system_error(code, "cannot start '" + program + "'"));
  }
  for (Pipe* pipe : {&pipes.out, &pipes.err, &pipes.failure}) {
    pipe->write.close();
  }
  return child;
}

// Takes what is there; closes the descriptor at its end.
void take(Descriptor& from, std::string& into) {
  std::array<char, 65536> buffer{};
  const ssize_t count = read(from.number(), buffer.data(), buffer.size());
  if (count > 0) {
    into.append(buffer.data(), std::min(static_cast<std::size_t>(count), most_output - into.size()));
  } else if (count == 0 || (errno != EINTR && errno != EAGAIN)) {
    from.close();
  }
}

// Reads for a moment; true if something came.
bool read_some(Pipes& pipes, Finished& finished, std::chrono::milliseconds wait) {
  std::array<pollfd, 2> polled = {{{pipes.out.read.number(), POLLIN, 0}, {pipes.err.read.number(), POLLIN, 0}}};
  const int ready = poll(polled.data(), polled.size(), static_cast<int>(wait.count()));
  if (ready <= 0) {
    return false;
  }
  if (polled[0].revents != 0) {
    take(pipes.out.read, finished.out);
  }
  if (polled[1].revents != 0) {
    take(pipes.err.read, finished.err);
  }
  return true;
}

struct Ended {
  int status = 0;
  bool in_time = true;
  bool known = true;  // false: someone else took the exit status
};

// Waits for the program itself: what it left running in the background may keep the pipes open for ever.
Ended waited_for(pid_t child, std::chrono::seconds limit, Pipes& pipes, Finished& finished) {
  const Clock::time_point deadline = Clock::now() + limit;
  Ended ended;
  int raw = 0;
  pid_t answer = 0;
  while ((answer = waitpid(child, &raw, WNOHANG)) == 0 || (answer < 0 && errno == EINTR)) {
    const Clock::time_point now = Clock::now();
    if (now >= deadline + grace) {
      kill(-child, SIGKILL);
    } else if (now >= deadline && ended.in_time) {
      kill(-child, SIGTERM);
      ended.in_time = false;
    }
    const bool reading = pipes.out.read.open() || pipes.err.read.open();
    read_some(pipes, finished, reading ? longest_nap : std::chrono::milliseconds(1));
  }
  if (!ended.in_time) {
    kill(-child, SIGKILL);  // what is left of its group
  }
  while ((pipes.out.read.open() || pipes.err.read.open()) && read_some(pipes, finished, std::chrono::milliseconds(0))) {
  }
  ended.known = answer == child;
  ended.status = WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw);
  return ended;
}

// What writes into files is waited for without a limit, and read when it has ended.
Ended waited_for(pid_t child, Pipes& pipes, Finished& finished) {
  int raw = 0;
  const pid_t answer = uninterrupted([&] { return waitpid(child, &raw, 0); });
  for (auto [from, into] : {std::pair(&pipes.out.read, &finished.out), std::pair(&pipes.err.read, &finished.err)}) {
    lseek(from->number(), 0, SEEK_SET);
    while (from->open() && into->size() < most_output) {
      take(*from, *into);
    }
  }
  return {.status = WIFSIGNALED(raw) ? 128 + WTERMSIG(raw) : WEXITSTATUS(raw), .known = answer == child};
}

}  // namespace

Result<Finished> RealProcesses::run(const Command& command) {
  const std::string name = command.argv.empty() ? std::string() : command.argv.front();
  const std::string program = name.find('/') == std::string::npos ? find(name) : name;
  if (program.empty()) {
    return failure(Fault::unsupported, "there is no program '" + name + "' on this machine");
  }
  Result<Pipes> pipes = made_pipes(command);
  if (!pipes) {
    return tl::unexpected(pipes.error());
  }
  const Result<pid_t> child = started(program, command, *pipes);
  if (!child) {
    return tl::unexpected(child.error());
  }
  int code = 0;
  ssize_t count = 0;
  while ((count = read(pipes->failure.read.number(), &code, sizeof code)) < 0 && errno == EINTR) {
  }
  Finished finished;
  const Ended ended = command.outlives_us ? waited_for(*child, *pipes, finished)
                                          : waited_for(*child, command.time_limit, *pipes, finished);
  if (count == static_cast<ssize_t>(sizeof code)) {
    return code == ENOENT ? failure(Fault::unsupported, "there is no program '" + name + "' on this machine")
                          : tl::unexpected(system_error(code, "cannot start '" + name + "'"));
  }
  if (!ended.in_time) {
    return failure(Fault::package_manager, "'" + name + "' did not end within " +
                                               std::to_string(command.time_limit.count()) + " s and was stopped");
  }
  if (!ended.known) {
    return failure(Fault::internal, "the exit status of '" + name + "' is lost");
  }
  finished.status = ended.status;
  return finished;
}

std::string RealProcesses::find(const std::string& program) const {
  for (const char* directory : search_path) {
    std::string candidate = std::string(directory) + '/' + program;
    if (!program.empty() && access(candidate.c_str(), X_OK) == 0) {
      return candidate;
    }
  }
  return {};
}

}  // namespace cudnn_install
