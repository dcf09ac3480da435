// Tensors, convolutions, pooling, activation and softmax.
#include <algorithm>
#include <cmath>

#include "objects.h"

struct cudnnContext {};
struct cudnnConvolutionStruct {
  int padding[2], stride[2], dilation[2];
};
struct cudnnPoolingStruct {
  int window[2], padding[2], stride[2];
};
struct cudnnActivationStruct {};

using emulation::finish;

namespace emulation {

void set_4d(cudnnTensorStruct& tensor, cudnnTensorFormat_t format, cudnnDataType_t type, const int (&dimensions)[4]) {
  const int c = dimensions[1];
  const int h = dimensions[2];
  const int w = dimensions[3];
  tensor.type = type;
  tensor.dimensions.assign(dimensions, dimensions + 4);
  tensor.strides =
      format == CUDNN_TENSOR_NHWC ? std::vector<int>{h * w * c, 1, w * c, c} : std::vector<int>{c * h * w, h * w, w, 1};
}

}  // namespace emulation

namespace {

template <typename T>
cudnnStatus_t made(T** object) {
  *object = new T();
  return CUDNN_STATUS_SUCCESS;
}

template <typename T>
cudnnStatus_t gone(T* object) {
  delete object;
  return CUDNN_STATUS_SUCCESS;
}

// Calls visit(output place, filter place, input place) for each product.
template <typename Visit>
void products(const cudnnTensorStruct& x, const cudnnFilterStruct& w, const cudnnConvolutionStruct& by,
              const cudnnTensorStruct& y, Visit visit) {
  int at[7];
  const int ends[7] = {y.dimensions[0], w.dimensions[0], y.dimensions[2], y.dimensions[3],
                       w.dimensions[1], w.dimensions[2], w.dimensions[3]};
  long total = 1;
  for (int end : ends) {
    total *= end;
  }
  for (long i = 0; i < total; ++i) {
    long rest = i;
    for (int d = 6; d >= 0; --d) {
      at[d] = static_cast<int>(rest % ends[d]);
      rest /= ends[d];
    }
    const int h = at[2] * by.stride[0] - by.padding[0] + at[5] * by.dilation[0];
    const int column = at[3] * by.stride[1] - by.padding[1] + at[6] * by.dilation[1];
    if (h >= 0 && h < x.dimensions[2] && column >= 0 && column < x.dimensions[3]) {
      visit(y.place(at[0], at[1], at[2], at[3]), w.place(at[1], at[4], at[5], at[6]), x.place(at[0], at[4], h, column));
    }
  }
}

std::size_t size_of(const cudnnTensorStruct& tensor) {
  std::size_t size = 1;
  for (int dimension : tensor.dimensions) {
    size *= dimension;
  }
  return size;
}

void store_all(const cudnnTensorStruct& tensor, void* to, const std::vector<double>& values) {
  for (std::size_t i = 0; i < values.size(); ++i) {
    tensor.store(to, i, values[i]);
  }
}

// The first one ranked does not work, as can happen: whoever uses it has to take the second.
template <typename Perf, typename Algorithm>
cudnnStatus_t rank(int requested, int* returned, Perf* results, Algorithm bad, Algorithm good) {
  *returned = std::min(requested, 2);
  for (int i = 0; i < *returned; ++i) {
    results[i] = Perf();
    results[i].algo = i == 0 ? bad : good;
    results[i].status = CUDNN_STATUS_SUCCESS;
    results[i].memory = 64;
    results[i].mathType = CUDNN_DEFAULT_MATH;
  }
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace

extern "C" {

size_t cudnnGetVersion() {
  return CUDNN_VERSION;
}
const char* cudnnGetErrorString(cudnnStatus_t status) {
  return status == CUDNN_STATUS_EXECUTION_FAILED ? "CUDNN_STATUS_EXECUTION_FAILED" : "CUDNN_STATUS_NOT_SUPPORTED";
}
#if CUDNN_MAJOR >= 9
void cudnnGetLastErrorString(char* message, size_t size) {
  std::strncpy(message, "as the test wants it", size);
}
#endif

cudnnStatus_t cudnnCreate(cudnnHandle_t* object) {
  return made(object);
}
cudnnStatus_t cudnnDestroy(cudnnHandle_t object) {
  return gone(object);
}
cudnnStatus_t cudnnCreateTensorDescriptor(cudnnTensorDescriptor_t* object) {
  return made(object);
}
cudnnStatus_t cudnnDestroyTensorDescriptor(cudnnTensorDescriptor_t object) {
  return gone(object);
}
cudnnStatus_t cudnnCreateFilterDescriptor(cudnnFilterDescriptor_t* object) {
  return made(object);
}
cudnnStatus_t cudnnDestroyFilterDescriptor(cudnnFilterDescriptor_t object) {
  return gone(object);
}
cudnnStatus_t cudnnCreateConvolutionDescriptor(cudnnConvolutionDescriptor_t* object) {
  return made(object);
}
cudnnStatus_t cudnnDestroyConvolutionDescriptor(cudnnConvolutionDescriptor_t object) {
  return gone(object);
}
cudnnStatus_t cudnnCreatePoolingDescriptor(cudnnPoolingDescriptor_t* object) {
  return made(object);
}
cudnnStatus_t cudnnDestroyPoolingDescriptor(cudnnPoolingDescriptor_t object) {
  return gone(object);
}
cudnnStatus_t cudnnCreateActivationDescriptor(cudnnActivationDescriptor_t* object) {
  return made(object);
}
cudnnStatus_t cudnnDestroyActivationDescriptor(cudnnActivationDescriptor_t object) {
  return gone(object);
}

cudnnStatus_t cudnnSetTensor4dDescriptor(cudnnTensorDescriptor_t of, cudnnTensorFormat_t format, cudnnDataType_t type,
                                         int n, int c, int h, int w) {
  emulation::set_4d(*of, format, type, {n, c, h, w});
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnSetTensorNdDescriptor(cudnnTensorDescriptor_t of, cudnnDataType_t type, int count,
                                         const int dimensions[], const int strides[]) {
  of->type = type;
  of->dimensions.assign(dimensions, dimensions + count);
  of->strides.assign(strides, strides + count);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnGetTensorNdDescriptor(const cudnnTensorDescriptor_t of, int wanted, cudnnDataType_t* type,
                                         int* count, int dimensions[], int strides[]) {
  *type = of->type;
  *count = static_cast<int>(of->dimensions.size());
  std::copy_n(of->dimensions.begin(), std::min(wanted, *count), dimensions);
  std::copy_n(of->strides.begin(), std::min(wanted, *count), strides);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnSetFilter4dDescriptor(cudnnFilterDescriptor_t of, cudnnDataType_t type, cudnnTensorFormat_t format,
                                         int k, int c, int h, int w) {
  emulation::set_4d(*of, format, type, {k, c, h, w});
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnSetConvolution2dDescriptor(cudnnConvolutionDescriptor_t of, int pad_h, int pad_w, int u, int v,
                                              int dilation_h, int dilation_w, cudnnConvolutionMode_t mode,
                                              cudnnDataType_t) {
  *of = {{pad_h, pad_w}, {u, v}, {dilation_h, dilation_w}};
  return mode == CUDNN_CROSS_CORRELATION ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_NOT_SUPPORTED;
}

cudnnStatus_t cudnnSetConvolutionMathType(cudnnConvolutionDescriptor_t, cudnnMathType_t) {
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnGetConvolution2dForwardOutputDim(const cudnnConvolutionDescriptor_t by,
                                                    const cudnnTensorDescriptor_t x, const cudnnFilterDescriptor_t w,
                                                    int* n, int* c, int* h, int* width) {
  int sizes[2];
  for (int i = 0; i < 2; ++i) {
    const int reach = by->dilation[i] * (w->dimensions[2 + i] - 1) + 1;
    sizes[i] = 1 + (x->dimensions[2 + i] + 2 * by->padding[i] - reach) / by->stride[i];
  }
  *n = x->dimensions[0];
  *c = w->dimensions[0];
  *h = sizes[0];
  *width = sizes[1];
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnGetConvolutionForwardAlgorithm_v7(cudnnHandle_t, const cudnnTensorDescriptor_t,
                                                     const cudnnFilterDescriptor_t, const cudnnConvolutionDescriptor_t,
                                                     const cudnnTensorDescriptor_t, const int requested, int* returned,
                                                     cudnnConvolutionFwdAlgoPerf_t* results) {
  return rank(requested, returned, results, CUDNN_CONVOLUTION_FWD_ALGO_FFT, CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM);
}

cudnnStatus_t cudnnGetConvolutionBackwardDataAlgorithm_v7(cudnnHandle_t, const cudnnFilterDescriptor_t,
                                                          const cudnnTensorDescriptor_t,
                                                          const cudnnConvolutionDescriptor_t,
                                                          const cudnnTensorDescriptor_t, const int requested,
                                                          int* returned, cudnnConvolutionBwdDataAlgoPerf_t* results) {
  return rank(requested, returned, results, CUDNN_CONVOLUTION_BWD_DATA_ALGO_FFT, CUDNN_CONVOLUTION_BWD_DATA_ALGO_0);
}

cudnnStatus_t cudnnGetConvolutionBackwardFilterAlgorithm_v7(
    cudnnHandle_t, const cudnnTensorDescriptor_t, const cudnnTensorDescriptor_t, const cudnnConvolutionDescriptor_t,
    const cudnnFilterDescriptor_t, const int requested, int* returned, cudnnConvolutionBwdFilterAlgoPerf_t* results) {
  return rank(requested, returned, results, CUDNN_CONVOLUTION_BWD_FILTER_ALGO_FFT, CUDNN_CONVOLUTION_BWD_FILTER_ALGO_0);
}

cudnnStatus_t cudnnConvolutionForward(cudnnHandle_t, const void*, const cudnnTensorDescriptor_t x, const void* from,
                                      const cudnnFilterDescriptor_t w, const void* weights,
                                      const cudnnConvolutionDescriptor_t by, cudnnConvolutionFwdAlgo_t algorithm, void*,
                                      size_t, const void*, const cudnnTensorDescriptor_t y, void* to) {
  if (algorithm == CUDNN_CONVOLUTION_FWD_ALGO_FFT) {
    return CUDNN_STATUS_NOT_SUPPORTED;
  }
  std::vector<double> sums(size_of(*y));
  products(*x, *w, *by, *y, [&](std::size_t out, std::size_t tap, std::size_t in) {
    sums[out] += double{x->load(from, in)} * w->load(weights, tap);
  });
  store_all(*y, to, sums);
  return finish("cudnnConvolutionForward", *y, to);
}

cudnnStatus_t cudnnConvolutionBackwardData(cudnnHandle_t, const void*, const cudnnFilterDescriptor_t w,
                                           const void* weights, const cudnnTensorDescriptor_t dy, const void* from,
                                           const cudnnConvolutionDescriptor_t by,
                                           cudnnConvolutionBwdDataAlgo_t algorithm, void*, size_t, const void*,
                                           const cudnnTensorDescriptor_t dx, void* to) {
  if (algorithm == CUDNN_CONVOLUTION_BWD_DATA_ALGO_FFT) {
    return CUDNN_STATUS_NOT_SUPPORTED;
  }
  std::vector<double> sums(size_of(*dx));
  products(*dx, *w, *by, *dy, [&](std::size_t out, std::size_t tap, std::size_t in) {
    sums[in] += double{dy->load(from, out)} * w->load(weights, tap);
  });
  store_all(*dx, to, sums);
  return finish("cudnnConvolutionBackwardData", *dx, to);
}

cudnnStatus_t cudnnConvolutionBackwardFilter(cudnnHandle_t, const void*, const cudnnTensorDescriptor_t x,
                                             const void* from, const cudnnTensorDescriptor_t dy, const void* gradient,
                                             const cudnnConvolutionDescriptor_t by,
                                             cudnnConvolutionBwdFilterAlgo_t algorithm, void*, size_t, const void*,
                                             const cudnnFilterDescriptor_t dw, void* to) {
  if (algorithm == CUDNN_CONVOLUTION_BWD_FILTER_ALGO_FFT) {
    return CUDNN_STATUS_NOT_SUPPORTED;
  }
  std::vector<double> sums(size_of(*dw));
  products(*x, *dw, *by, *dy, [&](std::size_t out, std::size_t tap, std::size_t in) {
    sums[tap] += double{dy->load(gradient, out)} * x->load(from, in);
  });
  store_all(*dw, to, sums);
  return finish("cudnnConvolutionBackwardFilter", *dw, to);
}

cudnnStatus_t cudnnAddTensor(cudnnHandle_t, const void*, const cudnnTensorDescriptor_t bias, const void* from,
                             const void*, const cudnnTensorDescriptor_t y, void* to) {
  for (std::size_t i = 0; i < size_of(*y); ++i) {
    y->store(to, i, y->load(to, i) + bias->load(from, i / y->strides[1] % y->dimensions[1]));
  }
  return finish("cudnnAddTensor", *y, to);
}

cudnnStatus_t cudnnSetPooling2dDescriptor(cudnnPoolingDescriptor_t of, cudnnPoolingMode_t mode, cudnnNanPropagation_t,
                                          int height, int width, int pad_h, int pad_w, int stride_h, int stride_w) {
  *of = {{height, width}, {pad_h, pad_w}, {stride_h, stride_w}};
  return mode == CUDNN_POOLING_MAX ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_NOT_SUPPORTED;
}

cudnnStatus_t cudnnPoolingForward(cudnnHandle_t, const cudnnPoolingDescriptor_t by, const void*,
                                  const cudnnTensorDescriptor_t x, const void* from, const void*,
                                  const cudnnTensorDescriptor_t y, void* to) {
  for (std::size_t i = 0; i < size_of(*y); ++i) {
    const int w = static_cast<int>(i) % y->dimensions[3];
    const int h = static_cast<int>(i) / y->dimensions[3] % y->dimensions[2];
    const int c = static_cast<int>(i) / y->strides[1] % y->dimensions[1];
    float largest = -HUGE_VALF;
    for (int tap = 0; tap < by->window[0] * by->window[1]; ++tap) {
      largest = std::max(largest, x->load(from, x->place(static_cast<int>(i) / y->strides[0], c,
                                                         h * by->stride[0] + tap / by->window[1],
                                                         w * by->stride[1] + tap % by->window[1])));
    }
    y->store(to, i, largest);
  }
  return finish("cudnnPoolingForward", *y, to);
}

cudnnStatus_t cudnnSetActivationDescriptor(cudnnActivationDescriptor_t, cudnnActivationMode_t mode,
                                           cudnnNanPropagation_t, double) {
  return mode == CUDNN_ACTIVATION_RELU ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_NOT_SUPPORTED;
}

cudnnStatus_t cudnnActivationForward(cudnnHandle_t, cudnnActivationDescriptor_t, const void*,
                                     const cudnnTensorDescriptor_t x, const void* from, const void*,
                                     const cudnnTensorDescriptor_t y, void* to) {
  for (std::size_t i = 0; i < size_of(*y); ++i) {
    y->store(to, i, std::max(0.0F, x->load(from, i)));
  }
  return finish("cudnnActivationForward", *y, to);
}

cudnnStatus_t cudnnSoftmaxForward(cudnnHandle_t, cudnnSoftmaxAlgorithm_t, cudnnSoftmaxMode_t, const void*,
                                  const cudnnTensorDescriptor_t x, const void* from, const void*,
                                  const cudnnTensorDescriptor_t y, void* to) {
  double sum = 0;
  std::vector<double> powers;
  for (std::size_t i = 0; i < size_of(*x); ++i) {
    powers.push_back(std::exp(double{x->load(from, i)}));
    sum += powers.back();
  }
  for (double& power : powers) {
    power /= sum;
  }
  store_all(*y, to, powers);
  return finish("cudnnSoftmaxForward", *y, to);
}
}
