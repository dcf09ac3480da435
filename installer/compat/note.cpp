#include "compat/note.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace cudnn_install {

namespace {

using Json = nlohmann::json;

constexpr std::size_t longest_text = 16384;
constexpr std::size_t longest_list = 256;
constexpr std::int64_t largest_number = 9999;

// A list of numbers; empty if the key is absent or null, nothing if it holds anything else.
std::optional<std::vector<int>> numbers(const Json& record, const char* key) {
  const auto found = record.find(key);
  std::vector<int> list;
  if (found == record.end() || found->is_null()) {
    return list;
  }
  if (!found->is_array() || found->size() > longest_list) {
    return std::nullopt;
  }
  for (const Json& entry : *found) {
    if (!entry.is_number_integer() || entry.get<std::int64_t>() < 0 || entry.get<std::int64_t>() > largest_number) {
      return std::nullopt;
    }
    list.push_back(entry.get<int>());
  }
  return list;
}

std::optional<CompatNote> parsed(std::string_view description) {
  const std::size_t end = std::min(description.find('\0'), description.size());
  const bool padded = description.find_first_not_of('\0', end) == std::string_view::npos;
  if (!padded || end > longest_text) {
    return std::nullopt;
  }
  const Json record = Json::parse(description.substr(0, end), nullptr, false);
  const auto version = record.is_object() ? record.find("CUDA version") : record.end();
  if (!record.is_object() || version == record.end() || !version->is_string()) {
    return std::nullopt;
  }
  const Result<Version> cuda = Version::parse(version->get<std::string>());
  const auto branches = numbers(record, "driver");
  const auto brands = numbers(record, "device");
  if (!cuda || cuda->size() != 2 || !branches || !brands) {
    return std::nullopt;
  }
  return CompatNote{.cuda = *cuda, .branches = *branches, .brands = *brands};
}

}  // namespace

std::optional<CompatNote> compat_note(const std::vector<NoteText>& notes) {
  for (const NoteText& note : notes) {
    if (note.section == compat_note_section && note.owner == "NVIDIA Corporation" && note.type == 0) {
      return parsed(note.description);
    }
  }
  return std::nullopt;
}

}  // namespace cudnn_install
