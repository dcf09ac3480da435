#include <archive.h>
#include <archive_entry.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <utility>
#include <vector>

#include "system/archive_channel.h"
#include "system/archive_reader.h"
#include "system/decoder.h"
#include "system/sandbox.h"

namespace cudnn_install {

namespace {

constexpr std::size_t input_size = std::size_t{256} << 10U;

// The child's side of the pipes. A parent that is gone ends the child.
class Pipes {
 public:
  explicit Pipes(const ChildChannel& channel) : channel_(channel) {}

  std::span<const std::byte> input() {
    const ssize_t length = ::read(channel_.input, buffer_.data(), buffer_.size());
    if (length < 0) {
      _exit(1);
    }
    return std::span<const std::byte>(buffer_).first(static_cast<std::size_t>(length));
  }

  void send(Message message, std::string_view first = {}, std::string_view second = {}) const {
    message.text[0] = static_cast<std::uint32_t>(first.size());
    message.text[1] = static_cast<std::uint32_t>(second.size());
    std::string bytes(sizeof message, '\0');
    std::memcpy(bytes.data(), &message, sizeof message);
    bytes.append(first).append(second);
    for (std::string_view rest = bytes; !rest.empty();) {
      const ssize_t length = ::write(channel_.messages, rest.data(), rest.size());
      if (length <= 0) {
        _exit(1);
      }
      rest.remove_prefix(static_cast<std::size_t>(length));
    }
  }

  // Slots are used in turn; the first round needs no credit.
  void send_data(std::span<const std::byte> bytes) {
    while (!bytes.empty()) {
      if (used_ >= slot_count) {
        char credit = 0;
        if (::read(channel_.credits, &credit, 1) != 1) {
          _exit(1);
        }
      }
      const std::span<const std::byte> part = bytes.first(std::min(bytes.size(), slot_size));
      const auto slot = static_cast<std::uint32_t>(used_++ % slot_count);
      std::memcpy(channel_.slots + slot * slot_size, part.data(), part.size());
      send({.kind = MessageKind::data, .a = slot, .b = static_cast<std::uint32_t>(part.size())});
      bytes = bytes.subspan(part.size());
    }
  }

  [[noreturn]] void fail(const std::string& what) const {
    send({.kind = MessageKind::failed}, what.substr(0, longest_name));
    _exit(1);
  }

 private:
  ChildChannel channel_;
  std::vector<std::byte> buffer_ = std::vector<std::byte>(input_size);
  std::uint64_t used_ = 0;
};

// Decoded bytes as libarchive asks for them. Keeps count of the zero bytes at the end: a whole tar ends with two blocks
// of them, one that was cut between members does not.
struct TarBytes {
  Decoder decoder;
  std::uint64_t zeros = 0;
  std::string error{};

  std::span<const std::byte> next() {
    auto bytes = decoder.next();
    if (!bytes) {
      error = bytes.error().what;
      return {};
    }
    std::uint64_t at_end = 0;
    while (at_end < bytes->size() && (*bytes)[bytes->size() - 1 - at_end] == std::byte{0}) {
      ++at_end;
    }
    zeros = at_end == bytes->size() ? zeros + at_end : at_end;
    return *bytes;
  }
};

la_ssize_t give(archive* reader, void* data, const void** buffer) {
  auto* tar = static_cast<TarBytes*>(data);
  const std::span<const std::byte> bytes = tar->next();
  if (!tar->error.empty()) {
    archive_set_error(reader, EINVAL, "%s", tar->error.c_str());
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

class TarReader {
 public:
  TarReader(Pipes& pipes, TarBytes& tar) : pipes_(pipes), tar_(tar), reader_(archive_read_new()) {
    archive_read_support_format_tar(reader_);
    archive_read_support_filter_none(reader_);
    if (archive_read_open(reader_, &tar_, nullptr, give, nullptr) != ARCHIVE_OK) {
      fail("the archive is not a tar file");
    }
  }

  void run() {
    archive_entry* entry = nullptr;
    int code = archive_read_next_header(reader_, &entry);
    bool any = false;
    for (; code == ARCHIVE_OK; code = archive_read_next_header(reader_, &entry)) {
      any = true;
      member(entry);
    }
    if (code != ARCHIVE_EOF) {
      fail("the tar structure is damaged");
    }
    if (!any) {
      pipes_.fail("the archive has no members");
    }
    check_end();
    pipes_.send({.kind = MessageKind::end});
  }

 private:
  [[noreturn]] void fail(const std::string& what) {
    const std::string reason = tar_.error.empty() ? text_of(archive_error_string(reader_)) : std::string();
    pipes_.fail(!tar_.error.empty() ? tar_.error : reason.empty() ? what : what + " (" + reason + ")");
  }

  void member(archive_entry* entry) {
    const std::string name = text_of(archive_entry_pathname(entry));
    const std::string target = text_of(archive_entry_symlink(entry));
    if (const std::string why = refused(entry); !why.empty()) {
      pipes_.fail("'" + name + "' " + why);
    }
    if (name.size() >= longest_name || target.size() >= longest_name) {
      pipes_.fail("a name in the archive is too long");
    }
    const Member::Kind kind = kind_of(entry);
    const auto size = kind == Member::Kind::file ? static_cast<std::uint64_t>(archive_entry_size(entry)) : 0;
    pipes_.send({.kind = MessageKind::member,
                 .a = static_cast<std::uint32_t>(kind),
                 .b = static_cast<std::uint32_t>(archive_entry_perm(entry)),
                 .size = size},
                name, target);
    if (kind == Member::Kind::file) {
      content(size);
    }
    pipes_.send({.kind = MessageKind::end_of_member});
  }

  void content(std::uint64_t size) {
    const void* block = nullptr;
    std::size_t length = 0;
    la_int64_t offset = 0;
    std::uint64_t done = 0;
    int code = archive_read_data_block(reader_, &block, &length, &offset);
    for (; code == ARCHIVE_OK; code = archive_read_data_block(reader_, &block, &length, &offset)) {
      if (static_cast<std::uint64_t>(offset) != done || length > size - done) {
        pipes_.fail("a member of the archive has another length than its header says");
      }
      pipes_.send_data({static_cast<const std::byte*>(block), length});
      done += length;
    }
    if (code != ARCHIVE_EOF || done != size) {
      fail("a member of the archive is cut short");
    }
  }

  // Behind the end marker there is nothing but zeros, and the compressed stream ends as it should.
  void check_end() {
    std::uint64_t rest = 0;
    for (auto bytes = tar_.next(); !bytes.empty(); bytes = tar_.next()) {
      rest += bytes.size();
    }
    if (!tar_.error.empty()) {
      pipes_.fail(tar_.error);
    }
    if (tar_.zeros < 1024 || rest > tar_.zeros) {
      pipes_.fail("the tar file has no proper end");
    }
  }

  Pipes& pipes_;
  TarBytes& tar_;
  archive* reader_;
};

}  // namespace

void run_archive_child(const ChildChannel& channel, const ArchiveLimits& limits, unsigned threads, int parent) {
  const Protection protection = walled_in(parent);
  Pipes pipes(channel);
  pipes.send({.kind = MessageKind::hello, .a = protection.seccomp ? 1U : 0U, .b = protection.own_user ? 1U : 0U});
  auto decoder = Decoder::start([&pipes] { return pipes.input(); }, limits.decoder_memory, threads);
  if (!decoder) {
    pipes.fail(decoder.error().what);
  }
  TarBytes tar{.decoder = std::move(*decoder)};
  TarReader(pipes, tar).run();
  _exit(0);
}

}  // namespace cudnn_install
