#include "transaction/commit.h"

#include <algorithm>
#include <set>
#include <utility>

#include "transaction/arrangement.h"
#include "transaction/loader_cache.h"
#include "transaction/state_directory.h"

namespace cudnn_install {

namespace {

enum class Standing { done, to_do, taken_down, foreign };

const std::optional<Entry>& goal_of(const PathChange& change, Direction direction) {
  return direction == Direction::forward ? change.after : change.before;
}
const std::optional<Entry>& origin_of(const PathChange& change, Direction direction) {
  return direction == Direction::forward ? change.before : change.after;
}

class Mover {
 public:
  Mover(const Journal& journal, const Workplace& place, const std::vector<Destined>& destinations)
      : journal_(journal), files_(*place.files), state_(place.state), destinations_(destinations) {}

  Result<void> run(Certainty certainty) {
    if (auto known = look_at_all(certainty); !known) {
      return known;
    }
    if (auto down = take_down(); !down) {
      return down;
    }
    Rank rank = Rank::header;
    for (const std::size_t index : order_of(journal_.changes, journal_.direction)) {
      const PathChange& change = journal_.changes[index];
      if (change.rank != rank) {
        if (auto durable = sync_all(); !durable) {
          return durable;
        }
        rank = change.rank;
      }
      if (standings_[index] != Standing::done) {
        if (auto moved = move(change); !moved) {
          return tl::unexpected(during(moved.error(), "put '" + change.name + "' in place"));
        }
      }
    }
    return sync_all();
  }

  // Whether every path is old or new, and what it takes to go on is there.
  Result<void> look_at_all(Certainty certainty) {
    std::string strange;
    std::string done;
    std::string as_before;
    for (const PathChange& change : journal_.changes) {
      const auto standing_now = standing(change, certainty);
      if (!standing_now) {
        return tl::unexpected(standing_now.error());
      }
      const bool is_done = *standing_now == Standing::done;
      const bool stuck = !is_done && (*standing_now == Standing::foreign || !source_is_there(change));
      std::string& list = is_done ? done : stuck ? strange : as_before;
      list += "\n    " + where(change).destination.name + "/" + change.name;
      standings_.push_back(*standing_now);
    }
    if (strange.empty()) {
      return {};
    }
    const auto told = [](const char* heading, const std::string& list) {
      return "\n  " + std::string(heading) + ":" + (list.empty() ? "\n    none" : list);
    };
    return failure(
        Fault::needs_settling,
        "'" + journal_.title + "' was begun and cannot be ended" +
            told("changed by somebody else, or their new content is out of reach", strange) +
            told("still as before", as_before) + told("done", done),
        "put back what was changed meanwhile (another program, an unmounted directory), then run the command again");
  }

 private:
  [[nodiscard]] const Destined& where(const PathChange& change) const { return destinations_.at(change.directory); }

  Result<bool> matches(const PathChange& change, const std::optional<Entry>& wanted, Certainty certainty) {
    const auto quick = entry_at(files_, where(change).directory, change.name, Digest::left_out);
    if (!quick || !wanted || !*quick) {
      return quick ? Result<bool>(!wanted && !*quick) : tl::unexpected(quick.error());
    }
    if (certainty == Certainty::by_stat || wanted->kind == EntryKind::link) {
      return unchanged(*wanted, **quick);
    }
    if ((*quick)->kind != wanted->kind || (*quick)->size != wanted->size) {
      return false;
    }
    const auto full = entry_at(files_, where(change).directory, change.name, Digest::computed);
    return full ? Result<bool>(*full && same_content(*wanted, **full)) : tl::unexpected(full.error());
  }

  Result<Standing> standing(const PathChange& change, Certainty certainty) {
    const auto is_goal = matches(change, goal_of(change, journal_.direction), certainty);
    if (!is_goal || *is_goal) {
      return is_goal ? Result<Standing>(Standing::done) : tl::unexpected(is_goal.error());
    }
    const auto is_origin = matches(change, origin_of(change, journal_.direction), certainty);
    if (!is_origin || *is_origin) {
      return is_origin ? Result<Standing>(Standing::to_do) : tl::unexpected(is_origin.error());
    }
    const auto there = files_.look(where(change).directory, change.name);
    const bool absent = there && !*there;
    return change.take_down && absent ? Standing::taken_down : Standing::foreign;
  }

