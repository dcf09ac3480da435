// What the payload of a package or a runfile is wrapped in. The first byte says how long the pieces are in which the
// input is handed over, the second which kind of wrapping is expected; what comes out may not depend on the first.
#include <algorithm>

#include "fuzz/target.h"
#include "system/archive_wrapping.h"

using namespace cudnn_install;

namespace {

class Pieces {
 public:
  Pieces(std::span<const std::byte> left, std::size_t piece) : left_(left), piece_(piece) {}
  std::span<const std::byte> next() {
    const auto part = left_.first(std::min(left_.size(), piece_));
    left_ = left_.subspan(part.size());
    return part;
  }

 private:
  std::span<const std::byte> left_;
  std::size_t piece_;
};

// The refusal, or the form and every byte of the payload, which are a part of the input, in its order.
std::string told(std::span<const std::byte> input, std::size_t piece, Wrapping wrapping) {
  Pieces pieces(input, piece);
  const auto found = unwrapped([&] { return pieces.next(); }, wrapping);
  if (!found) {
    require(found.error().fault == Fault::archive);
    require_showable(found.error());
    return "no: " + found.error().what;
  }
  require(wrapping == Wrapping::package || found->form == PayloadForm::tar);
  std::string text = found->form == PayloadForm::tar ? "tar:" : "cpio:";
  const std::size_t head = text.size();
  for (auto part = found->payload(); !part.empty(); part = found->payload()) {
    require(part.data() >= input.data() && part.data() + part.size() <= input.data() + input.size());
    text.append(reinterpret_cast<const char*>(part.data()), part.size());
    require(text.size() - head <= input.size());
  }
  require(found->payload().empty());
  return text;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) {
    return 0;
  }
  const std::size_t piece = std::size_t{1} + data[0];
  const Wrapping wrapping = data[1] % 2 == 0 ? Wrapping::package : Wrapping::runfile;
  const auto input = bytes_of(data, size).subspan(2);
  require(told(input, piece, wrapping) == told(input, input.size() + 1, wrapping));
  return 0;
}
