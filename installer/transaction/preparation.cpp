#include "transaction/preparation.h"

#include <algorithm>
#include <map>
#include <utility>

#include "transaction/preflight.h"
#include "transaction/state_directory.h"

namespace cudnn_install {

namespace {

using Disk = std::map<std::string, std::optional<Entry>>;

constexpr std::uint64_t largest_copy = std::uint64_t{256} << 10U;

const InstalledPath* recorded(const Receipt& receipt, const std::string& path) {
  for (auto installation = receipt.installations.rbegin(); installation != receipt.installations.rend();
       ++installation) {
    for (const InstalledPath& installed : installation->paths) {
      if (installed.path.text() == path) {
        return &installed;
      }
    }
  }
  return nullptr;
}

class Preparation {
 public:
  Preparation(const Workplace& place, const std::vector<Destined>& destinations, const Receipt& old)
      : place_(place), files_(*place.files), destinations_(destinations), old_(old) {}

  Result<Prepared> run(const Intention& intention) {
    const std::string transaction = random_id();
    const auto disk = look(paths_of(old_, intention));
    if (!disk) {
      return tl::unexpected(disk.error());
    }
    Arrangement arrangement = arranged(old_, intention, *disk, std::string(kept_name) + "/" + transaction);
    arrangement.receipt.transaction = transaction;
    Journal journal{.transaction = transaction};
    for (const Destined& destined : destinations_) {
      journal.directories.push_back(destined.destination);
    }
    auto ready = keep(arrangement, transaction)
                     .and_then([&] { return restore(arrangement); })
                     .and_then([&] { return pair_up(arrangement, journal); })
                     .and_then([&] { return make_durable(arrangement, transaction); });
    if (!ready) {
      return tl::unexpected(ready.error());
    }
    mark_take_down(journal.changes);
    return Prepared{.journal = std::move(journal),
                    .receipt = std::move(arrangement.receipt),
                    .hand_made = std::move(arrangement.hand_made),
                    .left_alone = std::move(arrangement.left_alone)};
  }

 private:
  [[nodiscard]] const Destined* destined(const std::string& path) const {
    const std::size_t slash = path.rfind('/');
    const std::string directory = slash == std::string::npos ? "" : path.substr(0, slash);
    for (const Destined& one : destinations_) {
      if (one.destination.name == directory) {
        return &one;
      }
    }
    return nullptr;
  }

  static std::string name_of_path(const std::string& path) { return path.substr(path.rfind('/') + 1); }

  // Ours and untouched: the receipt knows the digest. Everything else is read, and its owner asked for.
  Result<Disk> look(const std::vector<std::string>& paths) {
    Disk disk;
    std::vector<std::string> strange;
    for (const std::string& path : paths) {
      const Destined* where = destined(path);
      if (where == nullptr) {
        return failure(Fault::internal, "no directory for '" + path + "'");
      }
      auto entry = entry_at(files_, where->directory, name_of_path(path), Digest::left_out);
      const InstalledPath* known = recorded(old_, path);
      if (entry && *entry && known != nullptr && unchanged(known->entry, **entry)) {
        (*entry)->sha256 = known->entry.sha256;
      } else if (entry && *entry) {
        entry = entry_at(files_, where->directory, name_of_path(path), Digest::computed);
        if (entry && *entry && (known == nullptr || !same_content(known->entry, **entry))) {
          strange.push_back(where->destination.path + "/" + name_of_path(path));
          if (auto durable = make_durable_as_it_is(*where, name_of_path(path), **entry); !durable) {
            return tl::unexpected(durable.error());
          }
        }
      }
      if (!entry) {
        return tl::unexpected(entry.error());
      }
      disk[path] = *entry;
    }
    const auto nobodys = check_owners(place_, strange);
    return nobodys ? Result<Disk>(std::move(disk)) : tl::unexpected(nobodys.error());
  }

  // Somebody may have laid it down a moment ago: after a power cut it would be neither what the journal expects nor
  // worth being kept.
  Result<void> make_durable_as_it_is(const Destined& where, const std::string& name, const Entry& entry) {
    if (entry.kind == EntryKind::link) {
      return files_.sync(where.directory.number());
    }
    const auto file = files_.open_file(where.directory, name);
    return file ? files_.sync(file->number()) : tl::unexpected(file.error());
  }

