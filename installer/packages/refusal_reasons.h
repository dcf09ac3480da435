// The words by which a manager's refusal is known. Data.
#pragma once

#include <span>
#include <string_view>

#include "base/error.h"

namespace cudnn_install {

struct RefusalReason {
  std::string_view words;  // as the manager has them
  Fault fault;
  std::string_view reason;   // in ours
  std::string_view hint{};   // empty: nothing honest to say
  std::string_view shown{};  // words of the line that tells more than the one with `words`
};

// What stands first is believed first: the cause before its consequences.
std::span<const RefusalReason> refusal_reasons();

}  // namespace cudnn_install
