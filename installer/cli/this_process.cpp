#include "cli/this_process.h"

#include <fcntl.h>
#include <pwd.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <ctime>
#include <iostream>

namespace cudnn_install {

namespace {

std::string utc_now() {
  const std::time_t seconds = std::time(nullptr);
  std::tm parts{};
  gmtime_r(&seconds, &parts);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), length};
}

int terminal_width() {
  winsize size{};
  return ::ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

std::map<std::string, std::string> variables() {
  std::map<std::string, std::string> found;
  for (char** each = environ; each != nullptr && *each != nullptr; ++each) {
    const std::string pair = *each;
    if (const std::size_t equals = pair.find('='); equals != std::string::npos) {
      found.emplace(pair.substr(0, equals), pair.substr(equals + 1));
    }
  }
  return found;
}

std::string user_name() {
  std::array<char, 4096> buffer{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwuid_r(::geteuid(), &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) {
    return found->pw_name;
  }
  return std::to_string(::geteuid());
}

}  // namespace

std::string_view prepare_process() {
  for (int number = 0; number <= 2; ++number) {
    if (::fcntl(number, F_GETFD) < 0 && ::open("/dev/null", O_RDWR) < 0) {
      return "standard streams are closed and /dev/null cannot be opened";
    }
  }
  if (::getauxval(AT_SECURE) != 0) {
    return "cudnn-install does not run setuid or setgid: run it with sudo instead";
  }
  ::umask(022);
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  return "";
}

Context context_of_process(Files& files, Processes& processes) {
  return {.in = std::cin,
          .out = std::cout,
          .err = std::cerr,
          .files = files,
          .processes = processes,
          .terminal = {.input = ::isatty(STDIN_FILENO) == 1,
                       .errors = ::isatty(STDERR_FILENO) == 1,
                       .width = terminal_width()},
          .environment = variables(),
          .caller = {.root = ::geteuid() == 0, .name = user_name()},
          .now = utc_now,
          .log = {}};
}

}  // namespace cudnn_install
