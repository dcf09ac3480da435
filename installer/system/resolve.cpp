#include "system/resolve.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <deque>
#include <memory>
#include <utility>

#include "system/uninterrupted.h"

namespace cudnn_install {

namespace {

constexpr int most_links = 40;

std::deque<std::string> components(const std::string& path) {
  std::deque<std::string> parts;
  std::size_t start = 0;
  while (start < path.size()) {
    const std::size_t slash = std::min(path.find('/', start), path.size());
    if (const std::string part = path.substr(start, slash - start); !part.empty() && part != ".") {
      parts.push_back(part);
    }
    start = slash + 1;
  }
  return parts;
}

// One walk from the root. The stack of held directories makes ".." a pop, so that it never leaves the root.
class Walk {
 public:
  Walk(std::string root, Caution caution) : root_(std::move(root)), caution_(caution) {}

  Result<Resolved> to(const std::string& path) {
    const int number = uninterrupted([&] { return open(root_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC); });
    if (number < 0) {
      const int code = errno;
      return tl::unexpected(system_error(code, "cannot open the root '" + root_ + "'"));
    }
    held_.push_back({std::make_shared<Descriptor>(number), ""});
    left_ = components(path);
    while (!left_.empty()) {
      if (auto step = next(); !step) {
        return tl::unexpected(during(step.error(), "resolve '" + path + "'"));
      }
      if (stopped_) {
        break;
      }
    }
    return finished(path);
  }

 private:
  struct Held {
    std::shared_ptr<Descriptor> descriptor;
    std::string path;  // below the root
  };

  Result<void> next() {
    const std::string name = left_.front();
    if (name == "..") {
      left_.pop_front();
      if (held_.size() > 1) {
        held_.pop_back();
      }
      return {};
    }
    const int here = held_.back().descriptor->number();
    struct stat raw {};
    if (uninterrupted([&] { return fstatat(here, name.c_str(), &raw, AT_SYMLINK_NOFOLLOW); }) != 0) {
      const int code = errno;
      if (code == ENOENT) {
        stopped_ = true;
        return safe_directory(Sticky::helps);
      }
      return tl::unexpected(system_error(code, "cannot look at '" + below(name) + "'"));
    }
    if (auto safe = safe_directory(trusted(raw.st_uid) ? Sticky::helps : Sticky::does_not_help); !safe) {
      return safe;
    }
    left_.pop_front();
    return S_ISLNK(raw.st_mode) ? follow(name, raw) : enter(name, raw);
  }

  Result<void> enter(const std::string& name, const struct stat& raw) {
    if (!S_ISDIR(raw.st_mode)) {
      return failure(Fault::conflict, "'" + below(name) + "' is not a directory");
    }
    Descriptor opened(uninterrupted([&] {
      return openat(held_.back().descriptor->number(), name.c_str(), O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    }));
    struct stat seen {};
    if (!opened.open() || fstat(opened.number(), &seen) != 0) {
      const int code = errno;
      if (code != ENOENT && code != ENOTDIR && code != ELOOP) {
        return tl::unexpected(system_error(code, "cannot open '" + below(name) + "'"));
      }
      seen = {};
    }
    if (seen.st_ino != raw.st_ino || seen.st_dev != raw.st_dev) {
      return failure(Fault::conflict, "'" + below(name) + "' was changed while it was looked at",
                     "run the command again");
    }
    held_.push_back({std::make_shared<Descriptor>(std::move(opened)), below(name)});
    return {};
  }

  Result<void> follow(const std::string& name, const struct stat& raw) {
    if (caution_ == Caution::strict && !trusted(raw.st_uid)) {
      return failure(Fault::conflict, "the link '" + below(name) + "' belongs to another user",
                     "name the directory itself with --prefix, or pass --trust-prefix");
    }
    if (++links_ > most_links) {
      return failure(Fault::conflict, "too many links at '" + below(name) + "'",
                     "the links lead in a circle: mend them");
    }
    std::string target(4096, '\0');
    const ssize_t length = uninterrupted(
        [&] { return readlinkat(held_.back().descriptor->number(), name.c_str(), target.data(), target.size()); });
    if (length <= 0) {
      const int code = length < 0 ? errno : EINVAL;
      return tl::unexpected(system_error(code, "cannot read the link '" + below(name) + "'"));
    }
    target.resize(static_cast<std::size_t>(length));
    if (target.front() == '/') {
      held_.resize(1);
    }
    const std::deque<std::string> parts = components(target);
    left_.insert(left_.begin(), parts.begin(), parts.end());
    return {};
  }

  // May others change what the next name in the current directory means? In a sticky directory they cannot if the entry
  // is trusted or is yet to be made by us; the last directory of all must be closed to them.
  enum class Sticky { helps, does_not_help };
  [[nodiscard]] Result<void> safe_directory(Sticky sticky) const {
    struct stat here {};
    if (caution_ == Caution::trusting) {
      return {};
    }
    const std::string path = held_.back().path.empty() ? "/" : held_.back().path;
    if (fstat(held_.back().descriptor->number(), &here) != 0) {
      const int code = errno;
      return tl::unexpected(system_error(code, "cannot look at '" + path + "'"));
    }
    if (!trusted(here.st_uid)) {
      return failure(Fault::conflict, "'" + path + "' belongs to another user", other_owner(here.st_uid));
    }
    const bool protects = (here.st_mode & S_ISVTX) != 0 && sticky == Sticky::helps;
    if ((here.st_mode & (S_IWGRP | S_IWOTH)) != 0 && !protects) {
      return failure(Fault::conflict, "others may write to '" + path + "'",
                     "chmod go-w " + path + ", or pass --trust-prefix if you trust them");
    }
    return {};
  }

  [[nodiscard]] static std::string other_owner(uid_t owner) {
    return geteuid() == 0 ? "run: sudo -u '#" + std::to_string(owner) + "' cudnn-install …, or pass --trust-prefix"
                          : "run as the owner of the directory, or pass --trust-prefix";
  }

  [[nodiscard]] static bool trusted(uid_t owner) { return owner == 0 || owner == geteuid(); }

  [[nodiscard]] std::string below(const std::string& name) const { return held_.back().path + "/" + name; }

  Result<Resolved> finished(const std::string& path) {
    if (!stopped_) {
      if (auto safe = safe_directory(Sticky::does_not_help); !safe) {
        return tl::unexpected(during(safe.error(), "resolve '" + path + "'"));
      }
    }
    const std::string here = held_.back().path.empty() ? "/" : held_.back().path;
    const std::string shown = root_ == "/" ? here : root_ + held_.back().path;
    const int number = uninterrupted(
        [&] { return openat(held_.back().descriptor->number(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
    if (number < 0) {
      const int code = errno;
      return tl::unexpected(system_error(code, "cannot open '" + shown + "'"));
    }
    return Resolved{.directory = {std::make_shared<Descriptor>(number), shown},
                    .path = here,
                    .missing = {left_.begin(), left_.end()}};
  }

  std::string root_;
  Caution caution_;
  std::vector<Held> held_{};
  std::deque<std::string> left_{};
  int links_ = 0;
  bool stopped_ = false;
};

}  // namespace

Result<Resolved> resolve(const std::string& root, const std::string& path, Caution caution) {
  return Walk(root, caution).to(path);
}

}  // namespace cudnn_install