  Result<Directory> stage_part(const Destined& where, const char* part) {
    return files_.open_directory(where.stage, part);
  }

  // A second name for the way back costs nothing, but in a stack of layers, where it is a copy: what is large there has
  // a way back only until it is replaced.
  static bool is_too_dear(const Destined& where, const Entry& entry) {
    return entry.kind == EntryKind::file && entry.size > largest_copy && hard_links_copy(where.directory);
  }

  Result<void> keep(const Arrangement& arrangement, const std::string& transaction) {
    if (!arrangement.kept.empty()) {
      const auto kept = files_.make_directory(place_.state, kept_name, 0755);
      const auto ours = kept ? files_.make_directory(*kept, transaction, 0755) : kept;
      if (!ours) {
        return tl::unexpected(ours.error());
      }
      for (const Arrangement::Kept& one : arrangement.kept) {
        const std::string name = name_of_path(one.path);
        if (auto same = duplicate(files_, destined(one.path)->directory, name, *ours, name_of_path(one.where)); !same) {
          return same;
        }
      }
    }
    for (const auto& [path, change] : arrangement.changes) {
      if (!change.before || !change.kept.empty() || is_too_dear(*destined(path), *change.before)) {
        continue;
      }
      const auto old = stage_part(*destined(path), staged_old);
      auto same = old ? duplicate(files_, destined(path)->directory, name_of_path(path), *old, name_of_path(path))
                      : tl::unexpected(old.error());
      if (!same) {
        return same;
      }
    }
    return {};
  }

  Result<void> restore(const Arrangement& arrangement) {
    for (const Arrangement::Restored& one : arrangement.restored) {
      const auto fresh = stage_part(*destined(one.path), staged_new);
      auto same = fresh ? from_kept(one.where, *fresh, name_of_path(one.path)) : tl::unexpected(fresh.error());
      if (!same) {
        return same;
      }
    }
    return {};
  }

 public:
  Result<void> from_kept(const std::string& where, const Directory& to, const std::string& as) {
    Directory here = place_.state;
    std::string rest = where;
    for (std::size_t slash = rest.find('/'); slash != std::string::npos; slash = rest.find('/')) {
      auto next = files_.open_directory(here, rest.substr(0, slash));
      if (!next) {
        return tl::unexpected(next.error());
      }
      here = std::move(*next);
      rest.erase(0, slash + 1);
    }
    return duplicate(files_, here, rest, to, as);
  }

 private:
  // The pairs, with what stands in the stage now: inode and time belong to the file that will be in place.
  Result<void> pair_up(Arrangement& arrangement, Journal& journal) {
    for (auto& [path, change] : arrangement.changes) {
      const Destined& where = *destined(path);
      change.directory = static_cast<std::size_t>(&where - destinations_.data());
      change.name = name_of_path(path);
      if (change.after) {
        const auto fresh = stage_part(where, staged_new);
        auto staged = fresh ? entry_at(files_, *fresh, change.name, Digest::left_out) : tl::unexpected(fresh.error());
        if (!staged || !*staged) {
          return staged ? failure(Fault::internal, "'" + path + "' is not in the stage")
                        : tl::unexpected(staged.error());
        }
        (*staged)->sha256 = change.after->sha256;
        change.after = **staged;
        record(arrangement.receipt, path, **staged);
      }
      change.rank = rank_of(arrangement.receipt, where, change);
      journal.changes.push_back(std::move(change));
    }
    return {};
  }

  static void record(Receipt& receipt, const std::string& path, const Entry& entry) {
    for (auto installation = receipt.installations.rbegin(); installation != receipt.installations.rend();
         ++installation) {
      for (InstalledPath& installed : installation->paths) {
        if (installed.path.text() == path) {
          installed.entry = entry;
          return;
        }
      }
    }
  }

