#include "network.h"

#include <algorithm>
#include <cmath>

#include "files.h"

namespace samples {

const Convolution layer1 = {{1, 1, picture_side, picture_side}, {8, 1, 5, 5}, 0, 1};
const Convolution layer2 = {{1, 8, 12, 12}, {16, 8, 5, 5}, 0, 1};
const Convolution layer3 = {{1, 16, 4, 4}, {digits, 16, 4, 4}, 0, 1};

namespace {

const float one = 1;
const float zero = 0;

std::size_t weights_of(const Convolution& layer) {
  return layer.filter.size() + layer.filter.n;
}

}  // namespace

Weights::Weights(const std::string& path) {
  const Values all = read_floats(path, weights_of(layer1) + weights_of(layer2) + weights_of(layer3));
  Values::const_iterator place = all.begin();
  const auto take = [&place](std::size_t count) {
    const Values::const_iterator from = place;
    place += static_cast<std::ptrdiff_t>(count);
    return Values(from, place);
  };
  filter1 = take(layer1.filter.size());
  bias1 = take(layer1.filter.n);
  filter2 = take(layer2.filter.size());
  bias2 = take(layer2.filter.n);
  filter3 = take(layer3.filter.size());
  bias3 = take(layer3.filter.n);
}

int Scores::best() const {
  return static_cast<int>(std::max_element(probabilities.begin(), probabilities.end()) - probabilities.begin());
}

Network::Network(const Handle& handle, const Weights& weights, cudnnDataType_t type)
    : handle_(handle),
      type_(type),
      filter1_(type, weights.filter1),
      bias1_(type, weights.bias1),
      filter2_(type, weights.filter2),
      bias2_(type, weights.bias2),
      filter3_(type, weights.filter3),
      bias3_(type, weights.bias3) {}

DeviceValues Network::convolved(const Convolution& of, const DeviceValues& x, const DeviceValues& filter,
                                const DeviceValues& bias) const {
  DeviceValues y(type_, of.output().size());
  ConvolutionOnDevice(handle_, of, type_).forward(x, filter, y);
  const TensorDescriptor bias_descriptor;
  const TensorDescriptor y_descriptor;
  describe(bias_descriptor, type_, {1, of.filter.n, 1, 1});
  describe(y_descriptor, type_, of.output());
  check(cudnnAddTensor(handle_, &one, bias_descriptor, bias.address(), &one, y_descriptor, y.address()),
        "cudnnAddTensor");
  return y;
}

DeviceValues Network::pooled_and_rectified(const Shape& shape, const DeviceValues& x) const {
  const PoolingDescriptor pooling;
  const ActivationDescriptor activation;
  const TensorDescriptor from;
  const TensorDescriptor to;
  const Shape half = {shape.n, shape.c, shape.h / 2, shape.w / 2};
  describe(from, type_, shape);
  describe(to, type_, half);
  check(cudnnSetPooling2dDescriptor(pooling, CUDNN_POOLING_MAX, CUDNN_NOT_PROPAGATE_NAN, 2, 2, 0, 0, 2, 2),
        "cudnnSetPooling2dDescriptor");
  check(cudnnSetActivationDescriptor(activation, CUDNN_ACTIVATION_RELU, CUDNN_NOT_PROPAGATE_NAN, 0),
        "cudnnSetActivationDescriptor");
  const DeviceValues pooled(type_, half.size());
  DeviceValues rectified(type_, half.size());
  check(cudnnPoolingForward(handle_, pooling, &one, from, x.address(), &zero, to, pooled.address()),
        "cudnnPoolingForward");
  check(cudnnActivationForward(handle_, activation, &one, to, pooled.address(), &zero, to, rectified.address()),
        "cudnnActivationForward");
  check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
  return rectified;
}

DeviceValues Network::softmax(const DeviceValues& logits) const {
  const TensorDescriptor descriptor;
  describe(descriptor, type_, layer3.output());
  DeviceValues probabilities(type_, layer3.output().size());
  check(cudnnSoftmaxForward(handle_, CUDNN_SOFTMAX_ACCURATE, CUDNN_SOFTMAX_MODE_CHANNEL, &one, descriptor,
                            logits.address(), &zero, descriptor, probabilities.address()),
        "cudnnSoftmaxForward");
  return probabilities;
}

Scores Network::classify(const Values& picture) const {
  const DeviceValues first = convolved(layer1, DeviceValues(type_, picture), filter1_, bias1_);
  const DeviceValues second = convolved(layer2, pooled_and_rectified(layer1.output(), first), filter2_, bias2_);
  const DeviceValues logits = convolved(layer3, pooled_and_rectified(layer2.output(), second), filter3_, bias3_);
  return {logits.values(), softmax(logits).values()};
}

Scores classify_on_the_processor(const Weights& weights, const Values& picture) {
  const Values first = with_bias(layer1.output(), convolve(layer1, picture, weights.filter1), weights.bias1);
  const Values second = with_bias(
      layer2.output(), convolve(layer2, pooled_and_rectified(layer1.output(), first), weights.filter2), weights.bias2);
  Scores scores;
  scores.logits = with_bias(
      layer3.output(), convolve(layer3, pooled_and_rectified(layer2.output(), second), weights.filter3), weights.bias3);
  const float largest = *std::max_element(scores.logits.begin(), scores.logits.end());
  float sum = 0;
  for (float logit : scores.logits) {
    scores.probabilities.push_back(std::exp(logit - largest));
    sum += scores.probabilities.back();
  }
  for (float& probability : scores.probabilities) {
    probability /= sum;
  }
  return scores;
}

}  // namespace samples
