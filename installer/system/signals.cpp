#include "system/signals.h"

#include <csignal>
#include <initializer_list>

namespace cudnn_install {

namespace {

// The one variable that a signal handler can write to; nothing else in the program is global.
// NOLINTNEXTLINE(cppcoreguidelines-avoid-non-const-global-variables): a handler has nothing else to write to
volatile std::sig_atomic_t noted_signal = 0;

void note(int signal) {
  noted_signal = signal;
}

}  // namespace

void watch_signals() {
  struct sigaction action {};
  action.sa_handler = note;
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
    sigaction(signal, &action, nullptr);
  }
  action.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &action, nullptr);
  sigaction(SIGXFSZ, &action, nullptr);
}

bool interrupted() {
  return noted_signal != 0;
}

}  // namespace cudnn_install
