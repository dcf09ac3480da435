// A small LeNet for 28x28 pictures of digits, by cuDNN and, to compare with, on the processor.
#pragma once

#include <string>

#include "convolution.h"

namespace samples {

enum { digits = 10, picture_side = 28 };

struct Weights {
  explicit Weights(const std::string& path);

  Values filter1, bias1, filter2, bias2, filter3, bias3;
};

struct Scores {
  Values logits;
  Values probabilities;

  int best() const;
};

// The layers in order; the last one is fully connected, which is a convolution with a filter as large as its input.
extern const Convolution layer1, layer2, layer3;

class Network {
 public:
  Network(const Handle& handle, const Weights& weights, cudnnDataType_t type);

  Scores classify(const Values& picture) const;

 private:
  DeviceValues convolved(const Convolution& of, const DeviceValues& x, const DeviceValues& filter,
                         const DeviceValues& bias) const;
  DeviceValues pooled_and_rectified(const Shape& shape, const DeviceValues& x) const;
  DeviceValues softmax(const DeviceValues& logits) const;

  const Handle& handle_;
  cudnnDataType_t type_;
  DeviceValues filter1_, bias1_, filter2_, bias2_, filter3_, bias3_;
};

Scores classify_on_the_processor(const Weights& weights, const Values& picture);

}  // namespace samples
