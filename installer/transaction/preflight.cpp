#include "transaction/preflight.h"

#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>

#include "packages/ownership.h"

namespace cudnn_install {

namespace {

constexpr std::uint64_t inodes_needed = 128;

std::string megabytes(std::uint64_t bytes) {
  return std::to_string((bytes + (1U << 20U) - 1) >> 20U) + " MiB";
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

Result<void> check_room(const std::string& archive, const std::vector<Destined>& destinations) {
  struct stat packed {};
  if (stat(archive.c_str(), &packed) != 0) {
    return {};
  }
  for (const Destined& destined : destinations) {
    struct statvfs room {};
    if (fstatvfs(destined.directory.number(), &room) != 0 || room.f_blocks == 0) {
      continue;
    }
    const std::uint64_t free = static_cast<std::uint64_t>(room.f_bavail) * room.f_frsize;
    const auto needed = static_cast<std::uint64_t>(packed.st_size);
    if (free < needed) {
      return failure(Fault::storage,
                     "'" + destined.destination.path + "' has " + megabytes(free) +
                         " free, the archive needs more than " + megabytes(needed),
                     "free some space, or choose another --prefix");
    }
    if (room.f_files != 0 && room.f_favail < inodes_needed) {
      return failure(Fault::storage, "'" + destined.destination.path + "' has no room for " +
                                         std::to_string(inodes_needed) + " more files");
    }
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
