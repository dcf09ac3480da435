// Entries as JSON, for the receipt and the journal. Included by their .cpp files only: what is thrown here ends there.
#pragma once

#include <string>
#include <utility>

#include <nlohmann/json_fwd.hpp>

#include "receipt/receipt.h"

namespace cudnn_install {

using Json = nlohmann::ordered_json;

struct Malformed {
  std::string what;
};

template <class T>
T checked(Result<T> result) {
  if (!result) {
    throw Malformed{result.error().what};
  }
  return std::move(*result);
}

Json json_of(const Entry& entry);
Entry entry_from(const Json& json);  // throws Malformed and nlohmann::json::exception

// A record with a digest of itself as its last field, and the check of it; Malformed if it does not agree.
std::string sealed(Json body);
Json unsealed(const std::string& text);

}  // namespace cudnn_install
