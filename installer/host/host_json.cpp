#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "base/text.h"
#include "host/host.h"

namespace cudnn_install {

namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::pair<LibcKind, const char*>, 3> libc_names = {
    {{LibcKind::none, "none"}, {LibcKind::glibc, "glibc"}, {LibcKind::musl, "musl"}}};

Json version_json(const std::optional<Version>& version) {
  return version ? Json(version->text()) : Json(nullptr);
}

// --- reading -----------------------------------------------------------------------------------------------------

// One object of the file. Every key is asked for by name; the first mistake of the file is kept, and after it every
// answer is empty.
class Fields {
 public:
  Fields(const Json& object, std::string what, std::optional<Error>& mistake)
      : object_(object), what_(std::move(what)), mistake_(mistake) {
    if (!object_.is_object()) {
      wrong(what_ + " is " + object_.type_name() + ", expected an object");
    }
  }

  // Nothing if the key is missing, which is a mistake.
  const Json* value(const char* key) {
    asked_.emplace_back(key);
    const auto found = object_.is_object() ? object_.find(key) : object_.end();
    if (found == object_.end()) {
      wrong("key '" + std::string(key) + "' is missing in " + what_,
            "a host file has every key; write null where a version is not known");
      return nullptr;
    }
    return &*found;
  }
  std::string text(const char* key) {
    const Json* value = typed(key, "a string", &Json::is_string);
    return value == nullptr ? std::string() : value->get<std::string>();
  }
  bool boolean(const char* key) {
    const Json* value = typed(key, "true or false", &Json::is_boolean);
    return value != nullptr && value->get<bool>();
  }
  std::optional<Version> version(const char* key) {
    const Json* value = this->value(key);
    if (value == nullptr || value->is_null()) {
      return std::nullopt;
    }
    const Result<Version> parsed = Version::parse(text(key), Fault::recipe);
    if (!parsed) {
      wrong(parsed.error().what + " in " + name(key), parsed.error().hint);
    }
    return parsed ? std::optional(*parsed) : std::nullopt;
  }
  std::string one_of(const char* key, const std::vector<std::string>& words) {
    std::string word = text(key);
    if (std::find(words.begin(), words.end(), word) == words.end()) {
      wrong("'" + word + "' is no " + name(key), "write one of: " + joined(words, ", "));
    }
    return word;
  }
  std::vector<Json> list(const char* key) {
    const Json* value = typed(key, "a list", &Json::is_array);
    return value == nullptr ? std::vector<Json>() : value->get<std::vector<Json>>();
  }
  Json object(const char* key) {
    const Json* value = typed(key, "an object", &Json::is_object);
    return value == nullptr ? Json::object() : *value;
  }
  [[nodiscard]] std::string name(const char* key) const { return what_ == "host" ? key : what_ + '.' + key; }
  void wrong(std::string what, std::string hint = {}) {
    if (!mistake_) {
      mistake_ = Error{.fault = Fault::recipe, .what = std::move(what), .hint = std::move(hint)};
    }
  }
  // Call last: reports a key that was not asked for.
  void finish() {
    if (!object_.is_object()) {
      return;
    }
    for (const auto& [key, value] : object_.items()) {
      if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) {
        const std::string near = nearest(key, asked_);
        wrong("unknown key '" + key + "' in " + what_, near.empty() ? "" : "did you mean '" + near + "'?");
      }
    }
  }

 private:
  const Json* typed(const char* key, const char* expected, bool (Json::*right)() const noexcept) {
    const Json* found = value(key);
    if (found != nullptr && !(found->*right)()) {
      wrong(name(key) + " is " + found->type_name() + ", expected " + expected);
      return nullptr;
    }
    return found;
  }

  const Json& object_;
  std::string what_;
  std::optional<Error>& mistake_;
  std::vector<std::string> asked_;
};

OsRelease os_from(const Json& json, std::optional<Error>& mistake) {
  Fields fields(json, "os", mistake);
  OsRelease os{.id = fields.text("id")};
  for (const Json& word : fields.list("id_like")) {
    if (!word.is_string()) {
      fields.wrong("os.id_like holds " + std::string(word.type_name()) + ", expected strings");
      break;
    }
    os.id_like.push_back(word.get<std::string>());
  }
  os.version_id = fields.text("version_id");
  os.pretty_name = fields.text("pretty_name");
  fields.finish();
  return os;
}

Libc libc_from(const Json& json, std::optional<Error>& mistake) {
  Fields fields(json, "libc", mistake);
  const std::string word = fields.one_of("kind", {"none", "glibc", "musl"});
  const auto* const kind =
      std::find_if(libc_names.begin(), libc_names.end(), [&](const auto& entry) { return word == entry.second; });
  Libc libc{.kind = kind == libc_names.end() ? LibcKind::none : kind->first, .version = fields.version("version")};
  fields.finish();
  return libc;
}

