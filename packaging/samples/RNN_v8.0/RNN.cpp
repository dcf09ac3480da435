// Recurrent layers (LSTM) by cuDNN, compared with a plain loop on the processor.
//
//   RNN [device=NUMBER]
#include <cstdint>
#include <cstdio>
#include <random>
#include <string>

#include "descriptors.h"
#include "device.h"
#include "lstm.h"
#include "program.h"

using namespace samples;

namespace {

const double tolerance = 1e-3;

struct Case {
  const char* name;
  LstmShape shape;
};

const Case cases[] = {
    {"one layer, equal lengths", {16, 32, 1, 1, {6, 6, 6}}},
    {"two layers, unequal lengths", {24, 32, 2, 1, {8, 3, 5, 8}}},
    {"two layers, both directions", {24, 16, 2, 2, {7, 7, 4, 1}}},
};

Values random_values(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  Values values;
  for (std::size_t i = 0; i < count; ++i) {
    values.push_back((static_cast<int>(random() % 2001) - 1000) / 3000.0F);
  }
  return values;
}

class LstmOnDevice {
 public:
  LstmOnDevice(const Handle& handle, const LstmShape& shape) : handle_(handle), shape_(shape) {
    check(cudnnSetDropoutDescriptor(dropout_, handle_, 0, nullptr, 0, 0), "cudnnSetDropoutDescriptor");
    check(cudnnSetRNNDescriptor_v8(rnn_, CUDNN_RNN_ALGO_STANDARD, CUDNN_LSTM, CUDNN_RNN_DOUBLE_BIAS,
                                   shape.directions == 2 ? CUDNN_BIDIRECTIONAL : CUDNN_UNIDIRECTIONAL,
                                   CUDNN_LINEAR_INPUT, CUDNN_DATA_FLOAT, CUDNN_DATA_FLOAT, CUDNN_FMA_MATH, shape.input,
                                   shape.hidden, shape.hidden, shape.layers, dropout_, CUDNN_RNN_PADDED_IO_ENABLED),
          "cudnnSetRNNDescriptor_v8");
    describe(x_, shape.input);
    describe(y_, shape.output());
    const int dimensions[] = {shape.layers * shape.directions, shape.batch(), shape.hidden};
    const int strides[] = {shape.batch() * shape.hidden, shape.hidden, 1};
    check(cudnnSetTensorNdDescriptor(state_, CUDNN_DATA_FLOAT, 3, dimensions, strides), "cudnnSetTensorNdDescriptor");
  }

  // How many floats all weights take, in cuDNN's own arrangement.
  std::size_t weights() const {
    std::size_t bytes = 0;
    check(cudnnGetRNNWeightSpaceSize(handle_, rnn_, &bytes), "cudnnGetRNNWeightSpaceSize");
    return bytes / sizeof(float);
  }

  // Where in that arrangement the matrices and biases lie: the same numbers in the reference's form.
  LstmWeights arranged(const DeviceValues& space, const Values& numbers) const {
    LstmWeights all;
    for (int pseudo_layer = 0; pseudo_layer < shape_.layers * shape_.directions; ++pseudo_layer) {
      all.emplace_back();
      for (int gate = 0; gate < gates; ++gate) {
        GateWeights one;
        part(space, numbers, pseudo_layer, gate, one.input, one.input_bias);
        part(space, numbers, pseudo_layer, gate + gates, one.recurrent, one.recurrent_bias);
        all.back().push_back(one);
      }
    }
    return all;
  }

  LstmResult run(const DeviceValues& space, const Values& x) const {
    std::size_t work_bytes = 0;
    std::size_t reserve_bytes = 0;
    check(cudnnGetRNNTempSpaceSizes(handle_, rnn_, CUDNN_FWD_MODE_INFERENCE, x_, &work_bytes, &reserve_bytes),
          "cudnnGetRNNTempSpaceSizes");
    const DeviceMemory work(work_bytes);
    const DeviceMemory reserve(reserve_bytes);
    const std::vector<std::int32_t> lengths(shape_.lengths.begin(), shape_.lengths.end());
    DeviceMemory device_lengths(lengths.size() * sizeof(std::int32_t));
    device_lengths.upload(lengths.data(), lengths.size() * sizeof(std::int32_t));
    const DeviceValues device_x(CUDNN_DATA_FLOAT, x);
    const DeviceValues y(CUDNN_DATA_FLOAT, static_cast<std::size_t>(shape_.steps()) * shape_.batch() * shape_.output());
    const DeviceValues hidden(CUDNN_DATA_FLOAT, states());
    const DeviceValues cell(CUDNN_DATA_FLOAT, states());
    check(cudnnRNNForward(
              handle_, rnn_, CUDNN_FWD_MODE_INFERENCE, static_cast<const std::int32_t*>(device_lengths.address()), x_,
              device_x.address(), y_, y.address(), state_, nullptr, hidden.address(), state_, nullptr, cell.address(),
              weights() * sizeof(float), space.address(), work_bytes, work.address(), reserve_bytes, reserve.address()),
          "cudnnRNNForward");
    check(cudaDeviceSynchronize(), "cudaDeviceSynchronize");
    return {y.values(), hidden.values(), cell.values()};
  }