  bool source_is_there(const PathChange& change) {
    if (!goal_of(change, journal_.direction)) {
      return true;
    }
    if (journal_.direction == Direction::backward && !change.kept.empty()) {
      return kept_file(change).has_value();
    }
    const auto [directory, name] = staged_file(change);
    if (directory.number() < 0) {
      return false;
    }
    const auto there = files_.look(directory, name);
    return there && there->has_value();
  }

  // Where a change's goal lies in the stage.
  std::pair<Directory, std::string> staged_file(const PathChange& change) {
    const Directory& stage = where(change).stage;
    if (stage.number() < 0) {
      return {};
    }
    const auto inside =
        files_.open_directory(stage, journal_.direction == Direction::forward ? staged_new : staged_old);
    return {inside ? *inside : Directory{}, change.name};
  }

  std::optional<std::pair<Directory, std::string>> kept_file(const PathChange& change) {
    Directory here = state_;
    std::string rest = change.kept;
    for (std::size_t slash = rest.find('/'); slash != std::string::npos; slash = rest.find('/')) {
      auto next = files_.open_directory(here, rest.substr(0, slash));
      if (!next) {
        return std::nullopt;
      }
      here = std::move(*next);
      rest.erase(0, slash + 1);
    }
    const auto there = files_.look(here, rest);
    return there && *there ? std::optional(std::pair(here, rest)) : std::nullopt;
  }

  // Between taking the front down and putting it up again programs find no cuDNN instead of a mixed one. Once all that
  // goes before the front is in place it is up again for good, whatever is still to be removed.
  Result<void> take_down() {
    const bool pending = [&] {
      for (std::size_t i = 0; i < journal_.changes.size(); ++i) {
        const PathChange& change = journal_.changes[i];
        if (change.rank != Rank::front && goal_of(change, journal_.direction) && standings_[i] != Standing::done) {
          return true;
        }
      }
      return false;
    }();
    bool any = false;
    for (std::size_t i = 0; pending && i < journal_.changes.size(); ++i) {
      const PathChange& change = journal_.changes[i];
      if (!change.take_down || standings_[i] == Standing::taken_down) {
        continue;
      }
      if (auto removed = files_.remove(where(change).directory, change.name); !removed) {
        return removed;
      }
      standings_[i] = Standing::taken_down;
      any = true;
    }
    return any ? sync_all() : Result<void>();
  }

  Result<void> move(const PathChange& change) {
    const Directory& directory = where(change).directory;
    if (!goal_of(change, journal_.direction)) {
      return files_.remove(directory, change.name);
    }
    if (journal_.direction == Direction::backward && !change.kept.empty()) {
      return bring_back(change);
    }
    const auto [stage, name] = staged_file(change);
    return files_.rename(stage, name, directory, change.name);
  }

  Result<void> bring_back(const PathChange& change) {
    const auto kept = kept_file(change);
    const auto back = files_.make_directory(where(change).stage, staged_back, 0700);
    if (!kept || !back) {
      return kept ? Result<void>(tl::unexpected(back.error()))
                  : failure(Fault::needs_settling, "'" + change.kept + "' has vanished");
    }
    return files_.remove(*back, change.name)
        .and_then([&] { return duplicate(files_, kept->first, kept->second, *back, change.name); })
        .and_then([&] { return files_.rename(*back, change.name, where(change).directory, change.name); });
  }

  Result<void> sync_all() {
    for (const Destined& destined : destinations_) {
      if (auto durable = files_.sync(destined.directory.number()); !durable) {
        return durable;
      }
    }
    return {};
  }

