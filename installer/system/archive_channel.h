// What goes between the parent and its reader child: archive bytes down one pipe, messages up another, credits down a
// third, and the files' bytes through shared slots. The child is not trusted: every number in a message is checked.
#pragma once

#include <cstddef>
#include <cstdint>

namespace cudnn_install {

inline constexpr std::size_t slot_size = std::size_t{512} << 10U;
inline constexpr std::uint32_t slot_count = 6;
inline constexpr std::uint32_t longest_name = 4096;

enum class MessageKind : std::uint32_t { hello = 1, member, data, end_of_member, end, failed };

// hello: a = seccomp, b = own user · member: a = Member::Kind, b = mode, size, then two texts (name, target) ·
// data: a = slot, b = bytes in it · failed: then one text. Texts follow the message, their lengths are in `text`.
struct Message {
  MessageKind kind{};
  std::uint32_t a = 0;
  std::uint32_t b = 0;
  std::uint32_t text[2] = {0, 0};
  std::uint32_t unused = 0;
  std::uint64_t size = 0;
};

struct ChildChannel {
  int input = -1;  // archive bytes; end of file at their end
  int messages = -1;
  int credits = -1;  // one byte for each slot that may be filled again
  std::byte* slots = nullptr;
};

struct ArchiveLimits;

// The child's whole life; never returns.
[[noreturn]] void run_archive_child(const ChildChannel& channel, const ArchiveLimits& limits, unsigned threads,
                                    int parent);

}  // namespace cudnn_install
