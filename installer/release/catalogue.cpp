#include <algorithm>

#include "release/release.h"

namespace cudnn_install {

namespace {

// releases/8.9.6.50.yaml → 8.9.6.50; no version for other files.
Version version_in(std::string_view file) {
  static constexpr std::string_view suffix = ".yaml";
  const std::size_t slash = file.rfind('/');
  if (slash == std::string_view::npos || !file.ends_with(suffix) ||
      !(file.substr(0, slash) == "releases" || file.substr(0, slash).ends_with("/releases"))) {
    return {};
  }
  const std::string_view stem = file.substr(slash + 1, file.size() - slash - 1 - suffix.size());
  const Version version = Version::parse(stem).value_or(Version());
  return version.size() == 4 ? version : Version();
}

// A file of the catalogue that has mistakes is refused with the first of them.
Result<Release> parsed(const SourceText& source, const Version& version) {
  Loaded<Release> release = load_release(source);
  if (!release) {
    return tl::unexpected(release.error().front());
  }
  if (release->version != version) {
    return failure(Fault::recipe, "'" + source.file + "' describes release " + release->version.text());
  }
  return std::move(*release);
}

}  // namespace

Catalogue::Catalogue(std::vector<SourceText> files) {
  for (SourceText& file : files) {
    const Version version = version_in(file.file);
    if (version.size() == 4) {
      entries_.push_back({.version = version, .source = std::move(file)});
    }
  }
  std::ranges::stable_sort(entries_, {}, &Entry::version);
}

std::vector<Version> Catalogue::versions() const {
  std::vector<Version> versions;
  versions.reserve(entries_.size());
  for (const Entry& entry : entries_) {
    versions.push_back(entry.version);
  }
  return versions;
}

std::optional<Version> Catalogue::newest(const std::optional<Version>& prefix) const {
  std::optional<Version> newest;
  for (const Entry& entry : entries_) {
    if (!prefix || entry.version.starts_with(*prefix)) {
      newest = entry.version;
    }
  }
  return newest;
}

const Catalogue::Entry* Catalogue::find(const Version& version) const {
  const auto found = std::ranges::find(entries_, version, &Entry::version);
  return found == entries_.end() || version.size() != 4 ? nullptr : &*found;
}

Result<Release> Catalogue::release(const Version& version) const {
  if (const Entry* entry = find(version)) {
    return parsed(entry->source, entry->version);
  }
  std::optional<Version> near;
  for (std::size_t parts = std::min<std::size_t>(version.size(), 3); parts > 0 && !near; --parts) {
    near = newest(Version::parse(version.first(parts)).value_or(Version()));
  }
  return failure(Fault::usage, "the catalogue holds no cuDNN '" + version.text() + "'",
                 near ? "the nearest known version is " + near->text() : "cudnn-install releases lists what is known");
}

template <class Fits>
Result<std::optional<Catalogue::Match>> Catalogue::search(std::string_view word, Fits fits) const {
  for (const Entry& entry : entries_) {
    if (entry.source.text.find(word) == std::string::npos) {
      continue;
    }
    Result<Release> release = parsed(entry.source, entry.version);
    if (!release) {
      return tl::unexpected(std::move(release.error()));
    }
    const auto found = std::ranges::find_if(release->artifacts, fits);
    if (found != release->artifacts.end()) {
      return Match{.version = entry.version, .artifact = *found};
    }
  }
  return std::optional<Match>();
}

Result<std::optional<Catalogue::Match>> Catalogue::by_digest(const Sha256& digest) const {
  return search(digest.hex(), [&digest](const Artifact& artifact) { return artifact.sha256 == digest; });
}

Result<std::optional<Catalogue::Match>> Catalogue::by_file(std::string_view file) const {
  if (file.empty()) {
    return std::optional<Match>();
  }
  return search(file, [file](const Artifact& artifact) { return artifact.file == file; });
}

Result<std::optional<Catalogue::Match>> Catalogue::archive(const Version& version, std::string_view platform,
                                                           const Version& cuda) const {
  Result<Release> release = this->release(version);
  if (!release) {
    return tl::unexpected(std::move(release.error()));
  }
  const Artifact* best = nullptr;
  Version best_variant;
  for (const Artifact& artifact : release->artifacts) {
    const Version variant = Version::parse(artifact.cuda).value_or(Version());
    if (artifact.component != "cudnn" || artifact.platform != platform || variant.major() != cuda.major()) {
      continue;
    }
    const bool is_named = variant.size() > 1 && cuda.starts_with(variant);
    const bool best_is_named = best_variant.size() > 1 && cuda.starts_with(best_variant);
    if (best == nullptr || (is_named && !best_is_named) || (is_named == best_is_named && best_variant < variant)) {
      best = &artifact;
      best_variant = variant;
    }
  }
  return best == nullptr ? std::optional<Match>() : Match{.version = release->version, .artifact = *best};
}

}  // namespace cudnn_install
