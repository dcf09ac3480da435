// SIGINT, SIGTERM and SIGHUP are noted and acted upon between steps: before the commit point a run rolls back (exit
// 19), after it the work is finished.
#pragma once

namespace cudnn_install {

void watch_signals();  // also ignores SIGPIPE and SIGXFSZ, so that writes answer errors
[[nodiscard]] bool interrupted();

}  // namespace cudnn_install
