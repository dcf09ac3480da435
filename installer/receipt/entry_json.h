// Entries as JSON, for the receipt and the journal. Included by their .cpp files only: what is thrown here ends there.
#pragma once

#include <cstdint>
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

// Numbers that are what they are said to be: JSON's own conversion bends -1, 1.5 and true until they fit. Malformed if
// it is not whole, or outside 0 … `most`.
std::uint64_t number_up_to(std::uint64_t most, const Json& json);
std::int64_t time_from(const Json& json);
// The list under `name`: an object would be taken for one.
const Json& list_at(const Json& json, const char* name);

Json json_of(const Entry& entry);
Entry entry_from(const Json& json);  // throws Malformed and nlohmann::json::exception

// A record with a digest of itself as its last field, and the check of it; Malformed if it does not agree, or is nested
// deeper than any record of ours.
std::string sealed(Json body);
Json unsealed(const std::string& text);

}  // namespace cudnn_install
