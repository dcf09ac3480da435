#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <utility>
#include <vector>

#include "system/archive_channel.h"
#include "system/archive_reader.h"
#include "system/archive_walk.h"
#include "system/archive_wrapping.h"
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

}  // namespace

void run_archive_child(const ChildChannel& channel, const ArchiveLimits& limits, unsigned threads, int parent) {
  const Protection protection = walled_in(parent);
  Pipes pipes(channel);
  pipes.send({.kind = MessageKind::hello, .a = protection.seccomp ? 1U : 0U, .b = protection.own_user ? 1U : 0U});
  const auto inside = unwrapped([&pipes] { return pipes.input(); }, limits.wrapping);
  if (!inside) {
    pipes.fail(inside.error().what);
  }
  auto decoder = Decoder::start(inside->payload, limits.decoder_memory, threads);
  if (!decoder) {
    pipes.fail(decoder.error().what);
  }
  const Sink sink = {
      .member = [&](const Member& member) -> Result<void> {
        pipes.send({.kind = MessageKind::member,
                    .a = static_cast<std::uint32_t>(member.kind),
                    .b = member.mode,
                    .size = member.size},
                   member.name, member.target);
        return {};
      },
      .data = [&](std::span<const std::byte> bytes) -> Result<void> {
        pipes.send_data(bytes);
        return {};
      },
      .end_of_member = [&]() -> Result<void> {
        pipes.send({.kind = MessageKind::end_of_member});
        return {};
      },
      .progress = {},
  };
  const auto bytes = [&] { return decoder->next(); };
  const auto walked = inside->form == PayloadForm::tar ? walk_tar(bytes, sink) : walk_cpio(bytes, sink);
  if (!walked) {
    pipes.fail(walked.error().what);
  }
  pipes.send({.kind = MessageKind::end});
  _exit(0);
}

}  // namespace cudnn_install
