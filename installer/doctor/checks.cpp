#include <algorithm>

#include "doctor/parts.h"

namespace cudnn_install {

std::string_view name_of(Severity severity) {
  return severity == Severity::error ? "error" : "warning";
}

const std::vector<Check>& checks() {
  static const std::vector<Check> all = {
      {"signed-by-conflict", "One address of NVIDIA's with two values of Signed-By", signed_by_conflicts},
      {"missing-keyring", "A keyring that is named and not there", missing_keyrings},
      {"unreadable-keyring", "A keyring that apt's own user cannot read", unreadable_keyrings},
      {"keyring-format", "Text under a name for a binary keyring, or the reverse", keyring_formats},
      {"checks-off", "trusted=yes, allow-insecure, gpgcheck=0, sslverify=0", checks_off},
      {"stale-local-repository", "A local repository whose folder is gone", stale_local_repositories},
      {"wrong-suite", "A repository of another distribution", wrong_suites},
      {"retired-key", "The signing key that NVIDIA withdrew in 2022", retired_keys},
      {"sha1-key", "A key that SHA-1 alone binds to its name", sha1_keys},
      {"damaged-installation", "An installation that its receipt does not describe any more", damaged_installations},
      {"mixed-installations", "The same cuDNN from a package and in the toolkit", mixed_installations},
      {"broken-link", "A link to a library that leads nowhere", broken_links},
      {"compat-harmful", "A compatibility library that a newer driver made harmful", harmful_compat},
  };
  return all;
}

std::vector<Diagnosis> diagnosed(const Observed& observed, const std::vector<std::string>& only) {
  std::vector<Diagnosis> found;
  for (const Check& check : checks()) {
    if (only.empty() || std::ranges::find(only, check.id) != only.end()) {
      std::vector<Diagnosis> own = check.look(observed);
      std::ranges::move(own, std::back_inserter(found));
    }
  }
  return found;
}

}  // namespace cudnn_install
