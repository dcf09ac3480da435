// The libcuda among the members of an archive that is being read, for a look at its note.
#pragma once

#include <cstdint>
#include <cstdio>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "cli/compat.h"
#include "system/archive_reader.h"

namespace cudnn_install {

class LibraryInside {
 public:
  // For each file or link of the archive: the path that it is to be known by if it belongs to what is looked for.
  using Known = std::function<std::optional<std::string>(const Member&)>;
  explicit LibraryInside(Known known) : known_(std::move(known)) {}

  // Takes the one libcuda into a file of its own that has no name; two are an error.
  Sink sink();
  // `unsupported` where there was none.
  [[nodiscard]] Result<CompatLibrary> library() const;

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };
  Result<void> begin(const Member& member);
  Result<void> add(std::span<const std::byte> bytes);

  Known known_;
  std::unique_ptr<std::FILE, Close> file_{};
  std::string path_{};
  std::uint64_t size_ = 0;
  bool open_ = false;
};

}  // namespace cudnn_install
