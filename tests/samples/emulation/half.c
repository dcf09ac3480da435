/* The compiler's own half precision, beside which the samples' conversion is tried. */
#include <stdint.h>
#include <string.h>

float emulated_float_of(uint16_t bits) {
  _Float16 half;
  memcpy(&half, &bits, sizeof half);
  return (float)half;
}

uint16_t emulated_half_of(float value) {
  _Float16 half = (_Float16)value;
  uint16_t bits;
  memcpy(&bits, &half, sizeof bits);
  return bits;
}
