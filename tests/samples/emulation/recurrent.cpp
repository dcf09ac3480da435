// LSTM layers, written apart from the samples' own reference.
#include <algorithm>
#include <cmath>

#include "objects.h"

struct cudnnDropoutStruct {};
struct cudnnRNNDataStruct {
  int steps, batch, vector;
  std::vector<int> lengths;
};
struct cudnnRNNStruct {
  int inputs, hidden, layers, directions;

  int inputs_of(int pseudo_layer) const { return pseudo_layer < directions ? inputs : hidden * directions; }
  std::size_t matrices_of(int pseudo_layer) const {
    return std::size_t{4} * hidden * (inputs_of(pseudo_layer) + hidden);
  }
  // All biases come first, eight of each pseudo-layer; then the matrices.
  std::size_t bias(int pseudo_layer, int id) const { return (std::size_t{8} * pseudo_layer + id) * hidden; }
  std::size_t matrix(int pseudo_layer, int id) const {
    std::size_t place = bias(layers * directions, 0);
    for (int before = 0; before < pseudo_layer; ++before) {
      place += matrices_of(before);
    }
    const int narrow = id < 4 ? id : 4;
    return place + static_cast<std::size_t>(narrow) * hidden * inputs_of(pseudo_layer) +
           std::size_t(id - narrow) * hidden * hidden;
  }
};

namespace {

struct Lstm {
  const cudnnRNNStruct& rnn;
  const float* weights;

  double gate(int pseudo_layer, int id, int unit, const std::vector<double>& x, const std::vector<double>& h) const {
    double sum = double{weights[rnn.bias(pseudo_layer, id) + unit]} + weights[rnn.bias(pseudo_layer, id + 4) + unit];
    for (std::size_t i = 0; i < x.size(); ++i) {
      sum += x[i] * weights[rnn.matrix(pseudo_layer, id) + unit * x.size() + i];
    }
    for (std::size_t i = 0; i < h.size(); ++i) {
      sum += h[i] * weights[rnn.matrix(pseudo_layer, id + 4) + unit * h.size() + i];
    }
    return sum;
  }

  void advance(int pseudo_layer, const std::vector<double>& x, std::vector<double>& h, std::vector<double>& c) const {
    const auto sigmoid = [](double value) { return 0.5 * std::tanh(0.5 * value) + 0.5; };
    const std::vector<double> before = h;
    for (int unit = 0; unit < rnn.hidden; ++unit) {
      const double in = sigmoid(gate(pseudo_layer, 0, unit, x, before));
      const double forget = sigmoid(gate(pseudo_layer, 1, unit, x, before));
      c[unit] = forget * c[unit] + in * std::tanh(gate(pseudo_layer, 2, unit, x, before));
      h[unit] = sigmoid(gate(pseudo_layer, 3, unit, x, before)) * std::tanh(c[unit]);
    }
  }
};

// One sequence through all layers: [step][vector] in, the last layer's steps out.
std::vector<std::vector<double>> through(const Lstm& lstm, std::vector<std::vector<double>> x, int sequence, int batch,
                                         float* hy, float* cy) {
  const cudnnRNNStruct& rnn = lstm.rnn;
  for (int layer = 0; layer < rnn.layers; ++layer) {
    std::vector<std::vector<double>> y(x.size());
    for (int direction = 0; direction < rnn.directions; ++direction) {
      const int pseudo_layer = layer * rnn.directions + direction;
      std::vector<double> h(rnn.hidden);
      std::vector<double> c(rnn.hidden);
      for (std::size_t i = 0; i < x.size(); ++i) {
        const std::size_t time = direction == 0 ? i : x.size() - 1 - i;
        lstm.advance(pseudo_layer, x[time], h, c);
        y[time].insert(y[time].end(), h.begin(), h.end());
      }
      for (int unit = 0; unit < rnn.hidden; ++unit) {
        hy[(pseudo_layer * batch + sequence) * rnn.hidden + unit] = static_cast<float>(h[unit]);
        cy[(pseudo_layer * batch + sequence) * rnn.hidden + unit] = static_cast<float>(c[unit]);
      }
    }
    x = y;
  }
  return x;
}

}  // namespace

