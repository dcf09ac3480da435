#include "release/release.h"

namespace cudnn_install {

std::string told_apart(const Catalogue& catalogue, const std::optional<Artifact>& promised, const Sha256& found,
                       std::uint64_t size) {
  if (const auto known = catalogue.by_digest(found); known && *known) {
    return "'" + (*known)->artifact.file + "' under another name";
  }
  if (!promised || !promised->size) {
    return "";
  }
  const std::string of =
      std::to_string(size) + " bytes long, '" + promised->file + "' has " + std::to_string(*promised->size);
  if (size < *promised->size) {
    return "cut short: " + of;
  }
  return size > *promised->size ? "too long: " + of
                                : "of the right length with other bytes: damaged, or published again since";
}

}  // namespace cudnn_install
