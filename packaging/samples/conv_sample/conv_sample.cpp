// Convolutions by cuDNN, forward and both backward directions, each compared with a plain loop on the processor.
//
//   conv_sample [device=NUMBER]
#include <cstdio>
#include <random>
#include <string>

#include "convolution.h"
#include "program.h"

using namespace samples;

namespace {

struct Case {
  const char* name;
  Convolution of;
};

const Case cases[] = {
    {"3x3, padded", {{2, 16, 14, 14}, {32, 16, 3, 3}, 1, 1}},
    {"1x1", {{4, 64, 7, 7}, {32, 64, 1, 1}, 0, 1}},
    {"5x5, not padded", {{1, 8, 28, 28}, {16, 8, 5, 5}, 0, 1}},
    {"3x3, stride 2", {{2, 8, 17, 17}, {24, 8, 3, 3}, 1, 2}},
};

// In steps of 1/32 between -1 and 1: exact in half precision too, so that rounding the input is no part of the error.
Values random_values(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  Values values;
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back((static_cast<int>(random() % 65) - 32) / 32.0F);
  }
  return values;
}

// NCHW to NHWC.
Values channels_last(const Shape& shape, const Values& values) {
  Values moved(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::size_t plane = static_cast<std::size_t>(shape.h) * shape.w;
    const std::size_t image = i / (plane * shape.c);
    moved[(image * plane + i % plane) * shape.c + i / plane % shape.c] = values[i];
  }
  return moved;
}

bool judge(const char* name, const char* what, const DeviceValues& found, const Values& reference, double tolerance) {
  const double apart = distance(found.values(), reference);
  const bool good = apart <= tolerance;
  std::printf("%-16s %-30s largest difference %.1e %s\n", name, what, apart, good ? "ok" : "WRONG");
  return good;
}

bool in_float(const Handle& handle, const Case& one) {
  const Convolution& of = one.of;
  const Values x = random_values(of.input.size(), 1);
  const Values w = random_values(of.filter.size(), 2);
  const Values dy = random_values(of.output().size(), 3);
  const DeviceValues device_x(CUDNN_DATA_FLOAT, x);
  const DeviceValues device_w(CUDNN_DATA_FLOAT, w);
  const DeviceValues device_dy(CUDNN_DATA_FLOAT, dy);
  DeviceValues y(CUDNN_DATA_FLOAT, dy.size());
  DeviceValues dx(CUDNN_DATA_FLOAT, x.size());
  DeviceValues dw(CUDNN_DATA_FLOAT, w.size());
  const ConvolutionOnDevice convolution(handle, of, CUDNN_DATA_FLOAT);
  convolution.forward(device_x, device_w, y);
  convolution.backward_data(device_w, device_dy, dx);
  convolution.backward_filter(device_x, device_dy, dw);
  bool good = judge(one.name, "float, forward", y, convolve(of, x, w), 1e-3);
  good = judge(one.name, "float, backward data", dx, convolve_backward_data(of, dy, w), 1e-3) && good;
  return judge(one.name, "float, backward filter", dw, convolve_backward_filter(of, x, dy), 1e-3) && good;
}

bool in_half(const Handle& handle, const Case& one) {
  const Convolution& of = one.of;
  const Values x = random_values(of.input.size(), 4);
  const Values w = random_values(of.filter.size(), 5);
  const DeviceValues device_x(CUDNN_DATA_HALF, channels_last(of.input, x));
  const DeviceValues device_w(CUDNN_DATA_HALF, channels_last(of.filter, w));
  DeviceValues y(CUDNN_DATA_HALF, of.output().size());
  const ConvolutionOnDevice convolution(handle, of, CUDNN_DATA_HALF, CUDNN_TENSOR_NHWC);
  convolution.forward(device_x, device_w, y);
  return judge(one.name, "half, channels last, forward", y, channels_last(of.output(), convolve(of, x, w)), 5e-3);
}

bool all_cases(const Options& options) {
  use_device(number_of(options, "device"));
  const Handle handle;
  bool good = true;
  for (const Case& one : cases) {
    good = in_float(handle, one) && good;
    good = in_half(handle, one) && good;
  }
  return good;
}

}  // namespace

int main(int count, char** arguments) {
  return program(count, arguments, "conv_sample [device=NUMBER]", {{"device", "0"}}, all_cases);
}
