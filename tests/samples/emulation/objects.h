// cuDNN's objects as this emulation keeps them. It computes on the processor what the samples ask of a GPU, so that
// they run where there is none; whether real cuDNN agrees is for a machine with a GPU to show (tests/gpu/run).
#pragma once

#include <cudnn.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <vector>

extern "C" {
float emulated_float_of(std::uint16_t bits);
std::uint16_t emulated_half_of(float value);
}

struct cudnnTensorStruct {
  cudnnDataType_t type = CUDNN_DATA_FLOAT;
  std::vector<int> dimensions;
  std::vector<int> strides;

  std::size_t place(int n, int c, int h, int w) const {
    return static_cast<std::size_t>(n) * strides[0] + c * strides[1] + h * strides[2] + w * strides[3];
  }
  float load(const void* from, std::size_t place) const {
    return type == CUDNN_DATA_HALF ? emulated_float_of(static_cast<const std::uint16_t*>(from)[place])
                                   : static_cast<const float*>(from)[place];
  }
  void store(void* to, std::size_t place, double value) const {
    if (type == CUDNN_DATA_HALF) {
      static_cast<std::uint16_t*>(to)[place] = emulated_half_of(static_cast<float>(value));
    } else {
      static_cast<float*>(to)[place] = static_cast<float>(value);
    }
  }
};

struct cudnnFilterStruct : cudnnTensorStruct {};

namespace emulation {

void set_4d(cudnnTensorStruct& tensor, cudnnTensorFormat_t format, cudnnDataType_t type, const int (&dimensions)[4]);

// EMULATED_STATUS=FUNCTION makes that function fail, EMULATED_FAULT=FUNCTION makes it compute something wrong.
inline bool names(const char* variable, const char* function) {
  const char* named = std::getenv(variable);
  return named != nullptr && std::strcmp(named, function) == 0;
}

inline cudnnStatus_t finish(const char* function, const cudnnTensorStruct& tensor, void* result) {
  if (names("EMULATED_STATUS", function)) {
    return CUDNN_STATUS_EXECUTION_FAILED;
  }
  if (names("EMULATED_FAULT", function)) {
    tensor.store(result, 0, tensor.load(result, 0) * 1.5 + 1);
  }
  return CUDNN_STATUS_SUCCESS;
}

}  // namespace emulation
