#include "system/archive_walk.h"

#include <archive.h>
#include <archive_entry.h>

#include <cerrno>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "system/archive_channel.h"
#include "system/archive_wrapping.h"
#include "system/tar_shape.h"

namespace cudnn_install {

namespace {

// Decoded bytes as libarchive asks for them.
struct TarBytes {
  const NextTarBytes& bytes;
  PayloadForm form = PayloadForm::tar;
  TarShape shape{};
  std::optional<Error> error{};

  Result<void> sound(std::span<const std::byte> found) {
    return form == PayloadForm::tar ? shape.take(found) : Result<void>();
  }

  std::span<const std::byte> next() {
    auto found = bytes();
    if (auto good = found ? sound(*found) : tl::unexpected(found.error()); !good) {
      error = good.error();
      return {};
    }
    return *found;
  }
};

la_ssize_t give(archive* reader, void* data, const void** buffer) {
  auto* tar = static_cast<TarBytes*>(data);
  const std::span<const std::byte> bytes = tar->next();
  if (tar->error) {
    archive_set_error(reader, EINVAL, "%s", tar->error->what.c_str());
    return -1;
  }
  *buffer = bytes.data();
  return static_cast<la_ssize_t>(bytes.size());
}

// Why this entry may not be in a cuDNN archive, or "".
std::string refused(archive_entry* entry) {
  const auto type = archive_entry_filetype(entry);
  if (archive_entry_hardlink(entry) != nullptr) {
    return "is a hard link";
  }
  if (type != AE_IFREG && type != AE_IFDIR && type != AE_IFLNK) {
    return "is neither a file nor a directory nor a symbolic link";
  }
  if (archive_entry_sparse_count(entry) > 0) {
    return "is a sparse file";
  }
  if (type == AE_IFREG && (archive_entry_size_is_set(entry) == 0 || archive_entry_size(entry) < 0)) {
    return "has no valid size";
  }
  if ((archive_entry_perm(entry) & ~07777U) != 0) {
    return "has a mode beyond the twelve bits that mean something";
  }
  return (archive_entry_perm(entry) & 07000U) != 0 ? "has a setuid, setgid or sticky bit" : "";
}

Member::Kind kind_of(archive_entry* entry) {
  switch (archive_entry_filetype(entry)) {
    case AE_IFDIR:
      return Member::Kind::directory;
    case AE_IFLNK:
      return Member::Kind::link;
    default:
      return Member::Kind::file;
  }
}

std::string text_of(const char* text) {
  return text == nullptr ? std::string() : std::string(text);
}

class Walk {
 public:
  Walk(const NextTarBytes& bytes, PayloadForm form, const Sink& sink)
      : sink_(sink), tar_{.bytes = bytes, .form = form} {}

  Result<void> run() {
    if (tar_.form == PayloadForm::tar) {
      archive_read_support_format_tar(reader_.get());
    } else {
      archive_read_support_format_cpio(reader_.get());
    }
    archive_read_support_filter_none(reader_.get());
    if (archive_read_open(reader_.get(), &tar_, nullptr, give, nullptr) != ARCHIVE_OK) {
      return refusal("the archive is not a tar file");
    }
    archive_entry* entry = nullptr;
    int code = archive_read_next_header(reader_.get(), &entry);
    bool any = false;
    for (; code == ARCHIVE_OK; code = archive_read_next_header(reader_.get(), &entry)) {
      any = true;
      if (auto taken = member(entry); !taken) {
        return taken;
      }
    }
    if (code != ARCHIVE_EOF) {
      return refusal("the tar structure is damaged");
    }
    return any ? check_end() : failure(Fault::archive, "the archive has no members");
  }

 private:
  // What the bytes' own source said is the better reason.
  tl::unexpected<Error> refusal(const std::string& what) {
    if (tar_.error) {
      return tl::unexpected(*tar_.error);
    }
    const std::string reason = text_of(archive_error_string(reader_.get()));
    return failure(Fault::archive, reason.empty() ? what : what + " (" + reason + ")");
  }

  Result<void> member(archive_entry* entry) {
    const auto mode = tar_.form == PayloadForm::tar ? tar_.shape.next_mode()
                                                    : std::optional<std::uint32_t>(archive_entry_perm(entry));
    if (!mode) {
      return failure(Fault::archive, "the archive has a member without a header of its own");
    }
    Member found{.kind = kind_of(entry),
                 .name = text_of(archive_entry_pathname(entry)),
                 .target = text_of(archive_entry_symlink(entry)),
                 .mode = *mode};
    if (const std::string why = refused(entry); !why.empty()) {
      return failure(Fault::archive, "'" + found.name + "' " + why);
    }
    if (found.name.size() >= longest_name || found.target.size() >= longest_name) {
      return failure(Fault::archive, "a name in the archive is too long");
    }
    const bool file = found.kind == Member::Kind::file;
    found.size = file ? static_cast<std::uint64_t>(archive_entry_size(entry)) : 0;
    return sink_.member(found).and_then([&] { return file ? content(found.size) : Result<void>(); }).and_then([&] {
      return sink_.end_of_member();
    });
  }

  Result<void> content(std::uint64_t size) {
    const void* block = nullptr;
    std::size_t length = 0;
    la_int64_t offset = 0;
    std::uint64_t done = 0;
    int code = archive_read_data_block(reader_.get(), &block, &length, &offset);
    for (; code == ARCHIVE_OK; code = archive_read_data_block(reader_.get(), &block, &length, &offset)) {
      if (static_cast<std::uint64_t>(offset) != done || length > size - done) {
        return failure(Fault::archive, "a member of the archive has another length than its header says");
      }
      if (auto taken = sink_.data({static_cast<const std::byte*>(block), length}); !taken) {
        return taken;
      }
      done += length;
    }
    return code == ARCHIVE_EOF && done == size ? Result<void>() : refusal("a member of the archive is cut short");
  }

  // Behind the end marker there is nothing but zeros, and the compressed stream ends as it should.
  Result<void> check_end() {
    while (!tar_.next().empty()) {
    }
    if (tar_.error) {
      return tl::unexpected(*tar_.error);
    }
    return tar_.form == PayloadForm::tar ? tar_.shape.finish() : Result<void>();
  }

  struct Free {
    void operator()(archive* reader) const { archive_read_free(reader); }
  };

  const Sink& sink_;
  TarBytes tar_;
  std::unique_ptr<archive, Free> reader_{archive_read_new()};
};

}  // namespace

Result<void> walk_tar(const NextTarBytes& bytes, const Sink& sink) {
  return Walk(bytes, PayloadForm::tar, sink).run();
}

Result<void> walk_cpio(const NextTarBytes& bytes, const Sink& sink) {
  return Walk(bytes, PayloadForm::cpio, sink).run();
}

}  // namespace cudnn_install
