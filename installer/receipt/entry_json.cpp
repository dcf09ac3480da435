#include "receipt/entry_json.h"

#include <nlohmann/json.hpp>

namespace cudnn_install {

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
  entry.mode = json.at("mode").get<std::uint32_t>();
  entry.size = json.at("size").get<std::uint64_t>();
  entry.mtime = json.at("mtime").get<std::int64_t>();
  entry.ctime = json.at("ctime").get<std::int64_t>();
  entry.inode = json.at("inode").get<std::uint64_t>();
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
  Json json = Json::parse(text);
  const auto digest = json.at("digest").get<std::string>();
  json.erase("digest");
  if (digest != Sha256::of(json.dump()).hex()) {
    throw Malformed{"it was edited, or its end is missing"};
  }
  return json;
}

}  // namespace cudnn_install
