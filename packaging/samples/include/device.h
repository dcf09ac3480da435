// The GPU: choosing one, saying what is used, and memory on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <vector>

#include "checked.h"
#include "half.h"

namespace samples {

// Prints the versions and the device, makes it the current one, and throws where it cannot be used.
inline void use_device(int number) {
  int runtime = 0;
  int driver = 0;
  int devices = 0;
  const std::size_t library = cudnnGetVersion();
  check(cudaRuntimeGetVersion(&runtime), "cudaRuntimeGetVersion");
  check(cudaDriverGetVersion(&driver), "cudaDriverGetVersion");
  std::printf("cuDNN %d, compiled with the headers of %d; CUDA runtime %d.%d, driver for CUDA %d.%d\n",
              static_cast<int>(library), CUDNN_VERSION, runtime / 1000, runtime % 1000 / 10, driver / 1000,
              driver % 1000 / 10);
  const std::size_t thousand = library >= 90000 ? 10000 : 1000;
  if (library / thousand != CUDNN_MAJOR) {
    throw std::runtime_error("the cuDNN that was found is of another major version than the headers");
  }
  check(cudaGetDeviceCount(&devices), "cudaGetDeviceCount");
  if (number < 0 || number >= devices) {
    throw std::runtime_error("there is no device " + std::to_string(number) + ": " + std::to_string(devices) +
                             " CUDA devices are here");
  }
  cudaDeviceProp properties;
  check(cudaGetDeviceProperties(&properties, number), "cudaGetDeviceProperties");
  check(cudaSetDevice(number), "cudaSetDevice");
  std::printf("device %d: %s, compute capability %d.%d, %d multiprocessors\n", number, properties.name,
              properties.major, properties.minor, properties.multiProcessorCount);
}

// A block of device memory, zero at first; of no bytes at all it is a null pointer.
class DeviceMemory {
 public:
  explicit DeviceMemory(std::size_t bytes) {
    if (bytes > 0) {
      check(cudaMalloc(&address_, bytes), "cudaMalloc");
      check(cudaMemset(address_, 0, bytes), "cudaMemset");
    }
  }
  ~DeviceMemory() { cudaFree(address_); }
  DeviceMemory(DeviceMemory&& other) noexcept : address_(other.address_) { other.address_ = nullptr; }
  DeviceMemory(const DeviceMemory&) = delete;
  DeviceMemory& operator=(const DeviceMemory&) = delete;

  void* address() const { return address_; }
  void upload(const void* from, std::size_t bytes) {
    check(cudaMemcpy(address_, from, bytes, cudaMemcpyHostToDevice), "cudaMemcpy to the device");
  }
  void download(void* to, std::size_t bytes) const {
    check(cudaMemcpy(to, address_, bytes, cudaMemcpyDeviceToHost), "cudaMemcpy from the device");
  }

 private:
  void* address_ = nullptr;
};

// Numbers on the device in the given precision; on the host they are always float.
class DeviceValues {
 public:
  DeviceValues(cudnnDataType_t type, std::size_t count)
      : type_(type),
        count_(count),
        memory_(count * (type == CUDNN_DATA_HALF ? sizeof(std::uint16_t) : sizeof(float))) {}
  DeviceValues(cudnnDataType_t type, const std::vector<float>& values) : DeviceValues(type, values.size()) {
    if (type_ == CUDNN_DATA_HALF) {
      std::vector<std::uint16_t> halves;
      for (float value : values) {
        halves.push_back(half_of(value));
      }
      memory_.upload(halves.data(), halves.size() * sizeof(std::uint16_t));
    } else {
      memory_.upload(values.data(), values.size() * sizeof(float));
    }
  }

  void* address() const { return memory_.address(); }
  std::vector<float> values() const {
    std::vector<float> found(count_);
    if (type_ == CUDNN_DATA_HALF) {
      std::vector<std::uint16_t> halves(count_);
      memory_.download(halves.data(), count_ * sizeof(std::uint16_t));
      for (std::size_t i = 0; i < count_; ++i) {
        found[i] = float_of(halves[i]);
      }
    } else {
      memory_.download(found.data(), count_ * sizeof(float));
    }
    return found;
  }

 private:
  cudnnDataType_t type_;
  std::size_t count_;
  DeviceMemory memory_;
};

}  // namespace samples
