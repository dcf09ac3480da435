#include "transaction/session.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <thread>
#include <utility>

#include "system/signals.h"
#include "transaction/settle.h"
#include "transaction/state_directory.h"

namespace cudnn_install {

namespace {

constexpr int most_tries = 10;

// As an index entry calls it.
constexpr const char* holder_of_parent = "../..";

Caution caution_of(const TransactionOptions& options) {
  return options.trust == Trust::given ? Caution::trusting : Caution::strict;
}

// The state directory below an open prefix; number() < 0: there is none.
Result<Directory> state_below(Files& files, const Directory& prefix) {
  const auto there = files.look(prefix, state_name);
  if (!there || !*there) {
    return there ? Result<Directory>(Directory{}) : tl::unexpected(there.error());
  }
  auto state = files.open_directory(prefix, state_name);
  if (!state) {
    return state;
  }
  const auto ours = believable(*state);
  return ours ? state : tl::unexpected(ours.error());
}

Result<std::string> id_of(Files& files, const Directory& state) {
  return small_file(files, state, "id").map([](const std::optional<std::string>& text) {
    const std::string id = text ? text->substr(0, 32) : std::string();
    return id.size() == 32 && id.find_first_not_of("0123456789abcdef") == std::string::npos ? id : std::string();
  });
}

// Several may share a directory under different names, so its lock is named by what it is on this machine, now.
Result<std::string> lock_of(const Directory& directory) {
  struct stat raw {};
  if (fstat(directory.number(), &raw) != 0) {
    return failure(Fault::internal, "cannot look at '" + directory.path + "'");
  }
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%llx-%llx", static_cast<unsigned long long>(raw.st_dev),
                static_cast<unsigned long long>(raw.st_ino));
  return std::string(text.data());
}

std::uint64_t inode_of(const Directory& directory) {
  struct stat raw {};
  return fstat(directory.number(), &raw) == 0 ? raw.st_ino : 0;
}

// Nothing that was begun is out of reach: each directory is the one that it was, or is gone with all that was in it.
Result<bool> is_at_hand(const Workplace& place, const IndexEntry& entry) {
  for (const auto& [name, inode] : entry.directories) {
    if (name == holder_of_parent) {
      continue;  // it tells whether a prefix that is not there was ever made
    }
    const auto found = resolve(place.root, place.prefix + (name.empty() ? "" : "/" + name), place.caution);
    if (!found && found.error().fault != Fault::conflict) {
      return tl::unexpected(found.error());
    }
    const bool gone = found && found->path == place.prefix && !found->missing.empty() && found->missing.front() == name;
    if (!gone && (!found || !found->missing.empty() || inode_of(found->directory) != inode)) {
      return false;
    }
  }
  return true;
}

// All is done (or wiped), and the index says so; where nothing is installed, state directory and note go. A place that
// is not at hand stays open: something may be left there.
Result<void> close_entry(Index& index, const Workplace& place, IndexEntry entry) {
  const auto receipt = place.state.number() >= 0 ? read_receipt(*place.files, place.state)
                                                 : Result<std::optional<Receipt>>(std::nullopt);
  const auto at_hand = receipt ? is_at_hand(place, entry) : tl::unexpected(receipt.error());
  if (!at_hand || !*at_hand) {
    return at_hand ? Result<void>() : tl::unexpected(at_hand.error());
  }
  if (!*receipt) {
    return remove_state(place, entry.created).and_then([&] { return index.remove(entry.id); });
  }
  entry.open = false;
  entry.directories.clear();
  return index.write(entry);
}

using Places = std::vector<std::pair<Directory, std::string>>;

// The lock beside the files, which every caller knows, and one among the records of this system: it still keeps others
// out where somebody has removed the first. Messages name the prefix's own directory for both.
Result<Places> locks_of(const Directory& state, const Index& index) {
  const auto second = lock_of(state);
  return second ? Result<Places>(Places{{state, lock_name}, {{index.locks().descriptor, state.path}, *second}})
                : tl::unexpected(second.error());
}

// What is open below a state directory, under its lock. Where another run works it is left to that one.
Result<std::string> settle_held(Index& index, const IndexEntry& entry, const Workplace& place) {
  const auto places = locks_of(place.state, index);
  const auto lock =
      places ? Lock::take(*places, std::chrono::seconds(0), [](const std::string&) {}) : tl::unexpected(places.error());
  if (!lock) {
    return lock.error().fault == Fault::busy ? Result<std::string>("") : tl::unexpected(lock.error());
  }
  const auto id = id_of(*place.files, place.state);
  if (!id) {
    return tl::unexpected(id.error());
  }
  if (!id->empty() && *id != entry.id) {  // another run made the directory, and has its own note of it
    return index.remove(entry.id).map([] { return std::string(); });
  }
  auto told = settle(place);
  const auto ended = told ? close_entry(index, place, entry) : tl::unexpected(told.error());
  return ended ? told : tl::unexpected(ended.error());
}

// The prefix of `noted` was to be made in the directory that is held, and no directory has its name there: what a
// stranger put in its place would lead astray who asks by the whole path.
bool was_never_made(Files& files, const Workplace& place, const IndexEntry& noted) {
  if (place.prefix == noted.prefix) {
    return false;
  }
  const auto found = files.look(place.prefix_directory, noted.prefix.substr(noted.prefix.rfind('/') + 1));
  return found && (!*found || (*found)->kind != FileKind::directory);
}

// What is to be done about a prefix that is not there: it is out of reach (unmounted?), or was never made; then what
// was made for it on the way goes too.
Result<void> settle_absent(Index& index, const IndexEntry& entry, const Resolved& found, Effects effects) {
  const auto is_noted = [&](const char* name) {
    const auto noted = entry.directories.find(name);
    return noted != entry.directories.end() && noted->second == inode_of(found.directory);
  };
  const bool parent_is_ours = made_parent(entry.created);
  const bool none =
      is_noted(parent_is_ours ? holder_of_parent : parent_name) && found.missing.size() == (parent_is_ours ? 2U : 1U);
  if (none) {
    return index.remove(entry.id);
  }
  if (!parent_is_ours || found.missing.size() != 1) {
    return {};
  }
  return remove_parent(effects.files, entry.root, entry.prefix).and_then([&] { return index.remove(entry.id); });
}

// One entry of the index: lock what is there, settle it, tidy up.
Result<std::string> settle_entry(Index& index, const IndexEntry& entry, const TransactionOptions& options,
                                 Effects effects) {
  const auto prefix = resolve(entry.root, entry.prefix, caution_of(options));
  if (!prefix) {
    return tl::unexpected(prefix.error());
  }
  if (!prefix->missing.empty() || prefix->path != entry.prefix) {
    return settle_absent(index, entry, *prefix, effects).map([] { return std::string(); });
  }
  const auto state = state_below(effects.files, prefix->directory);
  if (!state) {
    return tl::unexpected(state.error());
  }
  const Workplace place{.files = &effects.files,
                        .processes = &effects.processes,
                        .root = entry.root,
                        .prefix = prefix->path,
                        .prefix_directory = prefix->directory,
                        .state = *state,
                        .id = entry.id,
                        .caution = caution_of(options),
                        .grace = options.grace};
  if (state->number() >= 0) {
    return settle_held(index, entry, place);
  }
  const auto at_hand = is_at_hand(place, entry);
  if (!at_hand || !*at_hand) {
    return at_hand ? Result<std::string>("") : tl::unexpected(at_hand.error());
  }
  return close_entry(index, place, entry).map([] { return std::string(); });
}

}  // namespace

