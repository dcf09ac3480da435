#include "receipt/receipt.h"

#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

#include "receipt/entry_json.h"

namespace cudnn_install {

namespace {

// --- to JSON -----------------------------------------------------------------------------------------------------

Json json_of(const Kept& kept) {
  return {{"entry", json_of(kept.entry)}, {"where", kept.where}};
}

Json json_of(const InstalledPath& installed) {
  return {{"path", installed.path.text()},
          {"entry", json_of(installed.entry)},
          {"displaced", installed.displaced ? json_of(*installed.displaced) : Json(nullptr)}};
}

Json json_of(const LicenceRecord& licence) {
  return {
      {"accepted", licence.accepted}, {"sha256", licence.text.hex()}, {"when", licence.when}, {"user", licence.user}};
}

Json json_of(const Source& source) {
  return {{"location", source.location}, {"sha256", source.sha256.hex()}, {"trust", source.trust}};
}

Json json_of(const Installation& installation) {
  Json paths = Json::array();
  for (const InstalledPath& path : installation.paths) {
    paths.push_back(json_of(path));
  }
  return {{"id", installation.id},
          {"product", installation.product},
          {"front", installation.front},
          {"version", installation.version},
          {"cuda", installation.cuda},
          {"platform", installation.platform},
          {"method", installation.method},
          {"recipe", installation.recipe},
          {"clauses", installation.clauses},
          {"components", installation.components},
          {"source", json_of(installation.source)},
          {"protection", installation.protection},
          {"when", installation.when},
          {"tool", installation.tool},
          {"licence", json_of(installation.licence)},
          {"demo", installation.demo},
          {"replaced", installation.replaced},
          {"paths", std::move(paths)},
          {"packages", installation.packages},
          {"keys", installation.keys},
          {"pins", installation.pins}};
}

Json json_of(const Previous& previous) {
  Json kept = Json::array();
  for (const Kept& one : previous.kept) {
    kept.push_back(json_of(one));
  }
  return {{"installation", json_of(previous.installation)}, {"position", previous.position}, {"kept", std::move(kept)}};
}

Json body_of(const Receipt& receipt) {
  Json installations = Json::array();
  for (const Installation& installation : receipt.installations) {
    installations.push_back(json_of(installation));
  }
  return {{"schema", receipt_schema},
          {"id", receipt.id},
          {"transaction", receipt.transaction},
          {"created", receipt.created},
          {"installations", std::move(installations)},
          {"previous", receipt.previous ? json_of(*receipt.previous) : Json(nullptr)}};
}

// --- from JSON ---------------------------------------------------------------------------------------------------

Kept kept_from(const Json& json) {
  const auto where = json.at("where").get<std::string>();
  checked(TargetPath::parse(where));
  return {.entry = entry_from(json.at("entry")), .where = where};
}

InstalledPath path_from(const Json& json) {
  InstalledPath installed{.path = checked(TargetPath::parse(json.at("path").get<std::string>())),
                          .entry = entry_from(json.at("entry")),
                          .displaced = std::nullopt};
  if (!json.at("displaced").is_null()) {
    installed.displaced = kept_from(json.at("displaced"));
  }
  return installed;
}

LicenceRecord licence_from(const Json& json) {
  return {.accepted = json.at("accepted").get<bool>(),
          .text = checked(Sha256::parse(json.at("sha256").get<std::string>())),
          .when = json.at("when").get<std::string>(),
          .user = json.at("user").get<std::string>()};
}

Source source_from(const Json& json) {
  return {.location = json.at("location").get<std::string>(),
          .sha256 = checked(Sha256::parse(json.at("sha256").get<std::string>())),
          .trust = json.at("trust").get<std::string>()};
}

Installation installation_from(const Json& json) {
  Installation installation;
  installation.id = json.at("id").get<std::string>();
  installation.product = json.at("product").get<std::string>();
  installation.front = json.at("front").get<std::string>();
  installation.version = json.at("version").get<std::string>();
  installation.cuda = json.at("cuda").get<std::string>();
  installation.platform = json.at("platform").get<std::string>();
  installation.method = json.at("method").get<std::string>();
  installation.recipe = json.at("recipe").get<std::string>();
  installation.clauses = json.at("clauses").get<std::vector<std::string>>();
  installation.components = json.at("components").get<std::vector<std::string>>();
  installation.source = source_from(json.at("source"));
  installation.protection = json.at("protection").get<std::string>();
  installation.when = json.at("when").get<std::string>();
  installation.tool = json.at("tool").get<std::string>();
  installation.licence = licence_from(json.at("licence"));
  installation.demo = json.at("demo").get<bool>();
  installation.replaced = json.at("replaced").get<bool>();
  for (const Json& path : list_at(json, "paths")) {
    installation.paths.push_back(path_from(path));
  }
  installation.packages = json.at("packages").get<std::vector<std::string>>();
  installation.keys = json.at("keys").get<std::vector<std::string>>();
  installation.pins = json.at("pins").get<std::vector<std::string>>();
  return installation;
}

Previous previous_from(const Json& json) {
  Previous previous{.installation = installation_from(json.at("installation")),
                    .position = static_cast<std::uint32_t>(
                        number_up_to(std::numeric_limits<std::uint32_t>::max(), json.at("position"))),
                    .kept = {}};
  for (const Json& one : list_at(json, "kept")) {
    previous.kept.push_back(kept_from(one));
  }
  if (previous.kept.size() != previous.installation.paths.size()) {
    throw Malformed{"the kept version lacks files"};
  }
  return previous;
}

Receipt receipt_from(const Json& json) {
  Receipt receipt{.id = json.at("id").get<std::string>(),
                  .transaction = json.at("transaction").get<std::string>(),
                  .created = json.at("created").get<std::vector<std::string>>(),
                  .installations = {},
                  .previous = std::nullopt};
  for (const std::string& directory : receipt.created) {
    if (!directory.empty() && directory != "..") {
      checked(TargetPath::parse(directory));
    }
  }
  for (const Json& installation : list_at(json, "installations")) {
    receipt.installations.push_back(installation_from(installation));
  }
  if (!json.at("previous").is_null()) {
    receipt.previous = previous_from(json.at("previous"));
  }
  return receipt;
}

constexpr const char* way_out =
    "it is not used as it is: move the .cudnn-install directory aside, then install again; the files in place are then "
    "treated as made by hand";

}  // namespace

bool is_compat(const Installation& installation) {
  return installation.product.starts_with("cuda-compat-");
}

std::string name_of(const Installation& installation) {
  return is_compat(installation) ? installation.product : "cuDNN";
}

bool same_content(const Entry& left, const Entry& right) {
  if (left.kind != right.kind) {
    return false;
  }
  return left.kind == EntryKind::link
             ? left.target == right.target
             : left.size == right.size && left.mode == right.mode && left.sha256 == right.sha256;
}

std::string to_json(const Receipt& receipt) {
  return sealed(body_of(receipt));
}

Result<Receipt> receipt_from_json(const std::string& text, const std::string& file) {
  try {
    const Json json = unsealed(text);
    const auto schema = number_up_to(std::numeric_limits<std::uint32_t>::max(), json.at("schema"));
    if (schema != receipt_schema) {
      return failure(Fault::unsupported,
                     "'" + file + "' has schema " + std::to_string(schema) + ", this program reads " +
                         std::to_string(receipt_schema),
                     "use the cudnn-install that wrote it, or a newer one");
    }
    return receipt_from(json);
  } catch (const nlohmann::json::exception&) {
    return failure(Fault::conflict, "the receipt '" + file + "' is damaged", way_out);
  } catch (const Malformed& malformed) {
    return failure(Fault::conflict, "the receipt '" + file + "' is damaged: " + malformed.what, way_out);
  }
}

}  // namespace cudnn_install