extern "C" {

cudnnStatus_t cudnnCreateDropoutDescriptor(cudnnDropoutDescriptor_t* object) {
  *object = new cudnnDropoutStruct();
  return CUDNN_STATUS_SUCCESS;
}
cudnnStatus_t cudnnDestroyDropoutDescriptor(cudnnDropoutDescriptor_t object) {
  delete object;
  return CUDNN_STATUS_SUCCESS;
}
cudnnStatus_t cudnnSetDropoutDescriptor(cudnnDropoutDescriptor_t, cudnnHandle_t, float, void*, size_t,
                                        unsigned long long) {
  return CUDNN_STATUS_SUCCESS;
}
cudnnStatus_t cudnnCreateRNNDescriptor(cudnnRNNDescriptor_t* object) {
  *object = new cudnnRNNStruct();
  return CUDNN_STATUS_SUCCESS;
}
cudnnStatus_t cudnnDestroyRNNDescriptor(cudnnRNNDescriptor_t object) {
  delete object;
  return CUDNN_STATUS_SUCCESS;
}
cudnnStatus_t cudnnCreateRNNDataDescriptor(cudnnRNNDataDescriptor_t* object) {
  *object = new cudnnRNNDataStruct();
  return CUDNN_STATUS_SUCCESS;
}
cudnnStatus_t cudnnDestroyRNNDataDescriptor(cudnnRNNDataDescriptor_t object) {
  delete object;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnSetRNNDescriptor_v8(cudnnRNNDescriptor_t rnn, cudnnRNNAlgo_t, cudnnRNNMode_t mode,
                                       cudnnRNNBiasMode_t bias, cudnnDirectionMode_t direction, cudnnRNNInputMode_t,
                                       cudnnDataType_t, cudnnDataType_t, cudnnMathType_t, int32_t inputs,
                                       int32_t hidden, int32_t projection, int32_t layers, cudnnDropoutDescriptor_t,
                                       uint32_t flags) {
  *rnn = {inputs, hidden, layers, direction == CUDNN_BIDIRECTIONAL ? 2 : 1};
  const bool known = mode == CUDNN_LSTM && bias == CUDNN_RNN_DOUBLE_BIAS && projection == hidden &&
                     flags == CUDNN_RNN_PADDED_IO_ENABLED;
  return known ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_NOT_SUPPORTED;
}

cudnnStatus_t cudnnSetRNNDataDescriptor(cudnnRNNDataDescriptor_t data, cudnnDataType_t, cudnnRNNDataLayout_t layout,
                                        int steps, int batch, int vector, const int lengths[], void*) {
  *data = {steps, batch, vector, std::vector<int>(lengths, lengths + batch)};
  return layout == CUDNN_RNN_DATA_LAYOUT_SEQ_MAJOR_UNPACKED ? CUDNN_STATUS_SUCCESS : CUDNN_STATUS_NOT_SUPPORTED;
}

cudnnStatus_t cudnnGetRNNWeightSpaceSize(cudnnHandle_t, cudnnRNNDescriptor_t rnn, size_t* bytes) {
  *bytes = rnn->matrix(rnn->layers * rnn->directions, 0) * sizeof(float);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnGetRNNTempSpaceSizes(cudnnHandle_t, cudnnRNNDescriptor_t, cudnnForwardMode_t,
                                        cudnnRNNDataDescriptor_t, size_t* work, size_t* reserve) {
  *work = 16;
  *reserve = 0;
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnGetRNNWeightParams(cudnnHandle_t, cudnnRNNDescriptor_t rnn, int32_t pseudo_layer, size_t,
                                      const void* space, int32_t id, cudnnTensorDescriptor_t matrix,
                                      void** matrix_address, cudnnTensorDescriptor_t bias, void** bias_address) {
  const int columns = id < 4 ? rnn->inputs_of(pseudo_layer) : rnn->hidden;
  float* base = const_cast<float*>(static_cast<const float*>(space));
  *matrix = cudnnTensorStruct();
  *bias = cudnnTensorStruct();
  matrix->dimensions = {1, rnn->hidden, columns};
  matrix->strides = {rnn->hidden * columns, columns, 1};
  bias->dimensions = {1, rnn->hidden, 1};
  bias->strides = {rnn->hidden, 1, 1};
  *matrix_address = base + rnn->matrix(pseudo_layer, id);
  *bias_address = base + rnn->bias(pseudo_layer, id);
  return CUDNN_STATUS_SUCCESS;
}

cudnnStatus_t cudnnRNNForward(cudnnHandle_t, cudnnRNNDescriptor_t rnn, cudnnForwardMode_t, const int32_t lengths[],
                              cudnnRNNDataDescriptor_t x_data, const void* x, cudnnRNNDataDescriptor_t y_data, void* y,
                              cudnnTensorDescriptor_t state, const void*, void* hy, cudnnTensorDescriptor_t,
                              const void*, void* cy, size_t, const void* weights, size_t, void*, size_t, void*) {
  const Lstm lstm{*rnn, static_cast<const float*>(weights)};
  std::memset(y, 0, sizeof(float) * y_data->steps * y_data->batch * y_data->vector);
  for (int sequence = 0; sequence < x_data->batch; ++sequence) {
    if (lengths[sequence] != x_data->lengths[sequence]) {
      return CUDNN_STATUS_BAD_PARAM;
    }
    std::vector<std::vector<double>> steps;
    for (int time = 0; time < lengths[sequence]; ++time) {
      const float* from = static_cast<const float*>(x) + (time * x_data->batch + sequence) * x_data->vector;
      steps.emplace_back(from, from + x_data->vector);
    }
    steps = through(lstm, steps, sequence, x_data->batch, static_cast<float*>(hy), static_cast<float*>(cy));
    for (int time = 0; time < lengths[sequence]; ++time) {
      float* to = static_cast<float*>(y) + (time * y_data->batch + sequence) * y_data->vector;
      std::copy(steps[time].begin(), steps[time].end(), to);
    }
  }
  return emulation::finish("cudnnRNNForward", *state, y);
}
}
