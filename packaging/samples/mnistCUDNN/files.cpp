#include "files.h"

#include <cctype>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace samples {

namespace {

std::string bytes_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    throw std::runtime_error("'" + path + "' cannot be opened");
  }
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

// The next number of a PGM header; a comment goes from '#' to the end of its line.
int header_number(const std::string& bytes, std::size_t& place) {
  while (place < bytes.size() && (bytes[place] == '#' || std::isspace(static_cast<unsigned char>(bytes[place])) != 0)) {
    place = bytes[place] == '#' ? bytes.find('\n', place) : place + 1;
  }
  int number = -1;
  while (place < bytes.size() && bytes[place] >= '0' && bytes[place] <= '9' && number < 65536) {
    number = (number < 0 ? 0 : number * 10) + (bytes[place++] - '0');
  }
  return number;
}

}  // namespace

Values read_pgm(const std::string& path, int width, int height) {
  const std::string bytes = bytes_of(path);
  if (bytes.compare(0, 2, "P5") != 0) {
    throw std::runtime_error("'" + path + "' is not a binary PGM file");
  }
  std::size_t place = 2;
  const int found_width = header_number(bytes, place);
  const int found_height = header_number(bytes, place);
  const int largest = header_number(bytes, place);
  const std::size_t pixels = static_cast<std::size_t>(width) * height;
  if (found_width != width || found_height != height || largest < 1 || largest > 255) {
    throw std::runtime_error("'" + path + "' is not an 8-bit picture of " + std::to_string(width) + "x" +
                             std::to_string(height) + " pixels");
  }
  if (place + 1 + pixels > bytes.size()) {
    throw std::runtime_error("'" + path + "' ends too early");
  }
  Values values;
  for (std::size_t i = 0; i < pixels; ++i) {
    values.push_back(static_cast<float>(static_cast<unsigned char>(bytes[place + 1 + i])) /
                     static_cast<float>(largest));
  }
  return values;
}

Values read_floats(const std::string& path, std::size_t count) {
  const std::string bytes = bytes_of(path);
  if (bytes.size() != count * sizeof(float)) {
    throw std::runtime_error("'" + path + "' has " + std::to_string(bytes.size()) + " bytes, " +
                             std::to_string(count * sizeof(float)) + " are expected");
  }
  Values values(count);
  for (std::size_t i = 0; i < count; ++i) {
    std::uint32_t word = 0;
    for (std::size_t byte = 4; byte-- > 0;) {
      word = word << 8 | static_cast<unsigned char>(bytes[i * 4 + byte]);
    }
    std::memcpy(&values[i], &word, sizeof word);
  }
  return values;
}

}  // namespace samples
