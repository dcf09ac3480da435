#include "cli/log.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <exception>

#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/spdlog.h>

#include "base/text.h"
#include "system/files.h"
#include "system/uninterrupted.h"

namespace cudnn_install {

namespace {

// spdlog opens files by name and follows links; this sink writes to a descriptor that was opened with care.
class DescriptorSink final : public spdlog::sinks::base_sink<spdlog::details::null_mutex> {
 public:
  explicit DescriptorSink(Descriptor file) : file_(std::move(file)) {}

 protected:
  void sink_it_(const spdlog::details::log_msg& message) override {
    spdlog::memory_buf_t line;
    formatter_->format(message, line);
    std::size_t written = 0;
    while (written < line.size()) {
      const ssize_t count = ::write(file_.number(), line.data() + written, line.size() - written);
      if (count < 0 && errno == EINTR) {
        continue;
      }
      if (count <= 0) {
        return;
      }
      written += static_cast<std::size_t>(count);
    }
  }
  void flush_() override {}

 private:
  Descriptor file_;
};

}  // namespace

struct Log::State {
  spdlog::logger logger;
};

Result<std::shared_ptr<Log>> Log::open(const std::string& path) {
  Descriptor file(uninterrupted(
      [&] { return ::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600); }));
  if (!file.open()) {
    const int code = errno;
    if (code == ELOOP) {
      return failure(Fault::conflict, "the log file '" + path + "' is a link", "name the file that it points to");
    }
    return tl::unexpected(system_error(code, "cannot open the log file '" + path + "'"));
  }
  struct stat facts {};
  if (::fstat(file.number(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return failure(Fault::conflict, "the log file '" + path + "' is not a plain file", "name another one");
  }
  try {
    auto state = std::make_unique<State>(
        State{spdlog::logger("cudnn-install", std::make_shared<DescriptorSink>(std::move(file)))});
    state->logger.set_formatter(
        std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%eZ %P %l: %v", spdlog::pattern_time_type::utc));
    state->logger.set_error_handler([](const std::string&) {});
    return std::shared_ptr<Log>(new Log(std::move(state)));
  } catch (const std::exception& thrown) {
    return failure(Fault::internal, std::string("cannot set up the log: ") + thrown.what());
  }
}

Log::Log(std::unique_ptr<State> state) : state_(std::move(state)) {}
Log::~Log() = default;

void Log::line(const std::string& text) {
  state_->logger.log(spdlog::level::info, printable(text));
}
void Log::trouble(const std::string& text) {
  state_->logger.log(spdlog::level::err, printable(text));
}

}  // namespace cudnn_install
