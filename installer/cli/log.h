// The log file of --log-file: appended to, readable by its owner alone, never through a link.
#pragma once

#include <memory>
#include <string>

#include "base/error.h"

namespace cudnn_install {

class Log {
 public:
  static Result<std::shared_ptr<Log>> open(const std::string& path);
  ~Log();
  Log(const Log&) = delete;
  Log& operator=(const Log&) = delete;

  // Control characters are escaped; a line that cannot be written is dropped: the log never stops an install.
  void line(const std::string& text);
  void trouble(const std::string& text);

 private:
  struct State;
  explicit Log(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace cudnn_install
