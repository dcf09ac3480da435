#include "transaction/transaction.h"

#include <algorithm>
#include <set>
#include <utility>

#include "system/archive_reader.h"
#include "system/signals.h"
#include "transaction/commit.h"
#include "transaction/neighbours.h"
#include "transaction/package_transaction.h"
#include "transaction/placing.h"
#include "transaction/preflight.h"
#include "transaction/preparation.h"
#include "transaction/session.h"
#include "transaction/state_directory.h"
#include "verify/verify.h"

namespace cudnn_install {

namespace {

// Is this very archive installed already, with the same parts, and every path as recorded? Reads no file's bytes.
bool fulfilled(const Plan& plan, const std::optional<Receipt>& receipt, const std::string& prefix) {
  if (!receipt || !plan.wanted || !plan.wanted->sha256) {
    return false;
  }
  const auto found =
      std::find_if(receipt->installations.begin(), receipt->installations.end(), [&](const Installation& one) {
        return one.product == plan.wanted->product && one.version == plan.wanted->version.text() &&
               one.cuda == plan.wanted->cuda && one.platform == plan.wanted->platform &&
               one.components == plan.components && one.source.sha256 == *plan.wanted->sha256;
      });
  // One that lies below another does not have its unversioned names: installing it again is a change.
  if (found == receipt->installations.end() || found + 1 != receipt->installations.end()) {
    return false;
  }
  return damage_of(*receipt, prefix, Depth::stat).empty();
}

// The plan was made before the lock was held: what it replaces or takes out must still be what is installed.
Result<void> still_planned(const Plan& plan, const std::optional<Receipt>& receipt) {
  bool found = false;
  bool other_build = false;
  for (const Installation& each : receipt ? receipt->installations : std::vector<Installation>()) {
    found = found || each.id == plan.replaces;
    other_build = other_build || (plan.wanted && each.product == plan.wanted->product && each.id != plan.replaces);
  }
  if (other_build || (plan.replaces && !found)) {
    return failure(Fault::conflict, "another run has changed what is installed at '" + plan.prefix + "'",
                   "run the command again: it plans anew");
  }
  return {};
}

std::vector<std::string> clauses_of(const Plan& plan) {
  std::vector<std::string> clauses;
  for (const PlannedStep& step : plan.documented) {
    const std::string text =
        step.clause ? step.clause->section + (step.clause->step.empty() ? "" : " " + step.clause->step) : "";
    if (!text.empty() && std::find(clauses.begin(), clauses.end(), text) == clauses.end()) {
      clauses.push_back(text);
    }
  }
  return clauses;
}

// The directories below the prefix that the plan's rules mean.
std::vector<std::string> destinations_of(const Plan& plan, const std::optional<Receipt>& receipt) {
  std::set<std::string> names;
  for (const PlannedStep& step : plan.effective) {
    if (const auto* place = std::get_if<PlaceFiles>(&step.step)) {
      for (const PlaceRule& rule : place->rules) {
        names.insert(directory_below(plan, rule.to));
      }
    }
  }
  if (receipt) {
    for (const Installation& installation : receipt->installations) {
      for (const InstalledPath& installed : installation.paths) {
        names.insert(installed.path.directory());
      }
    }
    for (std::size_t i = 0; receipt->previous && i < receipt->previous->installation.paths.size(); ++i) {
      names.insert(receipt->previous->installation.paths[i].path.directory());
    }
  }
  return {names.begin(), names.end()};
}

class Transaction {
 public:
  Transaction(const Plan& plan, const TransactionOptions& options, Session& session, Effects effects)
      : plan_(plan), options_(options), session_(session), effects_(effects), place_(session.place()) {}