Result<std::vector<std::string>> settle_index(Index& index, const TransactionOptions& options, Effects effects) {
  std::vector<std::string> told;
  for (const IndexEntry& entry : index.entries()) {
    if (!entry.open) {
      continue;
    }
    auto settled = settle_entry(index, entry, options, effects);
    if (!settled && settled.error().fault == Fault::needs_settling) {
      return tl::unexpected(during(settled.error(), "look after '" + entry.prefix + "'"));
    }
    if (settled && !settled->empty()) {
      told.push_back(*settled);
    }
  }
  return told;
}

// A run that has just taken the last installation out removes the place that we wait at: then it is made anew.
Result<std::optional<Session>> Session::open(const Plan& plan, Purpose purpose, const TransactionOptions& options,
                                             Effects effects) {
  const auto until = std::chrono::steady_clock::now() + options.lock_timeout;
  while (true) {
    auto session = open_once(plan, purpose, options, effects);
    const bool busy = !session && session.error().fault == Fault::busy;
    if (!busy || interrupted() || std::chrono::steady_clock::now() >= until) {
      return session;
    }
  }
}

Result<std::optional<Session>> Session::open_once(const Plan& plan, Purpose purpose, const TransactionOptions& options,
                                                  Effects effects) {
  Session session;
  session.patience_ = options.lock_timeout;
  session.report_ = options.report;
  auto index = Index::open(effects.files, options.state);
  if (!index) {
    return tl::unexpected(index.error());
  }
  session.index_ = std::move(*index);
  const auto settled = settle_index(*session.index_, options, effects);
  if (!settled) {
    return tl::unexpected(settled.error());
  }
  for (const std::string& one : *settled) {
    options.report({.kind = Event::Kind::settled, .text = one});
  }
  auto prefix = resolve(plan.root, plan.prefix, caution_of(options));
  if (!prefix) {
    return tl::unexpected(prefix.error());
  }
  session.place_ = {.files = &effects.files,
                    .processes = &effects.processes,
                    .root = plan.root,
                    .prefix = prefix->path,
                    .prefix_directory = prefix->directory,
                    .caution = caution_of(options),
                    .grace = options.grace};
  auto state = prefix->missing.empty() ? state_below(effects.files, prefix->directory) : Result<Directory>(Directory{});
  if (!state) {
    return tl::unexpected(state.error());
  }
  session.place_.state = std::move(*state);
  if (session.place_.state.number() < 0) {
    if (purpose == Purpose::existing) {
      return std::nullopt;
    }
    if (auto created = session.create(prefix->missing, plan.makes_parent); !created) {
      return tl::unexpected(session.taken_away(created.error(), session.entry_, options, effects));
    }
  }
  const IndexEntry noted = session.entry_;
  if (auto locked = session.lock_and_read(options); !locked) {
    return tl::unexpected(session.taken_away(locked.error(), noted, options, effects));
  }
  return std::optional<Session>(std::move(session));
}

