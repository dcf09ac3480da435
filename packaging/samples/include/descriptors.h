// cuDNN's objects with an owner each, and the shape of a four-dimensional tensor.
#pragma once

#include <cstddef>

#include "checked.h"

namespace samples {

struct Shape {
  int n;
  int c;
  int h;
  int w;

  std::size_t size() const { return static_cast<std::size_t>(n) * c * h * w; }
};

template <typename T, cudnnStatus_t (*create)(T*), cudnnStatus_t (*destroy)(T)>
class Owned {
 public:
  Owned() { check(create(&value_), "creating a cuDNN object"); }
  ~Owned() { destroy(value_); }
  Owned(const Owned&) = delete;
  Owned& operator=(const Owned&) = delete;

  operator T() const { return value_; }

 private:
  T value_ = nullptr;
};

using Handle = Owned<cudnnHandle_t, cudnnCreate, cudnnDestroy>;
using TensorDescriptor = Owned<cudnnTensorDescriptor_t, cudnnCreateTensorDescriptor, cudnnDestroyTensorDescriptor>;
using FilterDescriptor = Owned<cudnnFilterDescriptor_t, cudnnCreateFilterDescriptor, cudnnDestroyFilterDescriptor>;
using ConvolutionDescriptor =
    Owned<cudnnConvolutionDescriptor_t, cudnnCreateConvolutionDescriptor, cudnnDestroyConvolutionDescriptor>;
using PoolingDescriptor = Owned<cudnnPoolingDescriptor_t, cudnnCreatePoolingDescriptor, cudnnDestroyPoolingDescriptor>;
using ActivationDescriptor =
    Owned<cudnnActivationDescriptor_t, cudnnCreateActivationDescriptor, cudnnDestroyActivationDescriptor>;
using DropoutDescriptor = Owned<cudnnDropoutDescriptor_t, cudnnCreateDropoutDescriptor, cudnnDestroyDropoutDescriptor>;
using RnnDescriptor = Owned<cudnnRNNDescriptor_t, cudnnCreateRNNDescriptor, cudnnDestroyRNNDescriptor>;
using RnnDataDescriptor = Owned<cudnnRNNDataDescriptor_t, cudnnCreateRNNDataDescriptor, cudnnDestroyRNNDataDescriptor>;

inline void describe(const TensorDescriptor& tensor, cudnnDataType_t type, const Shape& shape,
                     cudnnTensorFormat_t format = CUDNN_TENSOR_NCHW) {
  check(cudnnSetTensor4dDescriptor(tensor, format, type, shape.n, shape.c, shape.h, shape.w),
        "cudnnSetTensor4dDescriptor");
}

inline void describe(const FilterDescriptor& filter, cudnnDataType_t type, const Shape& shape,
                     cudnnTensorFormat_t format = CUDNN_TENSOR_NCHW) {
  check(cudnnSetFilter4dDescriptor(filter, type, format, shape.n, shape.c, shape.h, shape.w),
        "cudnnSetFilter4dDescriptor");
}

}  // namespace samples