  Result<Done> run(ArchiveReader* reader) {
    auto destinations = session_.begin(destinations_of(plan_, session_.receipt()));
    if (!destinations) {
      return wiped(destinations.error());
    }
    destinations_ = std::move(*destinations);
    if (auto alone = plan_.wanted ? check_neighbours(place_, destinations_, session_.known()) : Result<void>();
        !alone) {
      return wiped(alone.error());
    }
    auto prepared = ready(reader);
    if (!prepared) {
      return wiped(prepared.error());
    }
    return committed(*prepared);
  }

 private:
  // Everything up to the commit point; nothing that anybody can see has changed afterwards.
  Result<Prepared> ready(ArchiveReader* reader) {
    if (auto stages = make_stages(place_, destinations_); !stages) {
      return tl::unexpected(stages.error());
    }
    auto intention = reader != nullptr ? arriving(*reader) : leaving();
    if (!intention) {
      return tl::unexpected(intention.error());
    }
    Receipt old = session_.receipt().value_or(Receipt{});
    old.id = place_.id;
    old.created = session_.created();
    auto prepared = prepare(place_, destinations_, old, *intention);
    if (!prepared) {
      return prepared;
    }
    prepared->journal.verb = name_of(plan_.verb);
    prepared->journal.title = plan_.title;
    prepared->journal.receipt = prepared->receipt.installations.empty() ? "" : to_json(prepared->receipt);
    if (auto same = still_as_before(place_, destinations_, prepared->journal); !same) {
      return tl::unexpected(same.error());
    }
    if (interrupted()) {
      return failure(Fault::interrupted, "interrupted; everything is as it was");
    }
    return prepared;
  }

  // install, upgrade: the archive goes into the stage.
  Result<Intention> arriving(ArchiveReader& reader) {
    auto room = check_room(plan_.wanted->location, place_, destinations_, to_keep());
    auto placing = room ? placed(reader, plan_, place_, destinations_, options_) : tl::unexpected(room.error());
    if (!placing) {
      return tl::unexpected(placing.error());
    }
    options_.report({.kind = Event::Kind::started, .text = "making it durable"});
    if (auto sound = inspect(*placing, plan_); !sound) {
      return tl::unexpected(sound.error());
    }
    for (std::string& remark : remarks(*placing, plan_)) {
      options_.report({.kind = Event::Kind::note, .text = std::move(remark)});
    }
    for (const StagedFile& staged : placing->files) {
      if (auto durable = staged.file.open() ? effects_.files.sync(staged.file.number()) : Result<void>(); !durable) {
        return tl::unexpected(during(durable.error(), "write '" + staged.name + "'"));
      }
    }
    protection_ = reader.protection().text();
    return with_arrival(installation_of(*placing));
  }

  // Bytes that are copied so that `rollback` has them.
  [[nodiscard]] std::uint64_t to_keep() const {
    std::uint64_t bytes = 0;
    for (const Installation& each : plan_.keep_previous ? installed() : std::vector<Installation>()) {
      bytes += each.id == plan_.replaces ? copied_to_keep(each, place_, destinations_) : 0;
    }
    return bytes;
  }

  Installation installation_of(const Placed& placing) {
    const Wanted& wanted = *plan_.wanted;
    Installation installation{
        .id = random_id(),
        .product = wanted.product,
        .front = wanted.front,
        .version = wanted.version.text(),
        .cuda = wanted.cuda,
        .platform = wanted.platform,
        .method = plan_.method,
        .recipe = plan_.distro,
        .clauses = clauses_of(plan_),
        .components = plan_.components,
        .source = {.location = wanted.location, .sha256 = placing.archive.sha256, .trust = wanted.trust},
        .protection = protection_,
        .when = now_utc(),
        .tool = options_.tool,
        .licence = options_.licence,
        .demo = wanted.demo,
        .replaced = plan_.replaces.has_value()};
    installation.licence.text = placing.license;
    for (const StagedFile& staged : placing.files) {
      const std::string& directory = destinations_[staged.destination].destination.name;
      auto path = TargetPath::parse((directory.empty() ? "" : directory + "/") + staged.name);
      if (path) {
        installation.paths.push_back({.path = std::move(*path), .entry = staged.entry, .displaced = std::nullopt});
      }
    }
    return installation;
  }

