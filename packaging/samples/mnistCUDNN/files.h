// What the sample reads: pictures as PGM files and the weights of the network.
#pragma once

#include <string>
#include <vector>

#include "reference.h"

namespace samples {

// The pixels of an 8-bit binary PGM file (P5) from 0 to 1, row by row; throws unless it is `width` x `height`.
Values read_pgm(const std::string& path, int width, int height);

// The file's numbers, little-endian float32 on every machine; throws unless they are `count`.
Values read_floats(const std::string& path, std::size_t count);

}  // namespace samples
