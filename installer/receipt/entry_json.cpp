#include "receipt/entry_json.h"

#include <cstdint>
#include <limits>

#include <nlohmann/json.hpp>

namespace cudnn_install {

namespace {

constexpr int deepest_level = 16;  // what walks through a record does so by recursion

// Ends the reading as soon as it goes too deep, before there is anything to walk through.
bool not_too_deep(int depth, Json::parse_event_t /*event*/, const Json& /*value*/) {
  return depth <= deepest_level ? true : throw Malformed{"it is nested too deep"};
}

}  // namespace

std::uint64_t number_up_to(std::uint64_t most, const Json& json) {
  if (!json.is_number_unsigned() || json.get<std::uint64_t>() > most) {
    throw Malformed{"a number is missing or out of range"};
  }
  return json.get<std::uint64_t>();
}

std::int64_t time_from(const Json& json) {
  constexpr auto latest = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  if (json.is_number_unsigned()) {
    return static_cast<std::int64_t>(number_up_to(latest, json));
  }
  if (!json.is_number_integer()) {
    throw Malformed{"a time is missing or out of range"};
  }
  return json.get<std::int64_t>();
}

const Json& list_at(const Json& json, const char* name) {
  const Json& list = json.at(name);
  return list.is_array() ? list : throw Malformed{"'" + std::string(name) + "' is no list"};
}

Json json_of(const Entry& entry) {
  const bool file = entry.kind == EntryKind::file;
  return {{"type", file ? "file" : "link"},
          {"mode", entry.mode},
          {"size", entry.size},
          {"mtime", entry.mtime},
          {"ctime", entry.ctime},
          {"inode", entry.inode},
          {"sha256", file ? Json(entry.sha256.hex()) : Json(nullptr)},
          {"target", file ? Json(nullptr) : Json(entry.target)}};
}

Entry entry_from(const Json& json) {
  Entry entry;
  const auto type = json.at("type").get<std::string>();
  if (type != "file" && type != "link") {
    throw Malformed{"unknown type '" + type + "'"};
  }
  entry.kind = type == "file" ? EntryKind::file : EntryKind::link;
  entry.mode = static_cast<std::uint32_t>(number_up_to(07777, json.at("mode")));
  entry.size = number_up_to(std::numeric_limits<std::int64_t>::max(), json.at("size"));
  entry.mtime = time_from(json.at("mtime"));
  entry.ctime = time_from(json.at("ctime"));
  entry.inode = number_up_to(std::numeric_limits<std::uint64_t>::max(), json.at("inode"));
  if (entry.kind == EntryKind::file) {
    entry.sha256 = checked(Sha256::parse(json.at("sha256").get<std::string>()));
  } else {
    entry.target = json.at("target").get<std::string>();
  }
  return entry;
}

std::string sealed(Json body) {
  body["digest"] = Sha256::of(body.dump()).hex();
  return body.dump(1) + '\n';
}

Json unsealed(const std::string& text) {
  Json json = Json::parse(text, not_too_deep);
  const auto digest = json.at("digest").get<std::string>();
  json.erase("digest");
  if (digest != Sha256::of(json.dump()).hex()) {
    throw Malformed{"it was edited, or its end is missing"};
  }
  return json;
}

}  // namespace cudnn_install
