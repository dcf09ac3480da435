#include "receipt/subject_json.h"

#include <algorithm>
#include <array>
#include <limits>
#include <utility>

#include <nlohmann/json.hpp>

namespace cudnn_install {

namespace {

constexpr std::array<std::string_view, 4> kind_names = {"file", "package", "lock", "key"};
constexpr std::string_view hex_digits = "0123456789abcdef";

// The bytes of a keyring are no text, and JSON holds nothing else.
std::string hex_of(const std::string& bytes) {
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    const auto byte = static_cast<unsigned char>(c);
    text += hex_digits[byte >> 4U];
    text += hex_digits[byte & 15U];
  }
  return text;
}

std::string bytes_from(const std::string& hex) {
  std::string bytes;
  for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
    const auto high = hex_digits.find(hex[at]);
    const auto low = hex_digits.find(hex[at + 1]);
    if (high == std::string_view::npos || low == std::string_view::npos) {
      throw Malformed{"the bytes of a file are not hexadecimal"};
    }
    bytes += static_cast<char>((high << 4U) | low);
  }
  return hex.size() % 2 == 0 ? bytes : throw Malformed{"the bytes of a file are cut short"};
}

Json json_of(const std::optional<SubjectState>& state, SubjectKind kind) {
  if (!state) {
    return nullptr;
  }
  return {{"value", kind == SubjectKind::file ? hex_of(state->value) : state->value},
          {"mode", state->mode},
          {"automatic", state->automatic}};
}

std::optional<SubjectState> state_from(const Json& json, SubjectKind kind) {
  if (json.is_null()) {
    return std::nullopt;
  }
  const auto value = json.at("value").get<std::string>();
  return SubjectState{.value = kind == SubjectKind::file ? bytes_from(value) : value,
                      .mode = static_cast<std::uint32_t>(number_up_to(07777, json.at("mode"))),
                      .automatic = json.at("automatic").get<bool>()};
}

// A name becomes an argument of a package manager, or a path below a root: it may be nothing else.
std::string checked_name(const std::string& name, SubjectKind kind) {
  const bool path = kind == SubjectKind::file;
  const bool good = path ? name.starts_with("/etc/") || name.starts_with("/usr/share/keyrings/")
                         : !name.empty() && name.find('/') == std::string::npos;
  if (!good || (path && !TargetPath::parse(name.substr(1))) || name.front() == '-') {
    throw Malformed{"'" + name + "' cannot be the name of a " + std::string(name_of(kind))};
  }
  return name;
}

Json json_of(const Manager& manager) {
  return {{"speaks", manager.speaks}, {"strict_refresh", manager.strict_refresh}, {"pin", manager.pin}};
}

Manager manager_from(const Json& json) {
  return {.speaks = json.at("speaks").get<std::string>(),
          .strict_refresh = json.at("strict_refresh").get<bool>(),
          .pin = json.at("pin").get<std::string>()};
}

}  // namespace

std::string_view name_of(SubjectKind kind) {
  return kind_names.at(static_cast<std::size_t>(kind));
}

Json json_of(const Subject& subject) {
  return {{"kind", name_of(subject.kind)},
          {"name", subject.name},
          {"role", subject.role},
          {"before", json_of(subject.before, subject.kind)},
          {"after", json_of(subject.after, subject.kind)}};
}

Subject subject_from(const Json& json) {
  const auto kind = std::find(kind_names.begin(), kind_names.end(), json.at("kind").get<std::string>());
  if (kind == kind_names.end()) {
    throw Malformed{"unknown kind '" + json.at("kind").get<std::string>() + "'"};
  }
  Subject subject{.kind = static_cast<SubjectKind>(kind - kind_names.begin())};
  subject.name = checked_name(json.at("name").get<std::string>(), subject.kind);
  subject.role = json.at("role").get<std::string>();
  subject.before = state_from(json.at("before"), subject.kind);
  subject.after = state_from(json.at("after"), subject.kind);
  return subject;
}

Json json_of(const PackageReceipt& receipt) {
  Json packages = Json::array();
  for (const PackageVersion& package : receipt.packages) {
    packages.push_back({{"name", package.name}, {"version", package.version}});
  }
  Json subjects = Json::array();
  for (const Subject& subject : receipt.subjects) {
    subjects.push_back(json_of(subject));
  }
  return {{"schema", package_receipt_schema},
          {"id", receipt.id},
          {"method", receipt.method},
          {"product", receipt.product},
          {"version", receipt.version},
          {"cuda", receipt.cuda},
          {"platform", receipt.platform},
          {"recipe", receipt.recipe},
          {"clauses", receipt.clauses},
          {"components", receipt.components},
          {"manager", json_of(receipt.manager)},
          {"repository", receipt.repository},
          {"source", receipt.source},
          {"packages", std::move(packages)},
          {"licence",
           {{"accepted", receipt.licence.accepted}, {"when", receipt.licence.when}, {"user", receipt.licence.user}}},
          {"subjects", std::move(subjects)},
          {"when", receipt.when},
          {"tool", receipt.tool}};
}

PackageReceipt package_receipt_from(const Json& json) {
  PackageReceipt receipt;
  receipt.id = json.at("id").get<std::string>();
  receipt.method = json.at("method").get<std::string>();
  receipt.product = json.at("product").get<std::string>();
  receipt.version = json.at("version").get<std::string>();
  receipt.cuda = json.at("cuda").get<std::string>();
  receipt.platform = json.at("platform").get<std::string>();
  receipt.recipe = json.at("recipe").get<std::string>();
  receipt.clauses = json.at("clauses").get<std::vector<std::string>>();
  receipt.components = json.at("components").get<std::vector<std::string>>();
  receipt.manager = manager_from(json.at("manager"));
  receipt.repository = json.at("repository").get<std::string>();
  receipt.source = json.at("source").get<std::string>();
  for (const Json& package : list_at(json, "packages")) {
    receipt.packages.push_back({.name = checked_name(package.at("name").get<std::string>(), SubjectKind::package),
                                .version = package.at("version").get<std::string>()});
  }
  for (const Json& subject : list_at(json, "subjects")) {
    receipt.subjects.push_back(subject_from(subject));
  }
  const Json& licence = json.at("licence");
  receipt.licence = {.accepted = licence.at("accepted").get<bool>(),
                     .when = licence.at("when").get<std::string>(),
                     .user = licence.at("user").get<std::string>()};
  receipt.when = json.at("when").get<std::string>();
  receipt.tool = json.at("tool").get<std::string>();
  return receipt;
}

}  // namespace cudnn_install
