// The walk through an archive, as the reader child takes it: input that begins like xz, gzip or zstd goes through the
// decoder, everything else is taken for a tar that is unpacked already.
#include <algorithm>
#include <optional>

#include "fuzz/target.h"
#include "system/archive_walk.h"
#include "system/decoder.h"

using namespace cudnn_install;

namespace {

constexpr std::uint64_t memory = 32ULL << 20U;
constexpr std::uint64_t enough = 8ULL << 20U;  // unpacked; the parent has limits of its own
constexpr std::size_t piece = 700;             // no multiple of a block, so that headers lie across two pieces

class Pieces {
 public:
  explicit Pieces(std::span<const std::byte> left) : left_(left) {}
  std::span<const std::byte> next() {
    const auto part = left_.first(std::min(left_.size(), piece));
    left_ = left_.subspan(part.size());
    return part;
  }

 private:
  std::span<const std::byte> left_;
};

// Holds what the walk tells against itself.
struct Story {
  std::optional<Member> open{};
  std::uint64_t left = 0;
  std::uint64_t bytes = 0;
  std::uint32_t members = 0;

  Result<void> begin(const Member& member) {
    require(!open && member.name.size() < 4096 && member.target.size() < 4096 && (member.mode & ~0777U) == 0);
    require(member.kind == Member::Kind::file || member.size == 0);
    open = member;
    left = member.size;
    return ++members > 4096 ? failure(Fault::archive, "many members") : Result<void>();
  }
  Result<void> add(std::span<const std::byte> data) {
    require(open && data.size() <= left);
    left -= data.size();
    bytes += data.size();
    return bytes > enough ? failure(Fault::archive, "many bytes") : Result<void>();
  }
  Result<void> end() {
    require(open && left == 0);
    open.reset();
    return {};
  }
};

void judge(const Result<void>& walked, const Story& story) {
  if (walked) {
    require(!story.open && story.members > 0);
    return;
  }
  require(walked.error().fault == Fault::archive);
  require_showable(walked.error());
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Pieces pieces(bytes_of(data, size));
  Story story;
  const Sink sink = {.member = [&](const Member& member) { return story.begin(member); },
                     .data = [&](std::span<const std::byte> bytes) { return story.add(bytes); },
                     .end_of_member = [&] { return story.end(); },
                     .progress = {}};
  if (looks_like(bytes_of(data, size)).ends_with(" file")) {
    auto decoder = Decoder::start([&] { return pieces.next(); }, memory, 1);
    judge(decoder ? walk_tar([&] { return decoder->next(); }, sink) : tl::unexpected(decoder.error()), story);
  } else {
    judge(walk_tar([&]() -> Result<std::span<const std::byte>> { return pieces.next(); }, sink), story);
  }
  return 0;
}
