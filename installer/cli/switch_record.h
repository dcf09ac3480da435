// The JSON record of `switch`.
#pragma once

#include <string>

#include "packages/alternatives.h"

namespace cudnn_install {

struct SwitchReport {
  AlternativesGroup before{};
  AlternativesGroup after{};
  bool change = false;
};
std::string switch_record(const SwitchReport& report);

}  // namespace cudnn_install