  Intention with_arrival(Installation installation) const {
    Intention intention;
    for (const Installation& each : installed()) {
      if (each.id != plan_.replaces) {
        intention.installations.push_back(each);
      } else if (plan_.keep_previous) {
        intention.becomes_previous = each.id;
      }
    }
    intention.arriving = intention.installations.size();
    intention.installations.push_back(std::move(installation));
    return intention;
  }

  [[nodiscard]] std::vector<Installation> installed() const {
    return session_.receipt() ? session_.receipt()->installations : std::vector<Installation>();
  }

  // uninstall; rollback, which brings the previous one back where there is one.
  Result<Intention> leaving() {
    Intention intention;
    for (const Installation& each : installed()) {
      if (each.id != plan_.replaces) {
        intention.installations.push_back(each);
      }
    }
    const std::optional<Receipt>& receipt = session_.receipt();
    if (plan_.verb == Verb::rollback && receipt && receipt->previous) {
      auto back = previous_staged(place_, destinations_, *receipt->previous);
      if (!back) {
        return tl::unexpected(back.error());
      }
      const std::size_t position = std::min<std::size_t>(receipt->previous->position, intention.installations.size());
      intention.arriving = position;
      intention.installations.insert(intention.installations.begin() + static_cast<std::ptrdiff_t>(position),
                                     std::move(*back));
    }
    return intention;
  }

  // The commit point is the rename of the journal; from there on the work is ended, one way or the other.
  Result<Done> committed(const Prepared& prepared) {
    options_.report({.kind = Event::Kind::started, .text = "committing"});
    const std::string& receipt = prepared.journal.receipt;
    auto written = receipt.empty() ? Result<void>() : write_aside(effects_.files, place_.state, receipt_name, receipt);
    written = written.and_then(
        [&] { return write_aside(effects_.files, place_.state, journal_name, to_json(prepared.journal)); });
    if (!written) {
      return wiped(during(written.error(), "commit '" + plan_.title + "'"));
    }
    if (auto named = put_in_place(effects_.files, place_.state, journal_name); !named) {
      return not_committed(named.error());
    }
    if (auto moved = carry_out(prepared.journal, place_, destinations_, Certainty::by_stat); !moved) {
      return taken_back(prepared.journal, moved.error());
    }
    if (auto closed = close_journal(prepared.journal, place_, destinations_); !closed) {
      return tl::unexpected(stuck(closed.error(), " (" + closed.error().what + ")"));
    }
    tidy_up();
    for (const std::string& path : prepared.left_alone) {
      options_.report({.kind = Event::Kind::note,
                       .text = "'" + path + "' was changed since it was installed, so it is left alone"});
    }
    options_.report({.kind = Event::Kind::finished, .text = plan_.title});
    return Done{.change = Change::made,
                .receipt = prepared.receipt,
                .kept_aside = prepared.hand_made,
                .protection = protection_};
  }

  // The journal may or may not have reached its name: if it did, this is the commit, and the next run ends it.
  Result<Done> not_committed(Error error) {
    const auto there = effects_.files.look(place_.state, journal_name);
    if (!there || *there) {
      if (auto removed = remove_durably(effects_.files, place_.state, journal_name); !removed) {
        error.fault = Fault::needs_settling;
        error.hint = "run the command again: it ends what was begun";
        return tl::unexpected(during(std::move(error), "commit '" + plan_.title + "'"));
      }
    }
    return wiped(during(std::move(error), "commit '" + plan_.title + "'"));
  }

