// A convolution by cuDNN in its three directions: cuDNN ranks its algorithms, the first one that runs is taken.
#pragma once

#include <string>
#include <vector>

#include "descriptors.h"
#include "device.h"
#include "reference.h"

namespace samples {

// float32 keeps to FMA, so that the result is comparable to the last digits; half may use tensor cores.
class ConvolutionOnDevice {
 public:
  ConvolutionOnDevice(const Handle& handle, const Convolution& of, cudnnDataType_t type,
                      cudnnTensorFormat_t format = CUDNN_TENSOR_NCHW)
      : handle_(handle), type_(type) {
    const cudnnMathType_t math = type == CUDNN_DATA_HALF ? CUDNN_TENSOR_OP_MATH : CUDNN_FMA_MATH;
    describe(x_, type, of.input, format);
    describe(w_, type, of.filter, format);
    check(cudnnSetConvolution2dDescriptor(convolution_, of.padding, of.padding, of.stride, of.stride, 1, 1,
                                          CUDNN_CROSS_CORRELATION, CUDNN_DATA_FLOAT),
          "cudnnSetConvolution2dDescriptor");
    check(cudnnSetConvolutionMathType(convolution_, math), "cudnnSetConvolutionMathType");
    Shape out = {0, 0, 0, 0};
    check(cudnnGetConvolution2dForwardOutputDim(convolution_, x_, w_, &out.n, &out.c, &out.h, &out.w),
          "cudnnGetConvolution2dForwardOutputDim");
    if (out.size() != of.output().size()) {
      throw std::runtime_error("cuDNN and the reference disagree about the size of the result");
    }
    describe(y_, type, out, format);
  }

  void forward(const DeviceValues& x, const DeviceValues& w, DeviceValues& y) const {
    std::vector<cudnnConvolutionFwdAlgoPerf_t> ranked(CUDNN_CONVOLUTION_FWD_ALGO_COUNT);
    int count = 0;
    check(cudnnGetConvolutionForwardAlgorithm_v7(handle_, x_, w_, convolution_, y_, size_of(ranked), &count,
                                                 ranked.data()),
          "cudnnGetConvolutionForwardAlgorithm_v7");
    run("cudnnConvolutionForward", ranked, count, [&](cudnnConvolutionFwdAlgo_t algorithm, const Workspace& space) {
      return cudnnConvolutionForward(handle_, &one_, x_, x.address(), w_, w.address(), convolution_, algorithm,
                                     space.address, space.bytes, &zero_, y_, y.address());
    });
  }

  void backward_data(const DeviceValues& w, const DeviceValues& dy, DeviceValues& dx) const {
    std::vector<cudnnConvolutionBwdDataAlgoPerf_t> ranked(CUDNN_CONVOLUTION_BWD_DATA_ALGO_COUNT);
    int count = 0;
    check(cudnnGetConvolutionBackwardDataAlgorithm_v7(handle_, w_, y_, convolution_, x_, size_of(ranked), &count,
                                                      ranked.data()),
          "cudnnGetConvolutionBackwardDataAlgorithm_v7");
    run("cudnnConvolutionBackwardData", ranked, count,
        [&](cudnnConvolutionBwdDataAlgo_t algorithm, const Workspace& space) {
          return cudnnConvolutionBackwardData(handle_, &one_, w_, w.address(), y_, dy.address(), convolution_,
                                              algorithm, space.address, space.bytes, &zero_, x_, dx.address());
        });
  }

  void backward_filter(const DeviceValues& x, const DeviceValues& dy, DeviceValues& dw) const {
    std::vector<cudnnConvolutionBwdFilterAlgoPerf_t> ranked(CUDNN_CONVOLUTION_BWD_FILTER_ALGO_COUNT);
    int count = 0;
    check(cudnnGetConvolutionBackwardFilterAlgorithm_v7(handle_, x_, y_, convolution_, w_, size_of(ranked), &count,
                                                        ranked.data()),
          "cudnnGetConvolutionBackwardFilterAlgorithm_v7");
    run("cudnnConvolutionBackwardFilter", ranked, count,
        [&](cudnnConvolutionBwdFilterAlgo_t algorithm, const Workspace& space) {
          return cudnnConvolutionBackwardFilter(handle_, &one_, x_, x.address(), y_, dy.address(), convolution_,
                                                algorithm, space.address, space.bytes, &zero_, w_, dw.address());
        });
  }

 private:
  struct Workspace {
    void* address;
    std::size_t bytes;
  };

  template <typename Ranked>
  static int size_of(const std::vector<Ranked>& ranked) {
    return static_cast<int>(ranked.size());
  }

  // cuDNN 9 tells reasons apart, all of them in the three thousands.
  static bool unsupported(cudnnStatus_t status) {
    return status == CUDNN_STATUS_NOT_SUPPORTED || (CUDNN_MAJOR >= 9 && static_cast<int>(status) / 1000 == 3);
  }

  // What was ranked may still turn out not to be supported: then the next one is tried.
  template <typename Ranked, typename Call>
  void run(const char* name, const std::vector<Ranked>& ranked, int count, Call call) const {
    cudnnStatus_t status = CUDNN_STATUS_NOT_SUPPORTED;
    for (int i = 0; i < count && unsupported(status); ++i) {
      if (ranked[i].status != CUDNN_STATUS_SUCCESS || ranked[i].memory > most_workspace) {
        continue;
      }
      if (type_ == CUDNN_DATA_HALF) {  // an algorithm was ranked together with the kind of arithmetic that it uses
        check(cudnnSetConvolutionMathType(convolution_, ranked[i].mathType), "cudnnSetConvolutionMathType");
      }
      const DeviceMemory workspace(ranked[i].memory);
      status = call(ranked[i].algo, Workspace{workspace.address(), ranked[i].memory});
      check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    }
    check(status, name);
  }

  static constexpr std::size_t most_workspace = std::size_t{1} << 30;
  const Handle& handle_;
  cudnnDataType_t type_;
  TensorDescriptor x_;
  FilterDescriptor w_;
  ConvolutionDescriptor convolution_;
  TensorDescriptor y_;
  const float one_ = 1;
  const float zero_ = 0;
};

}  // namespace samples
