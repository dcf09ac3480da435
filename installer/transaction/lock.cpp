#include "transaction/lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <thread>

#include "system/signals.h"
#include "system/uninterrupted.h"

namespace cudnn_install {

namespace {

enum class Try { taken, busy, vanished };

struct Attempt {
  Try outcome = Try::vanished;
  Descriptor file{};
  std::string holder{};
};

std::string holder_of(int number) {
  std::array<char, 32> text{};
  const ssize_t length = pread(number, text.data(), text.size(), 0);
  std::string pid(text.data(), length > 0 ? static_cast<std::size_t>(length) : 0);
  pid.erase(pid.find_last_not_of(" \n") + 1);
  return pid.empty() || pid.find_first_not_of("0123456789") != std::string::npos ? "another run" : "process " + pid;
}

// Is this file the one that has the name?
Result<bool> is_named(const Descriptor& file, const Directory& at, const std::string& name) {
  struct stat held {};
  struct stat named {};
  const auto look = [&] { return fstatat(at.number(), name.c_str(), &named, AT_SYMLINK_NOFOLLOW); };
  if (fstat(file.number(), &held) != 0 || uninterrupted(look) != 0) {
    const int code = errno;
    return code == ENOENT
               ? Result<bool>(false)
               : tl::unexpected(system_error(code, "cannot look at the lock '" + at.path + "/" + name + "'"));
  }
  return named.st_ino == held.st_ino && named.st_dev == held.st_dev;
}

tl::unexpected<Error> removed_by_another(const Directory& at) {
  return failure(Fault::busy, "another run has just removed '" + at.path + "'", "run the command again");
}

Result<Attempt> attempt(const Directory& at, const std::string& name) {
  const std::string path = at.path + "/" + name;
  Descriptor file(uninterrupted([&] {
    return openat(at.number(), name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC, 0600);
  }));
  struct stat held {};
  if (!file.open() || fstat(file.number(), &held) != 0) {
    const int code = errno;
    if (code == ENOENT) {
      return Attempt{};  // the state directory went away under us
    }
    return code == ELOOP || code == EISDIR
               ? failure(Fault::conflict, "the lock '" + path + "' is not a file", "remove it")
               : tl::unexpected(system_error(code, "cannot open the lock '" + path + "'"));
  }
  if (!S_ISREG(held.st_mode) || (held.st_uid != 0 && held.st_uid != geteuid())) {
    return failure(Fault::conflict, "the lock '" + path + "' is not a file of ours", "remove it");
  }
  if (uninterrupted([&] { return flock(file.number(), LOCK_EX | LOCK_NB); }) != 0) {
    const int code = errno;
    return code == EWOULDBLOCK
               ? Result<Attempt>(Attempt{.outcome = Try::busy, .file = {}, .holder = holder_of(file.number())})
               : tl::unexpected(system_error(code, "cannot take the lock '" + path + "'"));
  }
  // Someone may have removed the file between open and flock: then we hold a lock on nothing.
  const auto named = is_named(file, at, name);
  if (!named || !*named) {
    return named ? Result<Attempt>(Attempt{}) : tl::unexpected(named.error());
  }
  const std::string pid = std::to_string(getpid()) + "\n";
  if (ftruncate(file.number(), 0) == 0) {
    [[maybe_unused]] const ssize_t noted = pwrite(file.number(), pid.data(), pid.size(), 0);
  }
  return Attempt{.outcome = Try::taken, .file = std::move(file), .holder = {}};
}

}  // namespace

Result<Lock> Lock::take(const std::vector<std::pair<Directory, std::string>>& places, std::chrono::seconds patience,
                        const std::function<void(const std::string&)>& waiting) {
  const auto until = std::chrono::steady_clock::now() + patience;
  Lock lock;
  bool told = false;
  for (std::size_t index = 0; index < places.size();) {
    const auto& [at, name] = places[index];
    auto got = attempt(at, name);
    if (!got) {
      return tl::unexpected(got.error());
    }
    if (got->outcome == Try::taken) {
      lock.held_.push_back(std::move(got->file));
      ++index;
      continue;
    }
    if (got->outcome == Try::vanished) {
      return removed_by_another(at);
    }
    if (interrupted()) {
      return failure(Fault::interrupted, "interrupted while waiting for " + got->holder);
    }
    if (std::chrono::steady_clock::now() >= until) {
      return failure(Fault::busy, got->holder + " is working on '" + at.path + "'",
                     "wait for it, or give --lock-timeout more seconds");
    }
    if (!told) {
      waiting(got->holder);
      told = true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
  // While we waited for a later one, the holder of that may have removed an earlier one.
  for (std::size_t index = 0; index < places.size(); ++index) {
    const auto named = is_named(lock.held_[index], places[index].first, places[index].second);
    if (!named || !*named) {
      return named ? removed_by_another(places[index].first) : tl::unexpected(named.error());
    }
  }
  return lock;
}

}  // namespace cudnn_install
