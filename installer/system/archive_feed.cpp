#include "system/archive_feed.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <new>
#include <utility>

namespace cudnn_install {

namespace {

constexpr std::size_t block_size = std::size_t{1} << 20U;

}  // namespace

std::uint64_t ArchiveFeed::size() const {
  struct stat raw {};
  return fstat(archive_.number(), &raw) == 0 ? static_cast<std::uint64_t>(raw.st_size) : 0;
}

Result<std::size_t> ArchiveFeed::read_block(std::vector<std::byte>& buffer) {
  std::size_t filled = 0;
  while (filled < buffer.size()) {
    const ssize_t length = ::read(archive_.number(), buffer.data() + filled, buffer.size() - filled);
    if (length < 0 && errno == EINTR) {
      continue;
    }
    if (length < 0) {
      const int code = errno;
      return tl::unexpected(system_error(code, "cannot read the archive"));
    }
    if (length == 0) {
      break;
    }
    filled += static_cast<std::size_t>(length);
  }
  return filled;
}

Result<Sha256> ArchiveFeed::hash_first() {
  std::vector<std::byte> buffer(block_size);
  Sha256Stream whole;
  while (true) {
    const auto length = read_block(buffer);
    if (!length) {
      return tl::unexpected(length.error());
    }
    if (*length == 0) {
      break;
    }
    const std::span<const std::byte> bytes = std::span<const std::byte>(buffer).first(*length);
    whole.update(bytes);
    blocks_.push_back(Sha256::of(bytes));
  }
  if (lseek(archive_.number(), 0, SEEK_SET) != 0) {
    return failure(Fault::unsupported, "the archive cannot be read twice", "copy it to a file first");
  }
  return whole.finish();
}

void ArchiveFeed::start() {
  // Made here: no exception leaves a thread, and one for want of memory ends this program in good order.
  std::vector<std::byte> buffer(block_size);
  posix_fadvise(archive_.number(), 0, 0, POSIX_FADV_SEQUENTIAL);
  // Signals belong to the main thread.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  thread_ = std::thread([this, buffer = std::move(buffer)]() mutable { run(buffer); });
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

void ArchiveFeed::run(std::vector<std::byte>& buffer) {
  try {
    for (std::size_t index = 0; !stopped_ && one_block(buffer, index); ++index) {
    }
  } catch (const std::bad_alloc&) {
    error_ = Error{.fault = Fault::internal, .what = "out of memory"};  // short enough to need none
  }
  pipe_.close();
}

bool ArchiveFeed::one_block(std::vector<std::byte>& buffer, std::size_t index) {
  const auto length = read_block(buffer);
  if (!length) {
    error_ = length.error();
    return false;
  }
  const std::span<const std::byte> bytes = std::span<const std::byte>(buffer).first(*length);
  if (!blocks_.empty() &&
      (bytes.empty() ? index != blocks_.size() : index >= blocks_.size() || Sha256::of(bytes) != blocks_[index])) {
    error_ = Error{.fault = Fault::integrity, .what = "the archive was changed while it was read"};
    return false;
  }
  if (bytes.empty()) {
    return false;
  }
  digest_.update(bytes);
  if (pipe_.open() && !hand_over(bytes)) {
    pipe_.close();
  }
  done_ += bytes.size();
  return true;
}

// False if nobody reads any more.
bool ArchiveFeed::hand_over(std::span<const std::byte> bytes) {
  while (!bytes.empty() && !stopped_) {
    pollfd ready = {.fd = pipe_.number(), .events = POLLOUT, .revents = 0};
    blocked_ = true;
    const int count = poll(&ready, 1, 100);
    if (count <= 0) {
      continue;
    }
    const ssize_t length = ::write(pipe_.number(), bytes.data(), bytes.size());
    if (length < 0 && errno != EAGAIN && errno != EINTR) {
      return false;
    }
    if (length > 0) {
      blocked_ = false;
      bytes = bytes.subspan(static_cast<std::size_t>(length));
    }
  }
  return true;
}

void ArchiveFeed::stop() {
  stopped_ = true;
  if (thread_.joinable()) {
    thread_.join();
  }
  pipe_.close();
}

Result<Sha256> ArchiveFeed::finish() {
  if (thread_.joinable()) {
    thread_.join();
  }
  if (error_) {
    return tl::unexpected(*error_);
  }
  return digest_.finish();
}

}  // namespace cudnn_install