CudaToolkit toolkit_from(const Json& json, std::optional<Error>& mistake) {
  Fields fields(json, "toolkit", mistake);
  CudaToolkit toolkit{.prefix = fields.text("prefix"),
                      .resolved = fields.text("resolved"),
                      .version = fields.version("version"),
                      .source = fields.one_of("source", {"version.json", "version.txt", "cuda.h", "name"})};
  fields.finish();
  return toolkit;
}

Driver driver_from(const Json& json, std::optional<Error>& mistake) {
  Fields fields(json, "driver", mistake);
  Driver driver{.installed = fields.version("installed"), .loaded = fields.version("loaded")};
  fields.finish();
  return driver;
}

void check_schema(Fields& fields, const Json* schema) {
  if (schema == nullptr) {
    return;
  }
  if (!schema->is_number_integer() || schema->get<std::int64_t>() != host_schema) {
    const bool newer = schema->is_number_integer() && schema->get<std::int64_t>() > host_schema;
    fields.wrong("host schema " + schema->dump() + (newer ? " is newer than " : " is not ") +
                     std::to_string(host_schema) + ", which this program reads",
                 newer ? "use the cudnn-install that wrote the file, or a newer one"
                       : "write the file anew: cudnn-install host --json");
  }
}

Host host_from(const Json& json, std::optional<Error>& mistake) {
  Fields fields(json, "host", mistake);
  check_schema(fields, fields.value("schema"));
  Host host{.os = os_from(fields.object("os"), mistake),
            .machine = fields.text("machine"),
            .platform = fields.text("platform"),
            .jetson = fields.boolean("jetson"),
            .libc = libc_from(fields.object("libc"), mistake)};
  for (const Json& toolkit : fields.list("toolkits")) {
    host.toolkits.push_back(toolkit_from(toolkit, mistake));
  }
  host.driver = driver_from(fields.object("driver"), mistake);
  host.package_manager = fields.one_of("package_manager", {"apt", "dnf", "yum", "zypper", "tdnf", "none"});
  host.fixed_image = fields.one_of("fixed_image", {"", "ostree", "transactional-update", "read-only"});
  host.zlib = fields.boolean("zlib");
  host.root_user = fields.boolean("root_user");
  host.user = fields.text("user");
  if (const std::string right = platform_of(host.machine, host.jetson); host.platform != right) {
    fields.wrong("platform '" + host.platform + "' does not fit machine '" + host.machine + "'",
                 R"(write "platform": ")" + right + '"');
  }
  fields.finish();
  return host;
}

// Line and column of a byte, counted from 1.
Where where_of(const std::string& file, std::string_view text, std::size_t byte) {
  const std::size_t at = std::min(byte == 0 ? 0 : byte - 1, text.size());
  const std::size_t before = text.substr(0, at).rfind('\n');
  const std::size_t first = before == std::string_view::npos ? 0 : before + 1;
  return {.file = file,
          .line = static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n')) + 1,
          .column = static_cast<int>(at - first) + 1,
          .source = std::string(text.substr(first, text.find('\n', first) - first))};
}

}  // namespace

std::string to_json(const Host& host) {
  Json toolkits = Json::array();
  for (const CudaToolkit& toolkit : host.toolkits) {
    toolkits.push_back(Json{{"prefix", toolkit.prefix},
                            {"resolved", toolkit.resolved},
                            {"version", version_json(toolkit.version)},
                            {"source", toolkit.source}});
  }
  const auto* const kind = std::find_if(libc_names.begin(), libc_names.end(),
                                        [&](const auto& entry) { return entry.first == host.libc.kind; });
  const Json json = {
      {"schema", host_schema},
      {"os",
       {{"id", host.os.id},
        {"id_like", Json(host.os.id_like)},
        {"version_id", host.os.version_id},
        {"pretty_name", host.os.pretty_name}}},
      {"machine", host.machine},
      {"platform", host.platform},
      {"jetson", host.jetson},
      {"libc", {{"kind", kind->second}, {"version", version_json(host.libc.version)}}},
      {"toolkits", std::move(toolkits)},
      {"driver", {{"installed", version_json(host.driver.installed)}, {"loaded", version_json(host.driver.loaded)}}},
      {"package_manager", host.package_manager},
      {"fixed_image", host.fixed_image},
      {"zlib", host.zlib},
      {"root_user", host.root_user},
      {"user", host.user},
  };
  return json.dump(2, ' ', false, Json::error_handler_t::replace) + '\n';
}

Result<Host> host_from_json(const std::string& text, const std::string& file) {
  Json json;
  try {
    json = Json::parse(text);
  } catch (const Json::parse_error& error) {
    Error mistake{.fault = Fault::recipe, .what = "the host file is not JSON"};
    mistake.where = where_of(file, text, error.byte);
    return tl::unexpected(std::move(mistake));
  }
  std::optional<Error> mistake;
  Host host = host_from(json, mistake);
  if (mistake) {
    mistake->where = Where{.file = file};
    return tl::unexpected(std::move(*mistake));
  }
  return host;
}

}  // namespace cudnn_install
