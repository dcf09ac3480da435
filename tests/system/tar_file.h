// Archives made in memory by libarchive, hostile ones too.
#pragma once

#include <archive.h>
#include <archive_entry.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "support/catch.h"

namespace cudnn_install {

enum class Packing { plain, xz, gzip, zstd };

class TarFile {
 public:
  explicit TarFile(Packing packing) : writer_(archive_write_new()) {
    archive_write_set_format_pax_restricted(writer_);
    switch (packing) {
      case Packing::xz:
        archive_write_add_filter_xz(writer_);
        break;
      case Packing::gzip:
        archive_write_add_filter_gzip(writer_);
        break;
      case Packing::zstd:
        archive_write_add_filter_zstd(writer_);
        break;
      case Packing::plain:
        break;
    }
    archive_write_set_bytes_in_last_block(writer_, 1);
    REQUIRE(archive_write_open(writer_, this, nullptr, append, nullptr) == ARCHIVE_OK);
  }
  ~TarFile() { archive_write_free(writer_); }
  TarFile(const TarFile&) = delete;
  TarFile& operator=(const TarFile&) = delete;

  // `more` changes the entry before it is written.
  using More = std::function<void(archive_entry*)>;

  TarFile& file(const std::string& name, const std::string& text, const More& more = nullptr) {
    return add(name, AE_IFREG | 0644, text, more);
  }
  TarFile& directory(const std::string& name) { return add(name, AE_IFDIR | 0755, "", nullptr); }
  TarFile& link(const std::string& name, const std::string& target) {
    return add(name, AE_IFLNK | 0777, "",
               [&](archive_entry* entry) { archive_entry_set_symlink(entry, target.c_str()); });
  }
  TarFile& special(const std::string& name, unsigned type) { return add(name, type | 0644U, "", nullptr); }

  // All of it; nothing can be added afterwards.
  std::string bytes() {
    REQUIRE(archive_write_close(writer_) == ARCHIVE_OK);
    return bytes_;
  }

 private:
  TarFile& add(const std::string& name, unsigned mode, const std::string& text, const More& more) {
    archive_entry* entry = archive_entry_new();
    archive_entry_set_pathname(entry, name.c_str());
    archive_entry_set_mode(entry, mode);
    archive_entry_set_size(entry, static_cast<std::int64_t>(text.size()));
    if (more) {
      more(entry);
    }
    REQUIRE(archive_write_header(writer_, entry) == ARCHIVE_OK);
    if (!text.empty()) {
      REQUIRE(archive_write_data(writer_, text.data(), text.size()) == static_cast<la_ssize_t>(text.size()));
    }
    archive_entry_free(entry);
    return *this;
  }

  static la_ssize_t append(archive*, void* self, const void* bytes, std::size_t length) {
    static_cast<TarFile*>(self)->bytes_.append(static_cast<const char*>(bytes), length);
    return static_cast<la_ssize_t>(length);
  }

  archive* writer_;
  std::string bytes_{};
};

// Bytes that hardly compress, the same each time.
inline std::string noise(std::size_t size) {
  std::string text(size, '\0');
  std::uint32_t state = 0x9E3779B9;
  for (char& c : text) {
    state ^= state << 13U;
    state ^= state >> 17U;
    state ^= state << 5U;
    c = static_cast<char>(state >> 11U);
  }
  return text;
}

}  // namespace cudnn_install
