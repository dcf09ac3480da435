// Every call into CUDA and cuDNN goes through check(): what fails is said with the call's name and the library's words.
#pragma once

#include <cuda_runtime_api.h>
#include <cudnn.h>

#include <stdexcept>
#include <string>

namespace samples {

inline void check(cudaError_t status, const char* call) {
  if (status != cudaSuccess) {
    throw std::runtime_error(std::string(call) + ": " + cudaGetErrorName(status) + " (" + cudaGetErrorString(status) +
                             ")");
  }
}

inline void check(cudnnStatus_t status, const char* call) {
  if (status == CUDNN_STATUS_SUCCESS) {
    return;
  }
  std::string text = std::string(call) + ": " + cudnnGetErrorString(status);
#if CUDNN_MAJOR >= 9
  char details[512] = "";
  cudnnGetLastErrorString(details, sizeof details);
  if (details[0] != '\0') {
    text += std::string(" (") + details + ")";
  }
#endif
  throw std::runtime_error(text);
}

}  // namespace samples
