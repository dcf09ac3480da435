// Argument vectors, put together.
#pragma once

#include "packages/package_manager_words.h"

namespace cudnn_install {

inline Words with(Words words, const Words& more) {
  words.insert(words.end(), more.begin(), more.end());
  return words;
}

}  // namespace cudnn_install
