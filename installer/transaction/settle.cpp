#include "transaction/settle.h"

#include <algorithm>
#include <set>
#include <utility>

#include "transaction/commit.h"
#include "transaction/state_directory.h"

namespace cudnn_install {

namespace {

// The journal's own directories, which must still lead where they led.
Result<std::vector<Destined>> same_destinations(const Workplace& place, const Journal& journal) {
  std::vector<Destined> found;
  for (const Destination& recorded : journal.directories) {
    auto destined = opened_destination(place, recorded.name);
    if (!destined || destined->destination.path != recorded.path) {
      return failure(Fault::needs_settling,
                     "'" + journal.title + "' was begun and cannot be ended: '" + recorded.name +
                         "' no longer leads to '" + recorded.path + "'",
                     "mount it again, or put the link back, then run the command again");
    }
    // The stage stays until the journal is gone. Without it this is the bare directory below a mount, where everything
    // that was to be removed would look as if it were.
    if (destined->stage.number() < 0) {
      return failure(Fault::needs_settling,
                     "'" + journal.title + "' was begun and cannot be ended: '" + recorded.path +
                         "' is not the directory in which it was begun",
                     "mount it again, then run the command again");
    }
    found.push_back(std::move(*destined));
  }
  return found;
}

Result<std::string> settle_journal(const Workplace& place, const Journal& journal,
                                   const std::optional<Receipt>& receipt) {
  const auto destinations = same_destinations(place, journal);
  if (!destinations) {
    return tl::unexpected(destinations.error());
  }
  if (!receipt || receipt->transaction != journal.transaction) {
    if (auto done = carry_out(journal, place, *destinations, Certainty::by_digest); !done) {
      Error error = done.error();
      error.fault = Fault::needs_settling;
      return tl::unexpected(during(std::move(error), "settle '" + journal.title + "'"));
    }
  }
  if (auto closed = close_journal(journal, place, *destinations); !closed) {
    Error error = closed.error();
    error.fault = Fault::needs_settling;
    return tl::unexpected(during(std::move(error), "settle '" + journal.title + "'"));
  }
  if (auto swept = sweep(place, *destinations); !swept) {
    return tl::unexpected(during(swept.error(), "clean up after '" + journal.title + "'"));
  }
  return (journal.direction == Direction::forward ? "finished '" : "took back '") + journal.title +
         "', which was interrupted";
}

// Those that are there; where a file or a stranger's directory lies now, there is nothing of ours. One that cannot be
// looked into is an error: a stage in it must not be forgotten.
Result<std::vector<Destined>> existing_destinations(const Workplace& place, const std::optional<Receipt>& receipt) {
  std::vector<Destined> found;
  std::vector<std::string> names = destination_names(receipt);
  if (std::find(names.begin(), names.end(), "") == names.end()) {
    names.emplace_back("");  // the prefix itself
  }
  for (const std::string& name : names) {
    auto destined = opened_destination(place, name);
    if (!destined && destined.error().fault != Fault::conflict) {
      return tl::unexpected(destined.error());
    }
    if (destined) {
      found.push_back(std::move(*destined));
    }
  }
  return found;
}

bool has_leftovers(const Workplace& place, const std::vector<Destined>& destinations) {
  const auto journal_part = place.files->look(place.state, std::string(journal_name) + ".tmp");
  const auto receipt_part = place.files->look(place.state, std::string(receipt_name) + ".tmp");
  return (journal_part && *journal_part) || (receipt_part && *receipt_part) ||
         std::any_of(destinations.begin(), destinations.end(),
                     [](const Destined& destined) { return destined.stage.number() >= 0; });
}

}  // namespace

std::vector<std::string> destination_names(const std::optional<Receipt>& receipt) {
  std::set<std::string> names = {"include", "lib64"};
  if (receipt) {
    for (const Installation& installation : receipt->installations) {
      for (const InstalledPath& installed : installation.paths) {
        names.insert(installed.path.directory());
      }
    }
  }
  return {names.begin(), names.end()};
}

Result<Destined> opened_destination(const Workplace& place, const std::string& name) {
  auto resolved = resolve(place.root, place.prefix + "/" + name, place.caution);
  if (!resolved) {
    return tl::unexpected(resolved.error());
  }
  if (!resolved->missing.empty()) {
    return failure(Fault::conflict, "'" + place.prefix + "/" + name + "' does not exist");
  }
  Destined destined{
      .destination = {.name = name, .path = resolved->path}, .directory = resolved->directory, .stage = {}};
  const auto there = place.files->look(destined.directory, stage_name(place.id));
  if (there && *there) {
    auto stage = place.files->open_directory(destined.directory, stage_name(place.id));
    if (!stage) {
      return tl::unexpected(stage.error());
    }
    if (auto ours = believable(*stage); !ours) {
      return tl::unexpected(ours.error());
    }
    destined.stage = std::move(*stage);
  }
  return destined;
}

Result<bool> is_open(const Workplace& place) {
  const auto journal = place.files->look(place.state, journal_name);
  if (!journal) {
    return tl::unexpected(journal.error());
  }
  const auto destinations = existing_destinations(place, std::nullopt);
  return *journal || (destinations && has_leftovers(place, *destinations));
}

Result<std::string> settle(const Workplace& place) {
  const auto receipt = read_receipt(*place.files, place.state);
  const auto journal = receipt ? read_journal(*place.files, place.state) : tl::unexpected(receipt.error());
  if (!journal) {
    return tl::unexpected(journal.error());
  }
  std::string told;
  if (*journal) {
    auto settled = settle_journal(place, **journal, *receipt);
    if (!settled) {
      return settled;
    }
    told = std::move(*settled);
  } else {
    const auto destinations = existing_destinations(place, *receipt);
    if (!destinations || !has_leftovers(place, *destinations)) {
      return destinations ? Result<std::string>("") : tl::unexpected(destinations.error());
    }
    told = "removed what a run had left that was stopped before it changed anything";
    if (auto swept = sweep(place, *destinations); !swept) {
      return tl::unexpected(swept.error());
    }
  }
  return told;
}

namespace {

// The directory that holds the prefix may be one that others write to (/tmp): what goes is the very directory that is
// held open, if it is empty.
Result<void> remove_prefix(const Workplace& place) {
  Files& files = *place.files;
  const std::size_t slash = place.prefix.rfind('/');
  const std::string name = place.prefix.substr(slash + 1);
  const auto parent = resolve(place.root, slash == 0 ? "/" : place.prefix.substr(0, slash), Caution::trusting);
  if (!parent || !parent->missing.empty()) {
    return {};
  }
  const auto held = files.look(place.prefix_directory, ".");
  const auto named = files.look(parent->directory, name);
  if (!held || !*held || !named || !*named || (*held)->inode != (*named)->inode ||
      (*held)->device != (*named)->device) {
    return {};
  }
  return files.remove_directory(parent->directory, name).and_then([&] {
    return files.sync(parent->directory.number());
  });
}

}  // namespace

bool made_parent(const std::vector<std::string>& created) {
  return std::find(created.begin(), created.end(), parent_name) != created.end();
}

Result<void> remove_parent(Files& files, const std::string& root, const std::string& prefix) {
  const std::string parent = prefix.substr(0, prefix.rfind('/'));
  const std::size_t slash = parent.rfind('/');
  const auto holder = resolve(root, slash == 0 ? "/" : parent.substr(0, slash), Caution::trusting);
  if (!holder || !holder->missing.empty()) {
    return {};
  }
  return files.remove_directory(holder->directory, parent.substr(slash + 1)).and_then([&] {
    return files.sync(holder->directory.number());
  });
}

Result<void> remove_state(const Workplace& place, const std::vector<std::string>& created) {
  Files& files = *place.files;
  // Innermost first; the prefix itself ("") last of all, after its state directory.
  for (auto directory = created.rbegin(); directory != created.rend(); ++directory) {
    if (!directory->empty() && *directory != parent_name) {
      if (auto removed = files.remove_directory(place.prefix_directory, *directory); !removed) {
        return removed;
      }
    }
  }
  for (const char* name : {kept_name, "id", "id.tmp", lock_name}) {
    if (place.state.number() < 0) {
      break;
    }
    if (auto removed = remove_tree(files, place.state, name); !removed) {
      return removed;
    }
  }
  if (auto removed = files.remove_directory(place.prefix_directory, state_name); !removed) {
    return removed;
  }
  if (std::find(created.begin(), created.end(), "") == created.end()) {
    return files.sync(place.prefix_directory.number());
  }
  auto removed = remove_prefix(place);
  return removed && made_parent(created) ? remove_parent(files, place.root, place.prefix) : removed;
}

}  // namespace cudnn_install
