#pragma once

#include <cerrno>

namespace cudnn_install {

// Repeats a call that a signal cut short: on network and user-space file systems that may happen to any of them.
template <class Call>
auto uninterrupted(Call call) {
  auto result = call();
  while (result < 0 && errno == EINTR) {
    result = call();
  }
  return result;
}

}  // namespace cudnn_install