// What was made here and cannot be used goes again, as the next run would take it away; where that fails or another run
// works there, the note in the index is left for the next run.
Error Session::taken_away(const Error& error, const IndexEntry& noted, const TransactionOptions& options,
                          Effects effects) {
  lock_.reset();
  if (noted.id.empty()) {
    return error;
  }
  // A state directory in which there was no room for a lock is empty, and nobody's.
  if (place_.prefix == noted.prefix) {
    [[maybe_unused]] const auto emptied = effects.files.remove_directory(place_.prefix_directory, state_name);
  }
  if (was_never_made(effects.files, place_, noted)) {
    const bool half = made_parent(noted.created) && noted.prefix.starts_with(place_.prefix + "/") &&
                      noted.prefix.rfind('/') == place_.prefix.size();
    const auto gone = half ? remove_parent(effects.files, noted.root, noted.prefix) : Result<void>();
    const auto removed = gone.and_then([&] { return index_->remove(noted.id); });
    return removed ? error : during(error, "clean up (" + removed.error().what + "); the next run does it");
  }
  const auto settled = settle_entry(*index_, noted, options, effects);
  return settled ? error : during(error, "clean up (" + settled.error().what + "); the next run does it");
}

// The note in the index comes first, so that whatever follows can be found and taken away.
Result<void> Session::create(const std::vector<std::string>& missing, bool makes_parent) {
  if (missing.size() > (makes_parent ? 2 : 1)) {
    return failure(Fault::conflict, "'" + place_.prefix + "/" + missing.front() + "' does not exist",
                   "create the parent directory first, or mend --prefix");
  }
  entry_ = {.id = random_id(), .root = place_.root, .prefix = place_.prefix, .open = true, .created = {}};
  for (const std::string& name : missing) {
    entry_.prefix += (entry_.prefix.ends_with('/') ? "" : "/") + name;
    entry_.created.emplace_back(&name == &missing.back() ? "" : parent_name);
  }
  const char* here = missing.empty() ? "" : missing.size() == 1 ? parent_name : holder_of_parent;
  entry_.directories = {{here, inode_of(place_.prefix_directory)}};
  if (auto noted = index_->write(entry_); !noted) {
    return noted;
  }
  Files& files = *place_.files;
  for (const std::string& name : missing) {
    auto made = files.make_directory(place_.prefix_directory, name, 0755);
    const auto durable = made ? files.sync(place_.prefix_directory.number()) : tl::unexpected(made.error());
    const auto ours = durable ? believable(*made) : durable;
    if (!ours) {
      return ours;
    }
    place_.prefix += (place_.prefix.ends_with('/') ? "" : "/") + name;
    place_.prefix_directory = std::move(*made);
  }
  auto state = files.make_directory(place_.prefix_directory, state_name, 0755);
  auto ours = state ? believable(*state) : tl::unexpected(state.error());
  if (!ours) {
    return ours;
  }
  place_.state = std::move(*state);
  return files.sync(place_.prefix_directory.number());
}

