#include "compat/table_reader.h"

#include <algorithm>

namespace cudnn_install {

Provenance read_provenance(Mapping& map) {
  const Value sources = map.required("source");
  Provenance provenance{.sources = sources.texts()};
  sources.expect_entries();
  const std::string grade = map.required("grade").one_of({"read", "quoted", "inferred", "remembered"});
  provenance.grade = grade == "read"       ? Grade::read
                     : grade == "quoted"   ? Grade::quoted
                     : grade == "inferred" ? Grade::inferred
                                           : Grade::remembered;
  return provenance;
}

int read_branch(const Value& value) {
  const std::int64_t number = value.number();
  if (number != 0 && (number < 100 || number > 9999)) {
    value.mistake("'" + std::to_string(number) + "' is no driver branch: expected a number such as 570");
  }
  return static_cast<int>(std::clamp<std::int64_t>(number, 0, 9999));
}

Version read_cuda(const Value& value) {
  Version version = value.version();
  if (version.size() != 0 && version.size() != 2) {
    value.mistake("'" + version.text() + "' is no version of CUDA: expected two numbers, such as 12.8");
  }
  return version;
}

std::optional<Version> read_version(Mapping& map, std::string_view key) {
  const std::optional<Value> value = map.optional(key);
  return value ? std::optional(value->version()) : std::nullopt;
}

std::vector<Version> read_versions(const Value& list) {
  std::vector<Version> versions;
  for (const Value& entry : list.list()) {
    versions.push_back(entry.version());
  }
  list.expect_entries();
  return versions;
}

std::vector<int> read_numbers(const Value& list) {
  std::vector<int> numbers;
  for (const Value& entry : list.list()) {
    numbers.push_back(static_cast<int>(std::min<std::int64_t>(entry.number(), 9999)));
  }
  list.expect_entries();
  return numbers;
}

}  // namespace cudnn_install
