#include "release/release.h"

namespace cudnn_install {

namespace {

Sha256 read_digest(const Value& value) {
  const std::string hex = value.text();
  const Result<Sha256> digest = Sha256::parse(hex, Fault::recipe);
  if (!hex.empty() && !digest) {
    value.mistake("'" + hex + "' is no SHA-256 digest: expected 64 hexadecimal digits");
  }
  return digest.value_or(Sha256());
}

std::string read_file_name(const Value& value) {
  std::string name = value.text();
  if (name.find('/') != std::string::npos || name.starts_with('.')) {
    value.mistake("'" + name + "' is no file name");
  }
  return name;
}

std::string read_url(const Value& value) {
  std::string url = value.text();
  if (!url.empty() && !url.starts_with("https://")) {
    value.mistake("'" + url + "' is no URL that begins with https://");
  }
  return url;
}

Artifact read_artifact(Mapping map) {
  Artifact artifact{.file = read_file_name(map.required("file")),
                    .component = map.required("component").one_of({"cudnn", "cudnn_jit", "cudnn_samples"}),
                    .platform = map.required("platform")
                                    .one_of({"linux-x86_64", "linux-sbsa", "linux-ppc64le", "linux-aarch64",
                                             "windows-x86_64", "windows-arm64", "source"})};
  if (const std::optional<Value> cuda = map.optional("cuda")) {
    artifact.cuda = cuda->version().text();
  }
  artifact.url = read_url(map.required("url"));
  artifact.sha256 = read_digest(map.required("sha256"));
  if (const std::optional<Value> size = map.optional("size")) {
    artifact.size = static_cast<std::uint64_t>(size->number());
  }
  artifact.verified = map.required("verified").one_of({"json", "multi", "single"});
  return artifact;
}

Release read_release(Mapping map) {
  const Value version = map.required("release");
  Release release{.version = version.version()};
  if (release.version.size() != 0 && release.version.size() != 4) {
    version.mistake("'release' is '" + release.version.text() + "'; expected a version of 4 numbers");
  }
  const Value artifacts = map.required("artifacts");
  for (const Value& artifact : artifacts.list()) {
    release.artifacts.push_back(read_artifact(artifact.mapping("artifact")));
  }
  artifacts.expect_entries();
  return release;
}

}  // namespace

Loaded<Release> load_release(const SourceText& file) {
  const Document document(file);
  Release release = read_release(document.root().mapping("release"));
  return document.loaded(std::move(release));
}

}  // namespace cudnn_install