Result<void> Session::lock_and_read(const TransactionOptions& options) {
  const auto waiting = [&](const std::string& holder) {
    options.report({.kind = Event::Kind::waiting, .text = holder});
  };
  const auto places = locks_of(place_.state, *index_);
  auto lock = places ? Lock::take(*places, patience_, waiting) : tl::unexpected(places.error());
  if (!lock) {
    return tl::unexpected(lock.error());
  }
  lock_ = std::move(*lock);
  Files& files = *place_.files;
  auto id = id_of(files, place_.state);
  if (!id) {
    return tl::unexpected(id.error());
  }
  if (id->empty()) {
    *id = entry_.id.empty() ? random_id() : entry_.id;
    if (auto written = replace_file(files, place_.state, "id", *id + "\n"); !written) {
      return written;
    }
  } else if (!entry_.id.empty() && entry_.id != *id) {
    // Another run made the directory at the same time; its note serves.
    if (auto removed = index_->remove(entry_.id); !removed) {
      return removed;
    }
  }
  place_.id = *id;
  entry_.id = *id;
  entry_.root = place_.root;
  entry_.prefix = place_.prefix;
  for (const IndexEntry& noted : index_->entries()) {
    if (noted.id == *id) {
      entry_.directories = noted.directories;
      entry_.created = noted.created;
    }
  }
  auto settled = settle(place_);
  if (!settled) {
    return tl::unexpected(settled.error());
  }
  if (!settled->empty()) {
    options.report({.kind = Event::Kind::settled, .text = *settled});
  }
  auto receipt = read_receipt(files, place_.state);
  if (!receipt) {
    return tl::unexpected(receipt.error());
  }
  receipt_ = std::move(*receipt);
  if (receipt_) {
    entry_.created = receipt_->created;
  }
  return {};
}

Result<Destined> Session::made_destination(const std::string& name) {
  const auto resolved = resolve(place_.root, place_.prefix + "/" + name, place_.caution);
  if (!resolved) {
    return tl::unexpected(resolved.error());
  }
  if (!resolved->missing.empty()) {
    auto made = place_.files->make_directory(place_.prefix_directory, name, 0755);
    auto durable = made ? place_.files->sync(place_.prefix_directory.number()) : tl::unexpected(made.error());
    if (!durable) {
      return tl::unexpected(durable.error());
    }
  }
  return opened_destination(place_, name);
}