 private:
  std::size_t states() const {
    return static_cast<std::size_t>(shape_.layers) * shape_.directions * shape_.batch() * shape_.hidden;
  }

  void describe(const RnnDataDescriptor& data, int vector) const {
    float padding = 0;
    check(cudnnSetRNNDataDescriptor(data, CUDNN_DATA_FLOAT, CUDNN_RNN_DATA_LAYOUT_SEQ_MAJOR_UNPACKED, shape_.steps(),
                                    shape_.batch(), vector, shape_.lengths.data(), &padding),
          "cudnnSetRNNDataDescriptor");
  }

  static Values copied(const TensorDescriptor& of, const void* address, const DeviceValues& space,
                       const Values& numbers) {
    cudnnDataType_t type = CUDNN_DATA_FLOAT;
    int count = 0;
    int dimensions[3] = {0, 0, 0};
    int strides[3] = {0, 0, 0};
    check(cudnnGetTensorNdDescriptor(of, 3, &type, &count, dimensions, strides), "cudnnGetTensorNdDescriptor");
    const std::ptrdiff_t from = static_cast<const float*>(address) - static_cast<const float*>(space.address());
    const Values::const_iterator first = numbers.begin() + from;
    return {first, first + static_cast<std::ptrdiff_t>(dimensions[0]) * dimensions[1] * dimensions[2]};
  }

  void part(const DeviceValues& space, const Values& numbers, int pseudo_layer, int id, Values& matrix,
            Values& bias) const {
    const TensorDescriptor matrix_descriptor;
    const TensorDescriptor bias_descriptor;
    void* matrix_address = nullptr;
    void* bias_address = nullptr;
    check(cudnnGetRNNWeightParams(handle_, rnn_, pseudo_layer, numbers.size() * sizeof(float), space.address(), id,
                                  matrix_descriptor, &matrix_address, bias_descriptor, &bias_address),
          "cudnnGetRNNWeightParams");
    matrix = copied(matrix_descriptor, matrix_address, space, numbers);
    bias = copied(bias_descriptor, bias_address, space, numbers);
  }

  const Handle& handle_;
  const LstmShape& shape_;
  DropoutDescriptor dropout_;
  RnnDescriptor rnn_;
  RnnDataDescriptor x_;
  RnnDataDescriptor y_;
  TensorDescriptor state_;
};

bool judge(const Case& one, const char* what, const Values& found, const Values& reference) {
  const double apart = distance(found, reference);
  const bool good = apart <= tolerance;
  std::printf("%-28s %-14s largest difference %.1e %s\n", one.name, what, apart, good ? "ok" : "WRONG");
  return good;
}

bool compare(const Handle& handle, const Case& one) {
  const LstmShape& shape = one.shape;
  const LstmOnDevice lstm(handle, shape);
  const Values weights = random_values(lstm.weights(), 1);
  const Values x = random_values(static_cast<std::size_t>(shape.steps()) * shape.batch() * shape.input, 2);
  const DeviceValues space(CUDNN_DATA_FLOAT, weights);
  const LstmResult found = lstm.run(space, x);
  const LstmResult reference = lstm_on_the_processor(shape, lstm.arranged(space, weights), x);
  bool good = judge(one, "output", found.y, reference.y);
  good = judge(one, "hidden state", found.hidden, reference.hidden) && good;
  return judge(one, "cell state", found.cell, reference.cell) && good;
}

bool all_cases(const Options& options) {
  use_device(number_of(options, "device"));
  const Handle handle;
  bool good = true;
  for (const Case& one : cases) {
    good = compare(handle, one) && good;
  }
  return good;
}

}  // namespace

int main(int count, char** arguments) {
  return program(count, arguments, "RNN [device=NUMBER]", {{"device", "0"}}, all_cases);
}
