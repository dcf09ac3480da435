#include "verify/load_child.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <grp.h>
#include <link.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <memory>

#include "system/files.h"

namespace cudnn_install {

namespace {

constexpr std::size_t longest_report = 1U << 20U;
constexpr uid_t unused_user = 2'000'081'537;  // far above what systems hand out; nobody's
constexpr uid_t nobody = 65534;               // where a container maps no more users than 65536
constexpr int report_descriptor = 3;

void say(const std::string& line) {
  std::string text = line.substr(0, 1024);
  std::replace_if(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < ' '; }, ' ');
  text += '\n';
  if (::write(report_descriptor, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
    ::_exit(2);
  }
}

// Nothing of ours is left to the child but the pipe: no locks, no archives, no terminal.
void leave_files(int pipe) {
  pipe = ::fcntl(pipe, F_DUPFD, 10);  // out of the way of the standard three
  const int null = ::open("/dev/null", O_RDWR);
  for (int standard = 0; standard < 3; ++standard) {
    ::dup2(null, standard);
  }
  ::dup2(pipe, report_descriptor);
#ifdef SYS_close_range
  if (::syscall(SYS_close_range, report_descriptor + 1, ~0U, 0) == 0) {
    return;
  }
#endif
  const long last = ::sysconf(_SC_OPEN_MAX);
  for (int number = report_descriptor + 1; number < last; ++number) {
    ::close(number);
  }
}

void set_capabilities(std::uint32_t first) {
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> data{};
  data[0].permitted = first;
  data[0].effective = first;
  ::syscall(SYS_capset, &header, data.data());
}

// Root becomes a user that owns nothing. Where that user cannot reach the files (a prefix below /root) it may read, and
// only read, what root may. A container that maps no user but its root leaves us that one, without capabilities.
void leave_privileges(const std::vector<std::string>& files) {
  if (::geteuid() == 0) {
    ::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0);
    ::setgroups(0, nullptr);
    for (const uid_t user : {unused_user, nobody}) {
      if (::setresgid(user, user, user) == 0 && ::setresuid(user, user, user) == 0) {
        break;
      }
    }
    const bool reachable = std::all_of(files.begin(), files.end(), [](const std::string& file) {
      return ::access(file.c_str(), R_OK) == 0 || errno != EACCES;
    });
    set_capabilities(reachable ? 0 : 1U << CAP_DAC_READ_SEARCH);
  }
  ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
}

void limit(int resource, rlim_t most) {
  const rlimit limits{.rlim_cur = most, .rlim_max = most};
  ::setrlimit(static_cast<__rlimit_resource>(resource), &limits);
}

void confine(const std::vector<std::string>& files, std::chrono::seconds time_limit, pid_t parent) {
  ::setsid();
  for (int number = 1; number < NSIG; ++number) {
    ::signal(number, SIG_DFL);
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::sigprocmask(SIG_SETMASK, &none, nullptr);
  ::clearenv();
  ::setenv("PATH", "/usr/bin:/bin", 1);
  ::setenv("LC_ALL", "C", 1);
  limit(RLIMIT_CORE, 0);
  limit(RLIMIT_FSIZE, 0);
  limit(RLIMIT_CPU, static_cast<rlim_t>(time_limit.count()));
  leave_privileges(files);
  // After the change of user, which takes it back; the parent may have died in the meantime.
  ::prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
  if (::getppid() != parent) {
    ::_exit(2);
  }
}

// The function, if this library itself defines it and not one that it needs.
void* own_function(void* library, const char* name) {
  void* const function = ::dlsym(library, name);
  link_map* map = nullptr;
  link_map* origin = nullptr;
  Dl_info info{};
  const bool found = function != nullptr && ::dlinfo(library, RTLD_DI_LINKMAP, &map) == 0 &&
                     ::dladdr1(function, &info, reinterpret_cast<void**>(&origin), RTLD_DL_LINKMAP) != 0;
  return found && map == origin ? function : nullptr;
}

void call_functions(void* library, const std::string& index) {
  for (std::size_t i = 0; i < load_functions.size(); ++i) {
    void* const function = own_function(library, load_functions.at(i));
    if (function == nullptr) {
      continue;
    }
    const std::string call = index + ' ' + std::to_string(i);
    say("call " + call);
    const auto answer = i < status_functions_from
                            ? static_cast<unsigned long long>(reinterpret_cast<std::size_t (*)()>(function)())
                            : static_cast<unsigned int>(reinterpret_cast<int (*)()>(function)());
    say("answer " + call + ' ' + std::to_string(answer));
  }
}

int add_loaded(dl_phdr_info* info, std::size_t /*size*/, void* files) {
  const std::unique_ptr<char, decltype(&std::free)> path(::realpath(info->dlpi_name, nullptr), &std::free);
  static_cast<std::vector<std::string>*>(files)->emplace_back(path == nullptr ? info->dlpi_name : path.get());
  return 0;
}

// As the kernel tells it. To an emulated process the emulator tells it, by a file that it would have to write: the
// limit on files forbids that, the list is then empty, and the loader is asked.
std::vector<std::string> mapped_files() {
  ::signal(SIGXFSZ, SIG_IGN);
  std::ifstream maps("/proc/self/maps");
  std::vector<std::string> files;
  for (std::string line; std::getline(maps, line);) {
    const std::size_t start = line.find('/');
    files.push_back(start == std::string::npos ? "" : line.substr(start));
  }
  if (files.empty()) {
    ::dl_iterate_phdr(add_loaded, &files);
  }
  return files;
}

void say_what_is_mapped() {
  std::string last;
  for (const std::string& path : mapped_files()) {
    if (path != last && path.substr(path.rfind('/') + 1).starts_with("libcudnn")) {
      say("mapped " + path);
      last = path;
    }
  }
}

[[noreturn]] void open_and_report(const std::vector<std::string>& files) {
  std::vector<void*> libraries;
  for (std::size_t i = 0; i < files.size(); ++i) {
    say("open " + std::to_string(i));
    libraries.push_back(::dlopen(files[i].c_str(), RTLD_NOW | RTLD_LOCAL));
    const char* const trouble = libraries.back() == nullptr ? ::dlerror() : nullptr;
    say(trouble == nullptr ? "opened " + std::to_string(i) : "failed " + std::to_string(i) + ' ' + trouble);
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    if (libraries[i] != nullptr) {
      call_functions(libraries[i], std::to_string(i));
    }
  }
  say_what_is_mapped();
  say("done");
  ::_exit(0);
}

// Until the child closes its end, or has had its time, or says more than any honest one would.
void collect(LoadReport& report, const Descriptor& pipe, std::chrono::seconds time_limit) {
  const auto deadline = std::chrono::steady_clock::now() + time_limit;
  std::array<char, 4096> buffer{};
  while (report.text.size() < longest_report) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    pollfd waiting{.fd = pipe.number(), .events = POLLIN, .revents = 0};
    const int ready = left.count() <= 0 ? 0 : ::poll(&waiting, 1, static_cast<int>(left.count()));
    if (ready == 0) {
      report.timed_out = true;
      return;
    }
    const ssize_t count = ready < 0 ? -1 : ::read(pipe.number(), buffer.data(), buffer.size());
    if (count == 0 || (count < 0 && errno != EINTR)) {
      return;
    }
    report.text.append(buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
  }
}

}  // namespace

LoadReport loaded_in_child(const std::vector<std::string>& files, std::chrono::seconds time_limit) {
  LoadReport report;
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
    report.trouble = std::strerror(errno);
    return report;
  }
  const Descriptor reading_end(ends[0]);
  Descriptor writing_end(ends[1]);
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child < 0) {
    report.trouble = std::strerror(errno);
    return report;
  }
  if (child == 0) {
    leave_files(writing_end.number());
    confine(files, time_limit, parent);
    open_and_report(files);
  }
  writing_end.close();
  collect(report, reading_end, time_limit);
  // Whatever it started goes with it; the status of a child that has ended by itself stays as it is.
  ::kill(-child, SIGKILL);
  ::kill(child, SIGKILL);
  while (::waitpid(child, &report.status, 0) < 0 && errno == EINTR) {
  }
  return report;
}

}  // namespace cudnn_install
