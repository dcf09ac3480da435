// What the samples are made of, without a GPU: the reference network on a picture, and the half precision of the
// samples beside the compiler's own.
//
//   probe logits WEIGHTS PICTURE…     a line of ten numbers for each picture
//   probe half                        says how many conversions differ
#include <cmath>
#include <cstdio>
#include <cstring>

#include "files.h"
#include "half.h"
#include "network.h"

extern "C" {
float emulated_float_of(std::uint16_t bits);
std::uint16_t emulated_half_of(float value);
}

namespace {

int logits(char** paths) {
  const samples::Weights weights(*paths++);
  for (; *paths != nullptr; ++paths) {
    const samples::Values picture = samples::read_pgm(*paths, samples::picture_side, samples::picture_side);
    for (float logit : samples::classify_on_the_processor(weights, picture).logits) {
      std::printf("%.6f ", double{logit});
    }
    std::printf("\n");
  }
  return 0;
}

bool same(float one, float other) {
  return one == other || (std::isnan(one) && std::isnan(other));
}

int halves() {
  long wrong = 0;
  for (std::uint32_t bits = 0; bits < 65536; ++bits) {
    const auto half = static_cast<std::uint16_t>(bits);
    wrong += same(samples::float_of(half), emulated_float_of(half)) ? 0 : 1;
  }
  // Every float whose upper 16 bits vary, with lower bits that round down, to even and up.
  for (std::uint64_t bits = 0; bits < 0x100000000; bits += 0x7ff) {
    const auto word = static_cast<std::uint32_t>(bits);
    float value = 0;
    std::memcpy(&value, &word, sizeof value);
    const std::uint16_t found = samples::half_of(value);
    wrong +=
        std::isnan(value) ? (std::isnan(samples::float_of(found)) ? 0 : 1) : (found == emulated_half_of(value) ? 0 : 1);
  }
  std::printf("%ld differ\n", wrong);
  return 0;
}

}  // namespace

int main(int count, char** arguments) {
  return count > 2 && std::strcmp(arguments[1], "logits") == 0 ? logits(arguments + 2) : halves();
}
