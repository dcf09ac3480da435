#include "system/files.h"

#include <dirent.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>

#include "system/uninterrupted.h"

namespace cudnn_install {

namespace {

constexpr std::int64_t nanoseconds = 1'000'000'000;

std::string path_of(const Directory& at, const std::string& name) {
  return at.path + (at.path.ends_with('/') ? "" : "/") + name;
}

tl::unexpected<Error> failed(const std::string& what, const std::string& path) {
  const int code = errno;
  return tl::unexpected(system_error(code, "cannot " + what + " '" + path + "'"));
}

// The next entry; at the end, or on an error, which errno then tells, none.
const dirent* uninterrupted_entry(DIR* stream) {
  do {
    errno = 0;
    if (const dirent* entry = readdir(stream)) {
      return entry;
    }
  } while (errno == EINTR);
  return nullptr;
}

std::int64_t in_nanoseconds(const timespec& time) {
  return time.tv_sec * nanoseconds + time.tv_nsec;
}

FileKind kind_of(mode_t mode) {
  if (S_ISREG(mode)) {
    return FileKind::file;
  }
  if (S_ISLNK(mode)) {
    return FileKind::link;
  }
  return S_ISDIR(mode) ? FileKind::directory : FileKind::other;
}

Result<Descriptor> opened(const Directory& at, const std::string& name, int flags, mode_t mode = 0) {
  Descriptor file(
      uninterrupted([&] { return openat(at.number(), name.c_str(), flags | O_CLOEXEC | O_NOFOLLOW, mode); }));
  if (!file.open()) {
    return failed((flags & O_CREAT) != 0 ? "create" : "open", path_of(at, name));
  }
  return file;
}

}  // namespace

Descriptor& Descriptor::operator=(Descriptor&& other) noexcept {
  if (this != &other) {
    close();
    number_ = other.release();
  }
  return *this;
}

int Descriptor::release() {
  return std::exchange(number_, -1);
}

void Descriptor::close() {
  if (const int number = release(); number >= 0) {
    ::close(number);
  }
}

bool hard_links_copy(const Directory& directory) {
  struct statfs found {};
  return fstatfs(directory.number(), &found) == 0 && found.f_type == OVERLAYFS_SUPER_MAGIC;
}

Stat stat_of(const struct stat& raw) {
  return Stat{.kind = kind_of(raw.st_mode),
              .mode = raw.st_mode & 07777U,
              .owner = raw.st_uid,
              .group = raw.st_gid,
              .size = static_cast<std::uint64_t>(raw.st_size),
              .mtime = in_nanoseconds(raw.st_mtim),
              .ctime = in_nanoseconds(raw.st_ctim),
              .inode = raw.st_ino,
              .device = raw.st_dev,
              .links = raw.st_nlink};
}

Result<std::optional<Stat>> RealFiles::look(const Directory& at, const std::string& name) {
  struct stat raw {};
  if (uninterrupted([&] { return fstatat(at.number(), name.c_str(), &raw, AT_SYMLINK_NOFOLLOW); }) != 0) {
    if (errno == ENOENT) {
      return std::nullopt;
    }
    return failed("look at", path_of(at, name));
  }
  return stat_of(raw);
}

Result<std::string> RealFiles::link_target(const Directory& at, const std::string& name) {
  std::string target(4096, '\0');
  const ssize_t length =
      uninterrupted([&] { return readlinkat(at.number(), name.c_str(), target.data(), target.size()); });
  if (length < 0) {
    return failed("read the link", path_of(at, name));
  }
  target.resize(static_cast<std::size_t>(length));
  return target;
}

Result<std::vector<std::string>> RealFiles::names(const Directory& at) {
  const int copy = uninterrupted([&] { return openat(at.number(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC); });
  DIR* stream = copy < 0 ? nullptr : fdopendir(copy);
  if (stream == nullptr) {
    return failed("list", at.path);
  }
  std::vector<std::string> found;
  while (const dirent* entry = uninterrupted_entry(stream)) {
    if (const std::string name = entry->d_name; name != "." && name != "..") {
      found.push_back(name);
    }
  }
  const int code = errno;
  closedir(stream);
  if (code != 0) {  // half a list is none
    return tl::unexpected(system_error(code, "cannot list '" + at.path + "'"));
  }
  std::sort(found.begin(), found.end());
  return found;
}

Result<Directory> RealFiles::open_directory(const Directory& at, const std::string& name) {
  auto file = opened(at, name, O_RDONLY | O_DIRECTORY);
  if (!file) {
    return tl::unexpected(file.error());
  }
  return Directory{std::make_shared<Descriptor>(std::move(*file)), path_of(at, name)};
}

Result<Descriptor> RealFiles::open_file(const Directory& at, const std::string& name) {
  auto file = opened(at, name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
  struct stat raw {};
  if (file && (fstat(file->number(), &raw) != 0 || !S_ISREG(raw.st_mode))) {
    return failure(Fault::conflict, "'" + path_of(at, name) + "' is not a regular file");
  }
  return file;
}

Result<Directory> RealFiles::make_directory(const Directory& at, const std::string& name, std::uint32_t mode) {
  if (uninterrupted([&] { return mkdirat(at.number(), name.c_str(), mode); }) != 0 && errno != EEXIST) {
    return failed("create the directory", path_of(at, name));
  }
  return open_directory(at, name);
}

Result<Descriptor> RealFiles::create_file(const Directory& at, const std::string& name, std::uint32_t mode) {
  auto file = opened(at, name, O_RDWR | O_CREAT | O_EXCL, mode);
  if (file && uninterrupted([&] { return fchmod(file->number(), mode); }) != 0) {
    return failed("set the mode of", path_of(at, name));
  }
  return file;
}

Result<void> RealFiles::write(const Descriptor& file, std::span<const std::byte> bytes) {
  while (!bytes.empty()) {
    const ssize_t done = uninterrupted([&] { return ::write(file.number(), bytes.data(), bytes.size()); });
    if (done < 0) {
      const int code = errno;
      return tl::unexpected(system_error(code, "cannot write"));
    }
    bytes = bytes.subspan(static_cast<std::size_t>(done));
  }
  return {};
}

Result<void> RealFiles::set_attributes(const Descriptor& file, const Stat& like) {
  struct stat raw {};
  const bool owner_differs = fstat(file.number(), &raw) != 0 || raw.st_uid != like.owner || raw.st_gid != like.group;
  const timespec time = {.tv_sec = like.mtime / nanoseconds, .tv_nsec = like.mtime % nanoseconds};
  const std::array<timespec, 2> times = {time, time};
  if (owner_differs && geteuid() == 0 &&
      uninterrupted([&] { return fchown(file.number(), like.owner, like.group); }) != 0) {
    return failed("set the owner of", "a kept file");
  }
  if (uninterrupted([&] { return fchmod(file.number(), like.mode); }) != 0 ||
      uninterrupted([&] { return futimens(file.number(), times.data()); }) != 0) {
    return failed("set the mode and time of", "a kept file");
  }
  return {};
}

Result<void> RealFiles::sync(int descriptor) {
  if (uninterrupted([&] { return fsync(descriptor); }) != 0) {
    const int code = errno;
    // Some file systems do not sync directories; they have nothing to lose there. EROFS is no such answer: ext4 gives
    // it when it has stopped writing.
    if (code != EINVAL) {
      return tl::unexpected(system_error(code, "cannot make the written data durable"));
    }
  }
  return {};
}

void RealFiles::start_writing_back(const Descriptor& file, std::uint64_t offset, std::uint64_t length) {
  sync_file_range(file.number(), static_cast<off64_t>(offset), static_cast<off64_t>(length), SYNC_FILE_RANGE_WRITE);
}

Result<void> RealFiles::make_link(const Directory& at, const std::string& name, const std::string& target) {
  if (uninterrupted([&] { return symlinkat(target.c_str(), at.number(), name.c_str()); }) != 0) {
    return failed("create the link", path_of(at, name));
  }
  return {};
}

Result<void> RealFiles::hard_link(const Directory& from, const std::string& name, const Directory& to,
                                  const std::string& as) {
  if (uninterrupted([&] { return linkat(from.number(), name.c_str(), to.number(), as.c_str(), 0); }) != 0) {
    return failed("keep aside", path_of(from, name));
  }
  return {};
}

Result<void> RealFiles::rename(const Directory& from, const std::string& name, const Directory& to,
                               const std::string& as) {
  if (uninterrupted([&] { return renameat(from.number(), name.c_str(), to.number(), as.c_str()); }) != 0) {
    return failed("put in place", path_of(to, as));
  }
  return {};
}

Result<void> RealFiles::remove(const Directory& at, const std::string& name) {
  if (uninterrupted([&] { return unlinkat(at.number(), name.c_str(), 0); }) != 0 && errno != ENOENT) {
    return failed("remove", path_of(at, name));
  }
  return {};
}

Result<void> RealFiles::remove_directory(const Directory& at, const std::string& name) {
  if (uninterrupted([&] { return unlinkat(at.number(), name.c_str(), AT_REMOVEDIR); }) != 0 && errno != ENOENT &&
      errno != ENOTEMPTY && errno != EEXIST && errno != EBUSY) {
    return failed("remove the directory", path_of(at, name));
  }
  return {};
}

}  // namespace cudnn_install
