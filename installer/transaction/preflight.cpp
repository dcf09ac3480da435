#include "transaction/preflight.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "packages/ownership.h"

namespace cudnn_install {

namespace {

constexpr std::uint64_t inodes_needed = 128;

std::string megabytes(std::uint64_t bytes) {
  return std::to_string((bytes + (1U << 20U) - 1) >> 20U) + " MiB";
}

struct Room {
  std::uint64_t bytes = 0;
  std::uint64_t inodes = 0;
};

// Nothing where the file system does not say.
std::optional<Room> room_in(const Directory& directory) {
  struct statvfs found {};
  if (fstatvfs(directory.number(), &found) != 0 || found.f_blocks == 0) {
    return std::nullopt;
  }
  return Room{.bytes = static_cast<std::uint64_t>(found.f_bavail) * found.f_frsize,
              .inodes = found.f_files == 0 ? std::numeric_limits<std::uint64_t>::max() : found.f_favail};
}

dev_t device_of(const Directory& directory) {
  struct stat found {};
  return fstat(directory.number(), &found) == 0 ? found.st_dev : 0;
}

tl::unexpected<Error> too_small(const std::string& where, std::uint64_t free, const std::string& need,
                                const std::string& hint) {
  return failure(Fault::storage, "'" + where + "' has " + megabytes(free) + " free, " + need, hint);
}

tl::unexpected<Error> owned(const Owner& owner) {
  return failure(Fault::conflict, "'" + owner.path + "' belongs to the package '" + owner.package + "'",
                 "remove the package with its package manager, or choose another --prefix");
}

// Whether rpm keeps books on this system. Asked where it does not, Debian's rpm would open new ones in a home
// directory.
bool has_rpm_database(const std::string& root) {
  for (const char* place : {"/var/lib/rpm/", "/usr/lib/sysimage/rpm/"}) {
    for (const char* name : {"rpmdb.sqlite", "Packages", "Packages.db"}) {
      if (access(((root == "/" ? "" : root) + place + name).c_str(), F_OK) == 0) {
        return true;
      }
    }
  }
  return false;
}

// The owners that one package manager names, or none if it is not there.
Result<std::vector<Owner>> owners(const Workplace& place, const std::vector<std::string>& argv,
                                  const std::vector<std::string>& paths) {
  const std::string program = place.processes->find(argv.front());
  if (program.empty()) {
    return std::vector<Owner>();
  }
  Command command{.argv = argv};
  command.argv.front() = program;
  const auto finished = place.processes->run(command);
  if (!finished) {
    return tl::unexpected(finished.error());
  }
  return argv.front() == "rpm" ? rpm_owners(finished->out, paths) : dpkg_owners(finished->out);
}

}  // namespace

std::uint64_t copied_to_keep(const Installation& installation, const Workplace& place,
                             const std::vector<Destined>& destinations) {
  std::uint64_t bytes = 0;
  for (const InstalledPath& installed : installation.paths) {
    const auto where = std::find_if(destinations.begin(), destinations.end(), [&](const Destined& one) {
      return one.destination.name == installed.path.directory();
    });
    const bool copied = where != destinations.end() &&
                        (hard_links_copy(where->directory) || device_of(where->directory) != device_of(place.state));
    bytes += copied && installed.entry.kind == EntryKind::file ? installed.entry.size : 0;
  }
  return bytes;
}

Result<void> check_room(const std::string& archive, const Workplace& place, const std::vector<Destined>& destinations,
                        std::uint64_t kept) {
  struct stat packed {};
  if (stat(archive.c_str(), &packed) != 0) {
    return {};
  }
  const auto needed = static_cast<std::uint64_t>(packed.st_size);
  for (const Destined& destined : destinations) {
    const auto room = room_in(destined.directory);
    if (room && room->bytes < needed) {
      return too_small(destined.destination.path, room->bytes, "the archive needs more than " + megabytes(needed),
                       "free some space, or choose another --prefix");
    }
    if (room && room->inodes < inodes_needed) {
      return failure(Fault::storage, "'" + destined.destination.path + "' has no room for " +
                                         std::to_string(inodes_needed) + " more files");
    }
  }
  const bool beside = std::any_of(destinations.begin(), destinations.end(), [&](const Destined& destined) {
    return device_of(destined.directory) == device_of(place.state);
  });
  const std::uint64_t all = kept + (beside ? needed : 0);
  if (const auto room = room_in(place.state); kept != 0 && room && room->bytes < all) {
    return too_small(place.prefix, room->bytes,
                     "the archive and a copy of the version before it need more than " + megabytes(all),
                     "free some space, or do without a way back: --no-keep-previous");
  }
  return {};
}

Result<void> check_owners(const Workplace& place, const std::vector<std::string>& paths) {
  if (paths.empty()) {
    return {};
  }
  std::vector<std::vector<std::string>> queries = {dpkg_owner_query(place.root, paths)};
  if (has_rpm_database(place.root)) {
    queries.push_back(rpm_owner_query(place.root, paths));
  }
  for (const auto& query : queries) {
    const auto found = owners(place, query, paths);
    if (!found) {
      return tl::unexpected(found.error());
    }
    if (!found->empty()) {
      return owned(found->front());
    }
  }
  return {};
}

}  // namespace cudnn_install
