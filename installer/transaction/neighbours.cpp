#include "transaction/neighbours.h"

#include <sys/stat.h>

#include <algorithm>
#include <optional>
#include <string>

#include "transaction/settle.h"
#include "transaction/state_directory.h"

namespace cudnn_install {

namespace {

bool same_directory(const Directory& left, const Directory& right) {
  struct stat one {};
  struct stat other {};
  return fstat(left.number(), &one) == 0 && fstat(right.number(), &other) == 0 && one.st_ino == other.st_ino &&
         one.st_dev == other.st_dev;
}

// The receipt of another prefix; one that cannot be read or believed has no say.
std::optional<Receipt> receipt_of(Files& files, const Resolved& prefix) {
  const auto state = files.open_directory(prefix.directory, state_name);
  if (!state || !believable(*state)) {
    return std::nullopt;
  }
  const auto receipt = read_receipt(files, *state);
  return receipt ? *receipt : std::nullopt;
}

}  // namespace

Result<void> check_neighbours(const Workplace& place, const std::vector<Destined>& destinations,
                              const std::vector<IndexEntry>& entries) {
  for (const IndexEntry& entry : entries) {
    const auto prefix = resolve(entry.root, entry.prefix, Caution::trusting);
    if (entry.id == place.id || !prefix || !prefix->missing.empty()) {
      continue;
    }
    const auto receipt = receipt_of(*place.files, *prefix);
    for (const std::string& name : receipt ? destination_names(receipt) : std::vector<std::string>()) {
      const auto theirs = resolve(entry.root, prefix->path + "/" + name, Caution::trusting);
      const bool shared = theirs && theirs->missing.empty() &&
                          std::any_of(destinations.begin(), destinations.end(), [&](const Destined& ours) {
                            return same_directory(ours.directory, theirs->directory);
                          });
      if (shared) {
        return failure(Fault::conflict,
                       "'" + theirs->path + "' holds the cuDNN that was installed for '" + entry.prefix + "'",
                       "name that one with --prefix " + entry.prefix + ", or uninstall it first");
      }
    }
  }
  return {};
}

}  // namespace cudnn_install
