#include "transaction/loader_cache.h"

#include <unistd.h>

#include <algorithm>
#include <set>
#include <sstream>
#include <string>

#include "system/resolve.h"
#include "transaction/state_directory.h"

namespace cudnn_install {

namespace {

std::string text_below(const Workplace& place, const Directory& at, const std::string& name) {
  const auto text = small_file(*place.files, at, name);
  return text && *text ? **text : std::string();
}

// The directories that /etc/ld.so.conf and its .d files name, resolved below the root.
std::set<std::string> loader_directories(const Workplace& place) {
  std::set<std::string> found;
  const auto etc = resolve(place.root, "/etc", Caution::trusting);
  if (!etc || !etc->missing.empty()) {
    return found;
  }
  std::string text = text_below(place, etc->directory, "ld.so.conf") + '\n';
  if (const auto more = place.files->open_directory(etc->directory, "ld.so.conf.d")) {
    const auto names = place.files->names(*more);
    for (const std::string& name : names ? *names : std::vector<std::string>()) {
      text += name.ends_with(".conf") ? text_below(place, *more, name) + '\n' : std::string();
    }
  }
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    const std::string path = line.substr(0, line.find_last_not_of(" \t\r") + 1);
    if (path.starts_with('/')) {
      if (const auto resolved = resolve(place.root, path, Caution::trusting); resolved && resolved->missing.empty()) {
        found.insert(resolved->path);
      }
    }
  }
  return found;
}

// ldconfig renames the new cache into place and leaves the rest to chance, old ones their data as well. What cannot be
// synced is written again by the next ldconfig.
void make_cache_durable(const Workplace& place) {
  const auto etc = resolve(place.root, "/etc", Caution::trusting);
  if (!etc || !etc->missing.empty()) {
    return;
  }
  if (const auto cache = place.files->open_file(etc->directory, "ld.so.cache")) {
    [[maybe_unused]] const auto synced = place.files->sync(cache->number());
  }
  [[maybe_unused]] const auto synced = place.files->sync(etc->directory.number());
}

}  // namespace

void refresh_loader_cache(const Workplace& place, const std::vector<Destined>& destinations) {
  const std::string program = geteuid() == 0 ? place.processes->find("ldconfig") : std::string();
  if (program.empty()) {
    return;
  }
  const std::set<std::string> known = loader_directories(place);
  const bool concerns_it = std::any_of(destinations.begin(), destinations.end(), [&](const Destined& destined) {
    return known.contains(destined.destination.path);
  });
  if (concerns_it) {
    std::vector<std::string> argv = {program, "-X"};
    if (place.root != "/") {
      argv.insert(argv.end(), {"-r", place.root});
    }
    [[maybe_unused]] const auto ran = place.processes->run({.argv = argv});
    make_cache_durable(place);
  }
}

}  // namespace cudnn_install
