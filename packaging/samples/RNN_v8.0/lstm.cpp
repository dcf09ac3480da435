#include "lstm.h"

#include <cmath>

namespace samples {

namespace {

struct State {
  Values hidden;
  Values cell;
};

double product(const Values& matrix, std::size_t row, const float* vector, std::size_t columns) {
  double sum = 0;
  for (std::size_t i = 0; i < columns; ++i) {
    sum += double{matrix[row * columns + i]} * vector[i];
  }
  return sum;
}

double sigmoid(double value) {
  return 1 / (1 + std::exp(-value));
}

State step(const std::vector<GateWeights>& weights, const float* x, std::size_t inputs, const State& before) {
  State after = before;
  for (std::size_t unit = 0; unit < before.hidden.size(); ++unit) {
    double sums[gates];
    for (int gate = 0; gate < gates; ++gate) {
      const GateWeights& of = weights[gate];
      sums[gate] = product(of.input, unit, x, inputs) + of.input_bias[unit] + of.recurrent_bias[unit] +
                   product(of.recurrent, unit, before.hidden.data(), before.hidden.size());
    }
    const double cell =
        sigmoid(sums[forget_gate]) * before.cell[unit] + sigmoid(sums[input_gate]) * std::tanh(sums[new_memory]);
    after.cell[unit] = static_cast<float>(cell);
    after.hidden[unit] = static_cast<float>(sigmoid(sums[output_gate]) * std::tanh(cell));
  }
  return after;
}

// One layer in one direction; writes its part of `y` and answers the state after each sequence's last step.
std::vector<State> run(const LstmShape& shape, int layer, int direction, const std::vector<GateWeights>& weights,
                       const Values& x, Values& y) {
  const std::size_t inputs = shape.input_of(layer);
  std::vector<State> last;
  for (int sequence = 0; sequence < shape.batch(); ++sequence) {
    State state = {Values(shape.hidden), Values(shape.hidden)};
    for (int i = 0; i < shape.lengths[sequence]; ++i) {
      const int time = direction == 0 ? i : shape.lengths[sequence] - 1 - i;
      const std::size_t place = static_cast<std::size_t>(time) * shape.batch() + sequence;
      state = step(weights, x.data() + place * inputs, inputs, state);
      std::copy(state.hidden.begin(), state.hidden.end(),
                y.begin() + static_cast<std::ptrdiff_t>(place * shape.output() + direction * shape.hidden));
    }
    last.push_back(state);
  }
  return last;
}

}  // namespace

LstmResult lstm_on_the_processor(const LstmShape& shape, const LstmWeights& weights, const Values& x) {
  LstmResult result;
  result.y = x;
  for (int layer = 0; layer < shape.layers; ++layer) {
    Values y(static_cast<std::size_t>(shape.steps()) * shape.batch() * shape.output());
    for (int direction = 0; direction < shape.directions; ++direction) {
      for (const State& state :
           run(shape, layer, direction, weights[layer * shape.directions + direction], result.y, y)) {
        result.hidden.insert(result.hidden.end(), state.hidden.begin(), state.hidden.end());
        result.cell.insert(result.cell.end(), state.cell.begin(), state.cell.end());
      }
    }
    result.y = y;
  }
  return result;
}

}  // namespace samples
