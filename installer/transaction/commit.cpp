#include "transaction/commit.h"

#include <algorithm>
#include <set>
#include <thread>
#include <utility>

#include "transaction/arrangement.h"
#include "transaction/loader_cache.h"
#include "transaction/state_directory.h"

namespace cudnn_install {

namespace {

constexpr int most_rounds = 3;

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
      : journal_(journal),
        files_(*place.files),
        state_(place.state),
        grace_(place.grace),
        destinations_(destinations) {}

  Result<void> run(Certainty certainty) {
    return look_at_all(certainty)
        .and_then([&] { return take_down(); })
        .and_then([&] { return move_all(); })
        .and_then([&] { return turn_links_again(); });
  }

  // Whether every path is old or new, and what it takes to go on is there.
  Result<void> look_at_all(Certainty certainty) {
    standings_.clear();
    std::string strange;
    std::string done;
    std::string as_before;
    for (const PathChange& change : journal_.changes) {
      const auto standing_now = standing(change, certainty);
      if (!standing_now) {
        return tl::unexpected(standing_now.error());
      }
      const auto source = source_is_there(change);
      if (!source) {
        return tl::unexpected(source.error());
      }
      const bool is_done = *standing_now == Standing::done;
      const bool stuck = !is_done && (*standing_now == Standing::foreign || !*source);
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
  [[nodiscard]] const std::optional<Entry>& goal_of(const PathChange& change) const {
    return cudnn_install::goal_of(change, journal_.direction);
  }

  Result<void> move_all() {
    Rank rank = Rank::header;
    for (const std::size_t index : order_of(journal_.changes, journal_.direction)) {
      const PathChange& change = journal_.changes[index];
      if (change.rank != rank) {
        if (auto durable = sync_all(); !durable) {
          return durable;
        }
        rank = change.rank;
      }
      if (standings_[index] == Standing::done) {
        continue;
      }
      if (change.rank != Rank::front) {
        wait_for_starts();
      }
      if (auto moved = move(change); !moved) {
        return tl::unexpected(during(moved.error(), "put '" + change.name + "' in place"));
      }
      front_went_ = front_went_ || (change.rank == Rank::front && !goal_of(change));
    }
    return sync_all();
  }

  // A program that has just opened the front is about to open the parts, by name: it shall find those that go with it.
  void wait_for_starts() {
    if (std::exchange(front_went_, false)) {
      std::this_thread::sleep_for(grace_);
    }
  }

  // Somebody else's ldconfig may turn links back while both versions lie there.
  Result<void> turn_links_again() {
    for (int round = 0; round < most_rounds; ++round) {
      const auto turned = links_are_turned();
      if (!turned || !*turned) {
        return turned ? Result<void>() : tl::unexpected(turned.error());
      }
      if (auto moved = look_at_all(Certainty::by_digest).and_then([&] { return move_all(); }); !moved) {
        return moved;
      }
    }
    return failure(Fault::needs_settling, "another program keeps changing the links of '" + journal_.title + "'",
                   "stop it, then run the command again");
  }

  Result<bool> links_are_turned() {
    for (const PathChange& change : journal_.changes) {
      const std::optional<Entry>& goal = goal_of(change);
      const bool is_link = change.rank == Rank::link || change.rank == Rank::front;
      if (!is_link || (goal && goal->kind != EntryKind::link)) {
        continue;
      }
      const auto holds = matches(change, goal, Certainty::by_stat);
      if (!holds || !*holds) {
        return holds ? Result<bool>(true) : holds;
      }
    }
    return false;
  }

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
    const auto is_goal = matches(change, goal_of(change), certainty);
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

  Result<bool> source_is_there(const PathChange& change) {
    const std::optional<Entry>& goal = goal_of(change);
    if (!goal) {
      return true;
    }
    if (journal_.direction == Direction::backward && !change.kept.empty()) {
      return kept_file(change).map([](const Place& kept) { return kept.first.number() >= 0; });
    }
    const auto stage = staged(change);
    if (!stage || stage->number() < 0 || goal->kind == EntryKind::link) {
      return stage.map([](const Directory& directory) { return directory.number() >= 0; });
    }
    return files_.look(*stage, change.name).map([](const std::optional<Stat>& there) { return there.has_value(); });
  }

  // A directory that is missing, or no directory, is none (number() < 0); what cannot be opened is an error.
  Result<Directory> directory_if_any(const Directory& at, const std::string& name) {
    auto inside = at.number() < 0 ? Result<Directory>(Directory{}) : files_.open_directory(at, name);
    return !inside && inside.error().fault == Fault::conflict ? Directory{} : inside;
  }

  // Where a change's goal lies in the stage, under its name.
  Result<Directory> staged(const PathChange& change) {
    return directory_if_any(where(change).stage, journal_.direction == Direction::forward ? staged_new : staged_old);
  }

  using Place = std::pair<Directory, std::string>;
  Result<Place> kept_file(const PathChange& change) {
    Directory here = state_;
    std::string rest = change.kept;
    for (std::size_t slash = rest.find('/'); slash != std::string::npos; slash = rest.find('/')) {
      auto next = directory_if_any(here, rest.substr(0, slash));
      if (!next) {
        return tl::unexpected(next.error());
      }
      here = std::move(*next);
      rest.erase(0, slash + 1);
    }
    const auto there = here.number() < 0 ? Result<std::optional<Stat>>(std::nullopt) : files_.look(here, rest);
    if (!there) {
      return tl::unexpected(there.error());
    }
    return *there ? Place{here, rest} : Place{};
  }

  // Between taking the front down and putting it up again programs find no cuDNN instead of a mixed one. Once all that
  // goes before the front is in place it is up again for good, whatever is still to be removed.
  Result<void> take_down() {
    const bool pending = [&] {
      for (std::size_t i = 0; i < journal_.changes.size(); ++i) {
        const PathChange& change = journal_.changes[i];
        if (change.rank != Rank::front && goal_of(change) && standings_[i] != Standing::done) {
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
    front_went_ = any;
    return any ? sync_all() : Result<void>();
  }

  Result<void> move(const PathChange& change) {
    const Directory& directory = where(change).directory;
    const std::optional<Entry>& goal = goal_of(change);
    if (!goal) {
      return files_.remove(directory, change.name);
    }
    if (journal_.direction == Direction::backward && !change.kept.empty()) {
      return bring_back(change);
    }
    const auto stage = staged(change);
    auto ready = stage ? Result<void>() : tl::unexpected(stage.error());
    if (ready && goal->kind == EntryKind::link) {
      ready = staged_again(*stage, change.name, goal->target);
    }
    return ready.and_then([&] { return files_.rename(*stage, change.name, directory, change.name); });
  }

  // A link that was moved and then turned back by somebody is no longer in the stage; the journal knows all of it.
  Result<void> staged_again(const Directory& stage, const std::string& name, const std::string& target) {
    const auto there = files_.look(stage, name);
    if (!there || *there) {
      return there ? Result<void>() : tl::unexpected(there.error());
    }
    return files_.make_link(stage, name, target);
  }

  Result<void> bring_back(const PathChange& change) {
    const auto kept = kept_file(change);
    const auto back = kept ? files_.make_directory(where(change).stage, staged_back, 0700)
                           : Result<Directory>(tl::unexpected(kept.error()));
    if (!back) {
      return tl::unexpected(back.error());
    }
    if (kept->first.number() < 0) {
      return failure(Fault::needs_settling, "'" + change.kept + "' has vanished");
    }
    return files_.remove(*back, change.name)
        .and_then([&] { return duplicate(files_, kept->first, kept->second, *back, change.name); })
        .and_then([&] { return files_.rename(*back, change.name, where(change).directory, change.name); });
  }

  // Where this fails nobody knows what a power cut would leave, so the journal stays, whatever its direction.
  Result<void> sync_all() {
    for (const Destined& destined : destinations_) {
      if (auto durable = files_.sync(destined.directory.number()); !durable) {
        Error error = durable.error();
        error.fault = Fault::needs_settling;
        error.hint = "mend the storage, then run the command again: it goes on from here";
        return tl::unexpected(during(std::move(error), journal_.title));
      }
    }
    return {};
  }

  const Journal& journal_;
  Files& files_;
  const Directory& state_;
  std::chrono::milliseconds grace_;
  const std::vector<Destined>& destinations_;
  std::vector<Standing> standings_{};
  bool front_went_ = false;
};

// The run that committed has written it aside beforehand, so that a disk which is full by now is no obstacle.
Result<void> write_receipt(const Journal& journal, const Workplace& place) {
  if (journal.direction == Direction::backward) {
    return {};
  }
  Files& files = *place.files;
  if (journal.receipt.empty()) {
    return remove_durably(files, place.state, receipt_name);
  }
  const std::string aside = std::string(receipt_name) + ".tmp";
  const auto ready = small_file(files, place.state, aside);
  if (!ready || !*ready || **ready != journal.receipt) {
    return replace_file(files, place.state, receipt_name, journal.receipt);
  }
  return files.rename(place.state, aside, place.state, receipt_name).and_then([&] {
    return files.sync(place.state.number());
  });
}

}  // namespace

Result<void> carry_out(const Journal& journal, const Workplace& place, const std::vector<Destined>& destinations,
                       Certainty certainty) {
  return Mover(journal, place, destinations).run(certainty);
}

Result<void> close_journal(const Journal& journal, const Workplace& place, const std::vector<Destined>& destinations) {
  refresh_loader_cache(place, destinations);
  return write_receipt(journal, place).and_then([&] { return place.files->remove(place.state, journal_name); });
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
    return kept ? Result<void>() : tl::unexpected(kept.error());
  }
  const auto directory = files.open_directory(state, kept_name);
  const auto transactions = directory ? files.names(*directory) : tl::unexpected(directory.error());
  if (!transactions) {
    return tl::unexpected(transactions.error());
  }
  for (const std::string& transaction : *transactions) {
    const auto inside = files.open_directory(*directory, transaction);
    const auto names = inside ? files.names(*inside) : tl::unexpected(inside.error());
    if (!names) {
      return tl::unexpected(names.error());
    }
    for (const std::string& name : *names) {
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

// The stage last, since it tells that something is left. Durable at once: what says afterwards that nothing is open
// here may lie on another file system.
Result<void> remove_stage(Files& files, const Directory& directory, const std::string& id) {
  bool removed_any = false;
  for (const std::string& name : {probe_name(id), stage_name(id)}) {
    const auto there = files.look(directory, name);
    if (!there) {
      return tl::unexpected(there.error());
    }
    if (auto removed = *there ? remove_tree(files, directory, name) : Result<void>(); !removed) {
      return removed;
    }
    removed_any = removed_any || *there;
  }
  return removed_any ? files.sync(directory.number()) : Result<void>();
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
  // First of all it is durable that there is no journal: none may come back after a power cut whose stage is gone.
  auto swept = files.sync(place.state.number())
                   .and_then([&] { return sweep_kept(files, place.state, {needed.begin(), needed.end()}); })
                   .and_then([&] { return files.remove(place.state, std::string(journal_name) + ".tmp"); })
                   .and_then([&] { return files.remove(place.state, std::string(receipt_name) + ".tmp"); });
  for (const Destined& destined : destinations) {
    swept = swept.and_then([&] { return remove_stage(files, destined.directory, place.id); });
  }
  return swept;
}

}  // namespace cudnn_install
