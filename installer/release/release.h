// The catalogue: which archives exist, where, and with which digest.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/document.h"
#include "base/error.h"
#include "base/sha256.h"
#include "base/version.h"

namespace cudnn_install {

struct Artifact {
  std::string file{};       // cudnn-linux-x86_64-8.9.6.50_cuda12-archive.tar.xz
  std::string component{};  // cudnn | cudnn_jit | cudnn_samples
  std::string platform{};   // linux-x86_64, linux-sbsa, linux-ppc64le, linux-aarch64, windows-x86_64, source
  std::string cuda{};       // variant: 12, 11.6; empty for samples
  std::string url{};
  Sha256 sha256{};
  std::optional<std::uint64_t> size{};
  std::string verified{};  // json | multi | single: the grade of the digest's source
  bool operator==(const Artifact&) const = default;
};

struct Release {
  Version version{};  // four parts
  std::vector<Artifact> artifacts{};
};

// The release, or every mistake of the file.
Loaded<Release> load_release(const SourceText& file);

// Holds the texts of all release files and parses one only when it is asked for: a digest or a file name is searched in
// the texts first.
class Catalogue {
 public:
  // Keeps the files that are called releases/<four-part version>.yaml; others may be among them.
  explicit Catalogue(std::vector<SourceText> files);

  [[nodiscard]] std::vector<Version> versions() const;                  // oldest first; from the file names
  [[nodiscard]] Result<Release> release(const Version& version) const;  // four parts; unknown → usage, with the nearest
  // The newest known version that starts with `prefix`; no prefix: the newest of all.
  [[nodiscard]] std::optional<Version> newest(const std::optional<Version>& prefix) const;
  struct Match {
    Version version{};
    Artifact artifact{};
  };
  [[nodiscard]] Result<std::optional<Match>> by_digest(const Sha256& digest) const;
  [[nodiscard]] Result<std::optional<Match>> by_file(std::string_view file) const;
  // The archive of component "cudnn" for a platform and CUDA major; a variant like 11.6 serves major 11. The variant
  // that is `cuda` itself wins, then the newest.
  [[nodiscard]] Result<std::optional<Match>> archive(const Version& version, std::string_view platform,
                                                     const Version& cuda) const;

 private:
  struct Entry {
    Version version{};
    SourceText source{};
  };
  [[nodiscard]] const Entry* find(const Version& version) const;
  template <class Fits>
  [[nodiscard]] Result<std::optional<Match>> search(std::string_view word, Fits fits) const;

  std::vector<Entry> entries_{};  // oldest first
};

// A file with another digest than `promised`: what it is instead, in words that follow "it is"; "" where nobody knows.
// `size` in bytes.
std::string told_apart(const Catalogue& catalogue, const std::optional<Artifact>& promised, const Sha256& found,
                       std::uint64_t size);

}  // namespace cudnn_install