  [[nodiscard]] Rank rank_of(const Receipt& receipt, const Destined& where, const PathChange& change) const {
    if (where.destination.name.find("include") != std::string::npos) {
      return Rank::header;
    }
    const Entry& entry = change.after ? *change.after : *change.before;
    for (const Receipt* each : {&old_, &receipt}) {
      for (const Installation& installation : each->installations) {
        if (entry.kind == EntryKind::link && change.name.starts_with(installation.front + ".so")) {
          return Rank::front;
        }
      }
    }
    return entry.kind == EntryKind::link ? Rank::link : Rank::versioned;
  }

  // A name that leads to other bytes afterwards: for a moment parts of both versions can be found, so the front goes
  // first.
  static void mark_take_down(std::vector<PathChange>& changes) {
    const bool mixed = std::any_of(changes.begin(), changes.end(), [](const PathChange& change) {
      return (change.rank == Rank::versioned || change.rank == Rank::link) && change.before && change.after &&
             !same_content(*change.before, *change.after);
    });
    for (PathChange& change : changes) {
      change.take_down = mixed && change.rank == Rank::front && change.before && change.after;
    }
  }

  Result<void> make_durable(const Arrangement& arrangement, const std::string& transaction) {
    for (const Destined& where : destinations_) {
      for (const char* part : {staged_new, staged_old}) {
        const auto inside = stage_part(where, part);
        auto durable = inside ? files_.sync(inside->number()) : tl::unexpected(inside.error());
        if (!durable) {
          return durable;
        }
      }
      auto durable = files_.sync(where.stage.number()).and_then([&] { return files_.sync(where.directory.number()); });
      if (!durable) {
        return durable;
      }
    }
    if (arrangement.kept.empty()) {
      return {};
    }
    const auto kept = files_.open_directory(place_.state, kept_name);
    const auto ours = kept ? files_.open_directory(*kept, transaction) : kept;
    if (!ours) {
      return tl::unexpected(ours.error());
    }
    return files_.sync(ours->number()).and_then([&] { return files_.sync(kept->number()); }).and_then([&] {
      return files_.sync(place_.state.number());
    });
  }

  const Workplace& place_;
  Files& files_;
  const std::vector<Destined>& destinations_;
  const Receipt& old_;
};

}  // namespace

Result<Prepared> prepare(const Workplace& place, const std::vector<Destined>& destinations, const Receipt& old,
                         const Intention& intention) {
  return Preparation(place, destinations, old).run(intention);
}

Result<Installation> previous_staged(const Workplace& place, const std::vector<Destined>& destinations,
                                     const Previous& previous) {
  const Receipt nothing;
  Preparation preparation(place, destinations, nothing);
  Installation installation = previous.installation;
  for (std::size_t i = 0; i < installation.paths.size(); ++i) {
    InstalledPath& installed = installation.paths[i];
    const auto where = std::find_if(destinations.begin(), destinations.end(), [&](const Destined& one) {
      return one.destination.name == installed.path.directory();
    });
    if (where == destinations.end()) {
      return failure(Fault::internal, "no directory for '" + installed.path.text() + "'");
    }
    const auto fresh = place.files->open_directory(where->stage, staged_new);
    auto same = fresh ? preparation.from_kept(previous.kept[i].where, *fresh, installed.path.name())
                      : tl::unexpected(fresh.error());
    if (!same) {
      return tl::unexpected(during(same.error(), "bring back '" + installed.path.text() + "'"));
    }
    installed.entry = previous.kept[i].entry;
  }
  return installation;
}

Result<void> still_as_before(const Workplace& place, const std::vector<Destined>& destinations,
                             const Journal& journal) {
  for (const PathChange& change : journal.changes) {
    const Destined& where = destinations.at(change.directory);
    const auto now = entry_at(*place.files, where.directory, change.name, Digest::left_out);
    if (!now) {
      return tl::unexpected(now.error());
    }
    const bool same = change.before ? *now && unchanged(*change.before, **now) : !*now;
    if (!same) {
      return failure(Fault::conflict,
                     "'" + where.destination.path + "/" + change.name + "' was changed by someone else meanwhile",
                     "run the command again");
    }
  }
  return {};
}

}  // namespace cudnn_install
