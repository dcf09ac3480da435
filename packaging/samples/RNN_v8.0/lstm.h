// A stack of LSTM layers over sequences of different lengths, on the processor.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "reference.h"

namespace samples {

// Sequences lie step by step: [step][sequence][vector], padded to the longest.
struct LstmShape {
  int input;
  int hidden;
  int layers;
  int directions;  // 2: each layer reads the sequences forwards and backwards
  std::vector<int> lengths;

  int batch() const { return static_cast<int>(lengths.size()); }
  int steps() const { return *std::max_element(lengths.begin(), lengths.end()); }
  int output() const { return hidden * directions; }
  int input_of(int layer) const { return layer == 0 ? input : output(); }
};

enum Gate { input_gate, forget_gate, new_memory, output_gate, gates };

// One gate's two matrices ([hidden][input] and [hidden][hidden]) and the bias that goes with each.
struct GateWeights {
  Values input, input_bias, recurrent, recurrent_bias;
};

// [layer * directions + direction][gate]
using LstmWeights = std::vector<std::vector<GateWeights>>;

struct LstmResult {
  Values y;       // [step][sequence][hidden * directions]; zero beyond a sequence's end
  Values hidden;  // [layer * directions + direction][sequence][hidden], after the last step
  Values cell;
};

LstmResult lstm_on_the_processor(const LstmShape& shape, const LstmWeights& weights, const Values& x);

}  // namespace samples
