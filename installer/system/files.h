// Files below held directory descriptors. Every path of the engine is resolved once (resolve.h) into a Directory; from
// there on names are single components and nothing is followed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/error.h"

struct stat;

namespace cudnn_install {

// An owned descriptor.
class Descriptor {
 public:
  Descriptor() = default;
  explicit Descriptor(int number) : number_(number) {}
  ~Descriptor() { close(); }
  Descriptor(Descriptor&& other) noexcept : number_(other.release()) {}
  Descriptor& operator=(Descriptor&& other) noexcept;
  [[nodiscard]] int number() const { return number_; }
  [[nodiscard]] bool open() const { return number_ >= 0; }
  int release();
  void close();

 private:
  int number_ = -1;
};

// A held directory with the path that messages show. Copies share the descriptor.
struct Directory {
  std::shared_ptr<Descriptor> descriptor{};
  std::string path{};
  [[nodiscard]] int number() const { return descriptor ? descriptor->number() : -1; }
};

// A directory of overlayfs: a second name for a file of a lower layer copies it whole.
bool hard_links_copy(const Directory& directory);

enum class FileKind { file, link, directory, other };

struct Stat {
  FileKind kind = FileKind::other;
  std::uint32_t mode = 0;  // permission bits, setuid, setgid and sticky included
  std::uint32_t owner = 0;
  std::uint32_t group = 0;
  std::uint64_t size = 0;
  std::int64_t mtime = 0;  // nanoseconds
  std::int64_t ctime = 0;
  std::uint64_t inode = 0;
  std::uint64_t device = 0;
  std::uint64_t links = 0;
};

Stat stat_of(const struct stat& raw);

// Every call that changes the file system goes through here, from one thread: a test can fail the n-th one, and a kill
// sweep is deterministic. Names are single components; nothing follows a link. EINTR is invisible.
class Files {
 public:
  virtual ~Files() = default;
  // Looking.
  virtual Result<std::optional<Stat>> look(const Directory& at, const std::string& name) = 0;  // absent: nullopt
  virtual Result<std::string> link_target(const Directory& at, const std::string& name) = 0;
  virtual Result<std::vector<std::string>> names(const Directory& at) = 0;  // sorted, without . and ..
  virtual Result<Directory> open_directory(const Directory& at, const std::string& name) = 0;
  virtual Result<Descriptor> open_file(const Directory& at, const std::string& name) = 0;  // for reading; regular only
  // Changing.
  virtual Result<Directory> make_directory(const Directory& at, const std::string& name,
                                           std::uint32_t mode) = 0;  // there already: fine
  virtual Result<Descriptor> create_file(const Directory& at, const std::string& name,
                                         std::uint32_t mode) = 0;  // must not exist
  virtual Result<void> write(const Descriptor& file, std::span<const std::byte> bytes) = 0;
  virtual Result<void> set_attributes(const Descriptor& file, const Stat& like) = 0;  // owner (if root), mode, mtime
  virtual Result<void> sync(int descriptor) = 0;
  virtual void start_writing_back(const Descriptor& file, std::uint64_t offset, std::uint64_t length) = 0;
  virtual Result<void> make_link(const Directory& at, const std::string& name, const std::string& target) = 0;
  virtual Result<void> hard_link(const Directory& from, const std::string& name, const Directory& to,
                                 const std::string& as) = 0;
  virtual Result<void> rename(const Directory& from, const std::string& name, const Directory& to,
                              const std::string& as) = 0;
  virtual Result<void> remove(const Directory& at, const std::string& name) = 0;  // absent: fine
  virtual Result<void> remove_directory(const Directory& at,
                                        const std::string& name) = 0;  // absent, not empty, mounted on: fine
};

class RealFiles final : public Files {
 public:
  Result<std::optional<Stat>> look(const Directory& at, const std::string& name) override;
  Result<std::string> link_target(const Directory& at, const std::string& name) override;
  Result<std::vector<std::string>> names(const Directory& at) override;
  Result<Directory> open_directory(const Directory& at, const std::string& name) override;
  Result<Descriptor> open_file(const Directory& at, const std::string& name) override;
  Result<Directory> make_directory(const Directory& at, const std::string& name, std::uint32_t mode) override;
  Result<Descriptor> create_file(const Directory& at, const std::string& name, std::uint32_t mode) override;
  Result<void> write(const Descriptor& file, std::span<const std::byte> bytes) override;
  Result<void> set_attributes(const Descriptor& file, const Stat& like) override;
  Result<void> sync(int descriptor) override;
  void start_writing_back(const Descriptor& file, std::uint64_t offset, std::uint64_t length) override;
  Result<void> make_link(const Directory& at, const std::string& name, const std::string& target) override;
  Result<void> hard_link(const Directory& from, const std::string& name, const Directory& to,
                         const std::string& as) override;
  Result<void> rename(const Directory& from, const std::string& name, const Directory& to,
                      const std::string& as) override;
  Result<void> remove(const Directory& at, const std::string& name) override;
  Result<void> remove_directory(const Directory& at, const std::string& name) override;
};

}  // namespace cudnn_install
