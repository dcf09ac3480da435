// Recognises handwritten digits with a trained network whose layers are cuDNN's.
//
//   mnistCUDNN                        the ten digits of data/, in float and in half precision
//   mnistCUDNN image=FILE             one 28x28 PGM picture of your own
//   mnistCUDNN device=NUMBER …        on another GPU than the first
#include <cstdio>
#include <string>

#include "files.h"
#include "network.h"
#include "program.h"

using namespace samples;

namespace {

struct Precision {
  cudnnDataType_t type;
  const char* name;
  double tolerance;
};

const Precision precisions[] = {{CUDNN_DATA_FLOAT, "single", 1e-3}, {CUDNN_DATA_HALF, "half", 2e-2}};

// Prints what the picture is taken for. True where cuDNN says what the processor computes.
bool classify(const Network& network, const Weights& weights, const Precision& precision, const std::string& path,
              int& answer) {
  const Values picture = read_pgm(path, picture_side, picture_side);
  const Scores found = network.classify(picture);
  const Scores reference = classify_on_the_processor(weights, picture);
  answer = found.best();
  const bool good = answer == reference.best() && distance(found.logits, reference.logits) <= precision.tolerance;
  std::printf("%s: %d (probability %.4f)%s\n", path.c_str(), answer, double{found.probabilities[answer]},
              good ? "" : ", the processor computes otherwise");
  return good;
}

bool ten_digits(const Network& network, const Weights& weights, const Precision& precision, const std::string& data) {
  bool good = true;
  std::string answers;
  for (int digit = 0; digit < digits; ++digit) {
    int answer = -1;
    const std::string path = data + "digit-" + std::to_string(digit) + ".pgm";
    good = classify(network, weights, precision, path, answer) && answer == digit && good;
    answers += " " + std::to_string(answer);
  }
  std::printf("Result of classification:%s\n", answers.c_str());
  return good;
}

bool run(const Options& options, const std::string& data) {
  use_device(number_of(options, "device"));
  const Handle handle;
  const Weights weights(data + "weights.f32");
  const std::string& image = options.at("image");
  bool good = true;
  for (const Precision& precision : precisions) {
    std::printf("\nTesting %s precision\n", precision.name);
    const Network network(handle, weights, precision.type);
    int answer = -1;
    good = (image.empty() ? ten_digits(network, weights, precision, data)
                          : classify(network, weights, precision, image, answer)) &&
           good;
  }
  return good;
}

// data/ lies beside the program, wherever it is called from.
std::string data_beside(const std::string& program) {
  const std::size_t slash = program.rfind('/');
  return (slash == std::string::npos ? "" : program.substr(0, slash + 1)) + "data/";
}

}  // namespace

int main(int count, char** arguments) {
  const std::string data = data_beside(arguments[0]);
  return program(count, arguments, "mnistCUDNN [device=NUMBER] [image=FILE]", {{"device", "0"}, {"image", ""}},
                 [&data](const Options& options) { return run(options, data); });
}
