#include "transaction/mending.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>

#include "receipt/entry_json.h"
#include "transaction/index.h"
#include "transaction/state_directory.h"
#include "transaction/system_file.h"

namespace cudnn_install {

namespace {

constexpr const char* record_name = "record";
// apt and its relatives pass over names that begin with a dot.
constexpr const char* back_name = ".cudnn-install-back";

// One change as recorded: the old bytes, if there were any, lie beside the record under `kept`.
struct RecordedChange {
  std::string path{};
  std::optional<Entry> before{};
  std::optional<Entry> after{};
  std::string kept{};
};

Json optional_json(const std::optional<Entry>& entry) {
  return entry ? json_of(*entry) : Json(nullptr);
}

std::string record_of(const std::vector<RecordedChange>& changes) {
  Json list = Json::array();
  for (const RecordedChange& change : changes) {
    list.push_back({{"path", change.path},
                    {"before", optional_json(change.before)},
                    {"after", optional_json(change.after)},
                    {"kept", change.kept}});
  }
  return sealed({{"schema", 1}, {"changes", list}});
}

Result<std::vector<RecordedChange>> changes_in(Files& files, const Directory& at) {
  const auto text = small_file(files, at, record_name);
  if (!text || !*text) {
    return text ? Result<std::vector<RecordedChange>>(std::vector<RecordedChange>()) : tl::unexpected(text.error());
  }
  std::vector<RecordedChange> changes;
  try {
    const Json json = unsealed(**text);
    for (const Json& one : list_at(json, "changes")) {
      const auto entry = [&](const char* name) {
        return one.at(name).is_null() ? std::nullopt : std::optional(entry_from(one.at(name)));
      };
      RecordedChange change{.path = one.at("path").get<std::string>(),
                            .before = entry("before"),
                            .after = entry("after"),
                            .kept = one.at("kept").get<std::string>()};
      if (!change.path.starts_with('/') || change.kept.find('/') != std::string::npos) {
        throw Malformed{"'" + change.path + "' is no path of a mending"};
      }
      changes.push_back(std::move(change));
    }
  } catch (const nlohmann::json::exception& error) {
    return failure(Fault::needs_settling, "'" + at.path + "/record' is damaged: " + error.what());
  } catch (const Malformed& error) {
    return failure(Fault::needs_settling, "'" + at.path + "/record' is damaged: " + error.what);
  }
  return changes;
}

std::optional<Entry> entry_of(const std::optional<FileText>& file) {
  if (!file) {
    return std::nullopt;
  }
  return Entry{.mode = file->mode, .size = file->text.size(), .sha256 = Sha256::of(file->text)};
}

bool agrees(const std::optional<Entry>& found, const std::optional<Entry>& wanted) {
  return found && wanted ? same_content(*found, *wanted) : !found && !wanted;
}

// The old bytes come back under their name, with owner, mode and times.
Result<void> bring_back(Files& files, const Directory& from, const RecordedChange& change, const SystemPlace& at) {
  if (!change.before) {
    return remove_durably(files, at.directory, at.name);
  }
  return files.remove(at.directory, back_name)
      .and_then([&] { return duplicate(files, from, change.kept, at.directory, back_name); })
      .and_then([&] { return files.rename(at.directory, back_name, at.directory, at.name); })
      .and_then([&] { return files.sync(at.directory.number()); });
}

std::string numbered(int number) {
  std::array<char, 16> text{};
  std::snprintf(text.data(), text.size(), "%04d", number);
  return text.data();
}

struct Room {
  Directory directory{};  // <state>/mendings
  Lock lock{};
  std::vector<std::string> runs{};  // that were not taken back, oldest first
};

Result<Room> entered(const MendingPlace& place) {
  Room room;
  auto directory = directory_made(place.files, place.state + "/mendings");
  if (!directory) {
    return tl::unexpected(directory.error());
  }
  room.directory = std::move(*directory);
  auto lock = Lock::take({{room.directory, lock_name}}, place.lock_timeout, [](const std::string&) {});
  const auto names = lock ? place.files.names(room.directory) : tl::unexpected(lock.error());
  if (!names) {
    return tl::unexpected(names.error());
  }
  room.lock = std::move(*lock);
  std::ranges::copy_if(*names, std::back_inserter(room.runs), [](const std::string& name) {
    return name.find_first_not_of("0123456789") == std::string::npos;
  });
  return room;
}

Result<void> undo_one(const MendingPlace& place, const Directory& from, const RecordedChange& change, Undone& undone) {
  const auto at = system_place(place.files, place.root, change.path, Missing::refused);
  const auto now = at ? entry_at(place.files, at->directory, at->name, Digest::computed) : tl::unexpected(at.error());
  if (!now) {
    return tl::unexpected(now.error());
  }
  if (agrees(*now, change.before)) {
    undone.restored.push_back(change.path);
    return {};
  }
  if (!agrees(*now, change.after)) {
    undone.left.push_back(change.path + (change.kept.empty() ? "" : "; as it was: " + from.path + "/" + change.kept));
    return {};
  }
  return bring_back(place.files, from, change, *at).map([&] { undone.restored.push_back(change.path); });
}

}  // namespace

Result<Mending> Mending::begin(const MendingPlace& place) {
  auto room = entered(place);
  if (!room) {
    return tl::unexpected(room.error());
  }
  const int next = room->runs.empty() ? 1 : std::stoi(room->runs.back().substr(0, 8)) + 1;
  auto directory = place.files.make_directory(room->directory, numbered(next), 0700);
  if (!directory) {
    return tl::unexpected(directory.error());
  }
  if (auto durable = place.files.sync(room->directory.number()); !durable) {
    return tl::unexpected(durable.error());
  }
  return Mending(place, std::move(room->lock), std::move(*directory));
}

Result<void> Mending::carry_out(const std::vector<FileEdit>& edits) {
  for (const FileEdit& edit : edits) {
    if (auto done = carry_out(edit); !done) {
      return done;
    }
  }
  return {};
}

Result<void> Mending::carry_out(const FileEdit& edit) {
  const auto at = system_place(*files_, root_, edit.path, Missing::refused);
  const auto now = at ? entry_at(*files_, at->directory, at->name, Digest::computed) : tl::unexpected(at.error());
  if (!now) {
    return tl::unexpected(now.error());
  }
  if (!agrees(*now, entry_of(edit.before))) {
    return failure(Fault::conflict, "'" + edit.path + "' was changed meanwhile", "run the command again");
  }
  RecordedChange change{.path = edit.path, .before = entry_of(edit.before), .after = entry_of(edit.after), .kept = {}};
  if (change.before) {
    change.kept = "kept-" + std::to_string(++count_);
    auto kept = duplicate(*files_, at->directory, at->name, directory_, change.kept).and_then([&] {
      return files_->sync(directory_.number());
    });
    if (!kept) {
      return kept;
    }
  }
  auto changes = changes_in(*files_, directory_);
  if (!changes) {
    return tl::unexpected(changes.error());
  }
  changes->push_back(std::move(change));
  return replace_file(*files_, directory_, record_name, record_of(*changes)).and_then([&] {
    return edit.after ? put_file(*files_, *at, *edit.after) : remove_durably(*files_, at->directory, at->name);
  });
}

Result<Undone> undo_mending(const MendingPlace& place) {
  auto room = entered(place);
  if (!room) {
    return tl::unexpected(room.error());
  }
  Undone undone;
  while (!room->runs.empty() && undone.restored.empty() && undone.left.empty()) {
    const std::string run = room->runs.back();
    room->runs.pop_back();
    const auto directory = place.files.open_directory(room->directory, run);
    const auto changes = directory ? changes_in(place.files, *directory) : tl::unexpected(directory.error());
    if (!changes) {
      return tl::unexpected(changes.error());
    }
    for (auto change = changes->rbegin(); change != changes->rend(); ++change) {
      if (auto done = undo_one(place, *directory, *change, undone); !done) {
        return tl::unexpected(done.error());
      }
    }
    if (undone.left.empty()) {
      if (auto gone = remove_tree(place.files, room->directory, run); !gone) {
        return tl::unexpected(gone.error());
      }
    }
  }
  return undone;
}

}  // namespace cudnn_install
