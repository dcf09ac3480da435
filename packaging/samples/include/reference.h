// The same layers on the processor, in the plainest way, to compare cuDNN's results with. Tensors are NCHW, sums
// double.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

#include "descriptors.h"

namespace samples {

using Values = std::vector<float>;

inline std::size_t at(const Shape& shape, int n, int c, int h, int w) {
  return ((static_cast<std::size_t>(n) * shape.c + c) * shape.h + h) * shape.w + w;
}

// A convolution as cuDNN's cross-correlation: filter (k, c, r, s), the same padding and stride in both directions.
struct Convolution {
  Shape input;
  Shape filter;
  int padding;
  int stride;

  Shape output() const {
    return {input.n, filter.n, (input.h + 2 * padding - filter.h) / stride + 1,
            (input.w + 2 * padding - filter.w) / stride + 1};
  }
};

// Calls visit(place in the output, place in the filter, place in the input) for every product of the convolution.
template <typename Visit>
void each_product(const Convolution& of, Visit visit) {
  const Shape out = of.output();
  for (int n = 0; n < out.n; ++n) {
    for (int k = 0; k < out.c; ++k) {
      for (int p = 0; p < out.h * out.w; ++p) {
        for (int tap = 0; tap < of.filter.c * of.filter.h * of.filter.w; ++tap) {
          const int s = tap % of.filter.w;
          const int r = tap / of.filter.w % of.filter.h;
          const int c = tap / (of.filter.w * of.filter.h);
          const int h = p / out.w * of.stride - of.padding + r;
          const int w = p % out.w * of.stride - of.padding + s;
          if (h >= 0 && h < of.input.h && w >= 0 && w < of.input.w) {
            visit(at(out, n, k, p / out.w, p % out.w), at(of.filter, k, c, r, s), at(of.input, n, c, h, w));
          }
        }
      }
    }
  }
}

inline Values rounded(const std::vector<double>& sums) {
  Values values;
  for (double sum : sums) {
    values.push_back(static_cast<float>(sum));
  }
  return values;
}

inline Values convolve(const Convolution& of, const Values& x, const Values& w) {
  std::vector<double> y(of.output().size());
  each_product(of, [&](std::size_t out, std::size_t tap, std::size_t in) { y[out] += double{x[in]} * w[tap]; });
  return rounded(y);
}

inline Values convolve_backward_data(const Convolution& of, const Values& dy, const Values& w) {
  std::vector<double> dx(of.input.size());
  each_product(of, [&](std::size_t out, std::size_t tap, std::size_t in) { dx[in] += double{dy[out]} * w[tap]; });
  return rounded(dx);
}

inline Values convolve_backward_filter(const Convolution& of, const Values& x, const Values& dy) {
  std::vector<double> dw(of.filter.size());
  each_product(of, [&](std::size_t out, std::size_t tap, std::size_t in) { dw[tap] += double{dy[out]} * x[in]; });
  return rounded(dw);
}

inline Values with_bias(const Shape& shape, Values x, const Values& bias) {
  for (std::size_t i = 0; i < x.size(); ++i) {
    x[i] += bias[i / (static_cast<std::size_t>(shape.h) * shape.w) % shape.c];
  }
  return x;
}

// The largest of each 2x2, then nothing below zero.
inline Values pooled_and_rectified(const Shape& shape, const Values& x) {
  Values y;
  for (int n = 0; n < shape.n; ++n) {
    for (int c = 0; c < shape.c; ++c) {
      for (int h = 0; h + 1 < shape.h; h += 2) {
        for (int w = 0; w + 1 < shape.w; w += 2) {
          const float upper = std::max(x[at(shape, n, c, h, w)], x[at(shape, n, c, h, w + 1)]);
          const float lower = std::max(x[at(shape, n, c, h + 1, w)], x[at(shape, n, c, h + 1, w + 1)]);
          y.push_back(std::max(0.0F, std::max(upper, lower)));
        }
      }
    }
  }
  return y;
}

// How far the two are apart at most, measured in the largest value of the reference (at least 1); NaN counts as
// infinite.
inline double distance(const Values& found, const Values& reference) {
  double largest = 1;
  double apart = found.size() == reference.size() ? 0 : HUGE_VAL;
  for (float value : reference) {
    largest = std::max(largest, std::fabs(double{value}));
  }
  for (std::size_t i = 0; i < std::min(found.size(), reference.size()); ++i) {
    const double difference = std::fabs(double{found[i]} - reference[i]);
    apart = std::max(apart, difference <= HUGE_VAL ? difference : HUGE_VAL);
  }
  return apart / largest;
}

}  // namespace samples