// The prefix itself, and its parent where the prefix is ours.
void Session::note_directories() {
  entry_.directories = {{"", inode_of(place_.prefix_directory)}};
  const bool ours = std::find(entry_.created.begin(), entry_.created.end(), "") != entry_.created.end();
  if (const auto parent = resolve(place_.root, place_.prefix + "/..", place_.caution); ours && parent) {
    entry_.directories[parent_name] = inode_of(parent->directory);
  }
  if (const auto holder = resolve(place_.root, place_.prefix + "/../..", place_.caution);
      made_parent(entry_.created) && holder) {
    entry_.directories[holder_of_parent] = inode_of(holder->directory);
  }
}

Result<std::vector<Destined>> Session::begin(const std::vector<std::string>& destinations) {
  note_directories();
  for (const std::string& name : destinations) {
    const auto resolved = resolve(place_.root, place_.prefix + "/" + name, place_.caution);
    if (!resolved) {
      return tl::unexpected(resolved.error());
    }
    if (resolved->missing.empty()) {
      entry_.directories[name] = inode_of(resolved->directory);
      continue;
    }
    if (resolved->missing.size() > 1 || resolved->path != place_.prefix || resolved->missing.front() != name) {
      return failure(Fault::conflict, "'" + place_.prefix + "/" + name + "' leads to a directory that does not exist",
                     "create it, or remove the link");
    }
    if (std::find(entry_.created.begin(), entry_.created.end(), name) == entry_.created.end()) {
      entry_.created.push_back(name);
    }
  }
  entry_.open = true;
  if (auto noted = index_->write(entry_); !noted) {
    return tl::unexpected(noted.error());
  }
  std::vector<Destined> found;
  Places locks;
  for (const std::string& name : destinations) {
    auto destined = made_destination(name);
    auto lock = destined ? lock_of(destined->directory) : tl::unexpected(destined.error());
    if (!lock) {
      return tl::unexpected(lock.error());
    }
    locks.emplace_back(Directory{index_->locks().descriptor, destined->directory.path}, *lock);
    found.push_back(std::move(*destined));
  }
  if (geteuid() == 0) {
    const auto by_name = [](const auto& left, const auto& right) { return left.second < right.second; };
    const auto same = [](const auto& left, const auto& right) { return left.second == right.second; };
    std::sort(locks.begin(), locks.end(), by_name);
    locks.erase(std::unique(locks.begin(), locks.end(), same), locks.end());
    auto taken = Lock::take(
        locks, patience_, [&](const std::string& holder) { report_({.kind = Event::Kind::waiting, .text = holder}); });
    if (!taken) {
      return tl::unexpected(taken.error());
    }
    directory_locks_ = std::move(*taken);
  }
  return found;
}

Result<void> Session::end() {
  return close_entry(*index_, place_, entry_).and_then([&] { return let_go(); });
}

// Where a file that is open keeps its directory (NFS, FUSE), the lock does, until it is closed; a moment later on some.
Result<void> Session::let_go() {
  Files& files = *place_.files;
  const auto id = files.look(place_.state, "id");
  if (!id || *id) {
    return {};
  }
  lock_.reset();
  Workplace emptied = place_;
  emptied.state = {};
  for (int time = 0; time < most_tries; ++time) {
    const auto held = files.look(place_.state, ".");
    const auto named = files.look(place_.prefix_directory, state_name);
    if (!held || !*held || !named || !*named || (*held)->inode != (*named)->inode) {
      return {};
    }
    if (auto removed = remove_state(emptied, entry_.created); !removed) {
      return removed;
    }
    std::this_thread::sleep_for(place_.grace / most_tries);
  }
  return {};
}

}  // namespace cudnn_install