  Result<Done> taken_back(const Journal& journal, const Error& error) {
    if (error.fault == Fault::needs_settling) {
      return tl::unexpected(error);
    }
    const auto back = turned_round(journal, place_, destinations_);
    auto ended = back ? carry_out(*back, place_, destinations_, Certainty::by_stat) : tl::unexpected(back.error());
    ended = ended.and_then([&] { return close_journal(*back, place_, destinations_); });
    if (!ended) {
      return tl::unexpected(stuck(error, back ? " (" + ended.error().what + ")" : std::string()));
    }
    tidy_up();
    return tl::unexpected(during(error, plan_.title + "; everything is as it was"));
  }

  // The journal is still there: the next run goes on in its direction.
  [[nodiscard]] Error stuck(Error error, const std::string& why) const {
    error.fault = Fault::needs_settling;
    error.hint = "mend what is wrong" + why + ", then run the command again: it goes on from here";
    return during(std::move(error), plan_.title);
  }

  // The journal is gone and the work is done: what cannot be cleaned up changes nothing about that.
  void tidy_up() {
    if (const auto tidy = sweep(place_, destinations_).and_then([&] { return session_.end(); }); !tidy) {
      options_.report({.kind = Event::Kind::note,
                       .text = "could not clean up (" + tidy.error().what + "): the next changing run does it"});
    }
  }

  // Before the commit point: the stages and what was newly kept go, the error stays.
  Result<Done> wiped(const Error& error) {
    const auto swept = sweep(place_, destinations_).and_then([&] { return session_.end(); });
    return swept ? tl::unexpected(error)
                 : tl::unexpected(during(error, "clean up (" + swept.error().what + "); the next run does it"));
  }

  const Plan& plan_;
  const TransactionOptions& options_;
  Session& session_;
  Effects effects_;
  const Workplace& place_;
  std::vector<Destined> destinations_{};
  std::string protection_{};
};

Result<std::optional<ArchiveReader>> started_reader(const Plan& plan) {
  if (!plan.wanted) {
    return std::nullopt;
  }
  const bool runfile = plan.wanted->shape == Shape::runfile;
  auto reader = ArchiveReader::start(plan.wanted->location, runfile ? runfile_limits() : ArchiveLimits{});
  if (!reader) {
    return tl::unexpected(reader.error());
  }
  return std::optional<ArchiveReader>(std::move(*reader));
}

}  // namespace

Result<Done> perform(const Plan& plan, const TransactionOptions& options, Effects effects) {
  if (plan.packages) {
    return perform_packages(plan, options, effects);
  }
  const auto standing = prefix_state(plan.root, plan.prefix);
  const bool calm = standing && standing->standstill == Standstill::none;
  const std::string shown = plan.root == "/" ? plan.prefix : plan.root + plan.prefix;
  if (calm && fulfilled(plan, standing->receipt, shown)) {
    return Done{.change = Change::none, .receipt = *standing->receipt, .kept_aside = {}, .protection = {}};
  }
  // The reader is started before there are locks that it could inherit.
  auto reader = started_reader(plan);
  if (!reader) {
    return tl::unexpected(reader.error());
  }
  const auto purpose = plan.wanted ? Session::Purpose::may_create : Session::Purpose::existing;
  auto session = Session::open(plan, purpose, options, effects);
  if (!session) {
    return tl::unexpected(session.error());
  }
  if (!*session) {
    return Done{};
  }
  const Workplace& place = (*session)->place();
  const std::optional<Receipt>& receipt = (*session)->receipt();
  if (fulfilled(plan, receipt, place.prefix_directory.path)) {
    return Done{.change = Change::none, .receipt = *receipt, .kept_aside = {}, .protection = {}};
  }
  if (!plan.wanted && !receipt) {
    return (*session)->end().map([] { return Done{}; });
  }
  if (auto fits = still_planned(plan, receipt); !fits) {
    const auto ended = (*session)->end();
    return tl::unexpected(ended ? fits.error() : during(fits.error(), ended.error().what));
  }
  return Transaction(plan, options, **session, effects).run(*reader ? &**reader : nullptr);
}

}  // namespace cudnn_install
