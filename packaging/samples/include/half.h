// IEEE half precision on the host, to nearest even, without needing the compiler or cuda_fp16.h to know it.
#pragma once

#include <cstdint>
#include <cstring>

namespace samples {

inline std::uint16_t half_of(float value) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  const std::uint16_t sign = static_cast<std::uint16_t>((bits >> 16) & 0x8000U);
  bits &= 0x7fffffffU;
  if (bits >= 0x47800000U) {  // 65536 and more, infinity and NaN
    return static_cast<std::uint16_t>(sign | (bits > 0x7f800000U ? 0x7e00U : 0x7c00U));
  }
  if (bits < 0x38800000U) {  // below 2^-14: adding 0.5 lets the adder round to steps of 2^-24
    float magnitude = 0;
    std::memcpy(&magnitude, &bits, sizeof bits);
    magnitude += 0.5F;
    std::memcpy(&bits, &magnitude, sizeof bits);
    return static_cast<std::uint16_t>(sign | (bits - 0x3f000000U));
  }
  bits += 0xfffU + ((bits >> 13) & 1U);
  return static_cast<std::uint16_t>(sign | ((bits - 0x38000000U) >> 13));
}

inline float float_of(std::uint16_t half) {
  const std::uint32_t sign = (half & 0x8000U) << 16;
  const std::uint32_t exponent = (half >> 10) & 0x1fU;
  const std::uint32_t fraction = half & 0x3ffU;
  if (exponent == 0) {
    const float value = static_cast<float>(fraction) * 5.9604644775390625e-8F;  // 2^-24
    return sign != 0 ? -value : value;
  }
  const std::uint32_t bits = sign | (exponent == 31 ? 0x7f800000U : (exponent + 112) << 23) | (fraction << 13);
  float value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

}  // namespace samples