  const Journal& journal_;
  Files& files_;
  const Directory& state_;
  const std::vector<Destined>& destinations_;
  std::vector<Standing> standings_{};
};

Result<void> write_receipt(const Journal& journal, const Workplace& place) {
  if (journal.direction == Direction::backward) {
    return {};
  }
  return journal.receipt.empty() ? remove_durably(*place.files, place.state, receipt_name)
                                 : replace_file(*place.files, place.state, receipt_name, journal.receipt);
}

}  // namespace

Result<void> carry_out(const Journal& journal, const Workplace& place, const std::vector<Destined>& destinations,
                       Certainty certainty) {
  return Mover(journal, place, destinations).run(certainty);
}

Result<void> close_journal(const Journal& journal, const Workplace& place, const std::vector<Destined>& destinations) {
  refresh_loader_cache(place, destinations);
  return write_receipt(journal, place)
      .and_then([&] { return remove_durably(*place.files, place.state, journal_name); })
      .and_then([&] { return sweep(place, destinations); });
}

Result<Journal> turned_round(const Journal& journal, const Workplace& place,
                             const std::vector<Destined>& destinations) {
  Journal back = journal;
  back.direction = Direction::backward;
  if (auto possible = Mover(back, place, destinations).look_at_all(Certainty::by_stat); !possible) {
    return tl::unexpected(possible.error());
  }
  if (auto written = replace_file(*place.files, place.state, journal_name, to_json(back)); !written) {
    return tl::unexpected(written.error());
  }
  return back;
}

namespace {

// kept/<transaction>/<number> that no receipt names, and directories that are empty then.
Result<void> sweep_kept(Files& files, const Directory& state, const std::set<std::string>& needed) {
  const auto kept = files.look(state, kept_name);
  if (!kept || !*kept) {
    return {};
  }
  const auto directory = files.open_directory(state, kept_name);
  const auto transactions =
      directory ? files.names(*directory) : Result<std::vector<std::string>>(std::vector<std::string>());
  if (!directory || !transactions) {
    return {};
  }
  for (const std::string& transaction : *transactions) {
    const auto inside = files.open_directory(*directory, transaction);
    const auto names = inside ? files.names(*inside) : Result<std::vector<std::string>>(std::vector<std::string>());
    for (const std::string& name : names ? *names : std::vector<std::string>()) {
      if (!needed.contains(std::string(kept_name) + "/" + transaction + "/" + name)) {
        if (auto removed = files.remove(*inside, name); !removed) {
          return removed;
        }
      }
    }
    if (auto removed = files.remove_directory(*directory, transaction); !removed) {
      return removed;
    }
  }
  return files.remove_directory(state, kept_name).and_then([&] { return files.sync(state.number()); });
}

// Durable at once: what says afterwards that nothing is open here may lie on another file system.
Result<void> remove_stage(Files& files, const Directory& directory, const std::string& name) {
  const auto there = files.look(directory, name);
  if (!there || !*there) {
    return there ? Result<void>() : tl::unexpected(there.error());
  }
  return remove_tree(files, directory, name).and_then([&] { return files.sync(directory.number()); });
}

}  // namespace

// The stages go last: as long as one is there, the next run knows that something is left to do.
Result<void> sweep(const Workplace& place, const std::vector<Destined>& destinations) {
  Files& files = *place.files;
  const auto receipt = read_receipt(files, place.state);
  if (!receipt) {
    return tl::unexpected(receipt.error());
  }
  const std::vector<std::string> needed = *receipt ? kept_places(**receipt) : std::vector<std::string>();
  auto swept = sweep_kept(files, place.state, {needed.begin(), needed.end()})
                   .and_then([&] { return files.remove(place.state, std::string(journal_name) + ".tmp"); })
                   .and_then([&] { return files.remove(place.state, std::string(receipt_name) + ".tmp"); });
  for (const Destined& destined : destinations) {
    swept = swept.and_then([&] { return remove_stage(files, destined.directory, stage_name(place.id)); });
  }
  return swept;
}

}  // namespace cudnn_install
