#include "transaction/package_installation.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "system/signals.h"
#include "transaction/package_arrangement.h"
#include "transaction/package_range.h"
#include "transaction/package_run.h"
#include "transaction/state_directory.h"

namespace cudnn_install {

namespace {

class PackageInstallation {
 public:
  PackageInstallation(const Plan& plan, const TransactionOptions& options, const PackagesRoom& room)
      : plan_(plan),
        options_(options),
        system_(room.place, plan.packages->manager),
        run_(system_, room.records, journal_for(plan, options)),
        old_(room.old) {}

  Result<Done> run() {
    if (auto begun = system_.present().and_then([&] { return run_.begin(); }); !begun) {
      return tl::unexpected(begun.error());
    }
    if (auto ready = arranged(); !ready) {
      return tl::unexpected(run_.back(ready.error()));
    }
    tell("committing");
    auto left = run_.commit().and_then([&] { return run_.forward(Again::no); });
    if (!left) {
      return tl::unexpected(run_.back(left.error()));
    }
    Done done{.change = Change::made};
    done.left = std::move(*left);
    done.chosen = plan_.packages->range ? plan_.packages->packages : std::vector<PackageVersion>();
    return done;
  }

 private:
  static PackageJournal journal_for(const Plan& plan, const TransactionOptions& options) {
    const PackageWork& work = *plan.packages;
    PackageJournal journal{
        .transaction = random_id(), .verb = std::string(name_of(plan.verb)), .title = plan.title, .receipt = {}};
    PackageReceipt& receipt = journal.receipt;
    receipt.id = journal.transaction;
    receipt.method = plan.method;
    receipt.product = work.product;
    receipt.version = work.version;
    receipt.cuda = work.cuda;
    receipt.platform = work.platform;
    receipt.recipe = plan.distro;
    receipt.components = plan.components;
    receipt.manager = work.manager;
    receipt.repository = work.repository;
    receipt.packages = work.packages;
    receipt.licence = options.licence;
    receipt.when = now_utc();
    receipt.tool = options.tool;
    for (const PlannedStep& step : plan.documented) {
      if (step.clause && !has(receipt.clauses, step.clause->step)) {
        receipt.clauses.push_back(step.clause->step);
      }
    }
    for (const PlannedStep& step : plan.effective) {
      if (const auto* refresh = std::get_if<RefreshIndex>(&step.step)) {
        receipt.source = refresh->source;
      }
    }
    return journal;
  }

  void tell(const std::string& phase) const { options_.report({.kind = Event::Kind::started, .text = phase}); }

  Result<void> arranged() {
    tell("staging");
    return arrange(plan_, run_)
        .and_then([&] { return choose_version(); })
        .and_then([&] { return declare_holds(); })
        .and_then([&] { return foreseen(); })
        .and_then([&] { return keep_old_packages(); })
        .and_then([&] {
          return interrupted() ? failure(Fault::interrupted, "interrupted before the packages were touched")
                               : Result<void>();
        });
  }

  // --- the version, where the plan leaves it open -------------------------------------------------------------------

  Result<void> choose_version() {
    if (!plan_.packages->range || !plan_.packages->version.empty()) {
      return {};
    }
    return newest_that_serves(system_, *plan_.packages).map([&](const std::string& version) {
      set_version(plan_, version);
      run_.set_packages(*plan_.packages);
    });
  }

  // --- what holds the version: ours of before goes first, since it would keep the new one out -----------------------

  [[nodiscard]] bool holds() const {
    return std::any_of(plan_.effective.begin(), plan_.effective.end(),
                       [](const PlannedStep& step) { return std::holds_alternative<HoldPackages>(step.step); });
  }

  Result<void> declare_holds() { return system_.manager().pin == "preferences" ? declare_pin_file() : declare_locks(); }

  Result<void> declare_pin_file() {
    const TextFile pin = pin_file(system_.manager(), plan_.packages->product, plan_.packages->packages);
    const auto before = system_.file(pin.path);
    if (!before) {
      return tl::unexpected(before.error());
    }
    Subject subject{.kind = SubjectKind::file, .name = pin.path, .role = "pin", .before = *before};
    if (holds()) {
      subject.after = SubjectState{.value = pin.text, .mode = 0644};
    }
    return subject.before || subject.after ? run_.declare(std::move(subject)) : Result<void>();
  }

  // dnf's locks are a plug-in, which a small system lacks.
  Result<void> can_lock() const {
    const Words query = holds() ? lock_query(system_.manager()) : Words();
    const auto answer = query.empty() ? Result<Answer>(Answer{}) : system_.ask(query);
    if (!answer) {
      return tl::unexpected(answer.error());
    }
    return answer->status == 0
               ? Result<void>()
               : failure(Fault::unsupported,
                         system_.manager().speaks + " cannot hold a version here: '" + query[query.size() - 2] +
                             "' is not there",
                         "install python3-dnf-plugin-versionlock (yum-plugin-versionlock on older systems), or leave "
                         "the version free with --no-pin");
  }

  // A lock that somebody else has set is theirs.
  Result<void> declare_locks() {
    if (auto possible = can_lock(); !possible) {
      return possible;
    }
    const auto held = system_.locks();
    if (!held) {
      return tl::unexpected(held.error());
    }
    for (const PackageVersion& package : plan_.packages->packages) {
      const std::optional<SubjectState> ours = our_lock(package.name);
      if (!ours && has(*held, package.name)) {
        continue;
      }
      Subject subject{.kind = SubjectKind::lock, .name = package.name, .role = "pin", .before = ours};
      if (holds()) {
        subject.after = SubjectState{.value = package.version};
      }
      if (!subject.before && !subject.after) {
        continue;
      }
      auto done = run_.declare(subject).and_then([&] {
        return ours && has(*held, package.name)
                   ? system_.carry_out(unlock_command(system_.manager(), {package.name, ours->value}),
                                       "unlock " + package.name)
                   : Result<void>();
      });
      if (!done) {
        return done;
      }
    }
    return {};
  }

  [[nodiscard]] std::optional<SubjectState> our_lock(const std::string& name) const {
    for (const Subject& subject : old_ ? old_->subjects : std::vector<Subject>()) {
      if (subject.kind == SubjectKind::lock && subject.name == name) {
        return subject.after;
      }
    }
    return std::nullopt;
  }

  // --- what the manager would do -------------------------------------------------------------------------------------

  Result<void> foreseen() {
    const auto& wanted = plan_.packages->packages;
    const bool in_hand = plan_.packages->in_hand;
    const Words simulation =
        in_hand ? file_simulation_command(system_.manager(),
                                          {std::string(package_cache) + "/" + file_name_of(plan_.packages->repository)})
                : simulation_command(system_.manager(), wanted);
    const auto changes = system_.simulated(simulation);
    if (!changes) {
      return tl::unexpected(changes.error());
    }
    std::vector<Subject> subjects;
    for (const PackageVersion& package : wanted) {
      subjects.push_back({.kind = SubjectKind::package, .name = package.name, .role = "wanted"});
      subjects.back().after = SubjectState{.value = package.version};
    }
    for (const SimulatedChange& change : *changes) {
      const bool ours = std::any_of(wanted.begin(), wanted.end(),
                                    [&](const PackageVersion& package) { return package.name == change.name; });
      if (ours) {
        continue;
      }
      if (!change.from.empty() || change.to.empty()) {
        return tl::unexpected(too_much(change));
      }
      subjects.push_back({.kind = SubjectKind::package, .name = change.name, .role = "dependency"});
      subjects.back().after = SubjectState{.value = change.to, .automatic = uses_dpkg(system_.manager())};
    }
    return declare_packages(std::move(subjects)).and_then([&] {
      const Words words = download_command(system_.manager(), wanted);
      return changes->empty() || in_hand
                 ? Result<void>()
                 : system_.carry_out(words, "download " + wanted.front().name + " " + wanted.front().version);
    });
  }

  [[nodiscard]] Error too_much(const SimulatedChange& change) const {
    const std::string what = change.to.empty() ? "remove " + printable(change.name)
                                               : "change " + printable(change.name) + " to " + printable(change.to);
    return {.fault = Fault::conflict,
            .what = system_.manager().speaks + " would also " + what + ": nothing was done",
            .hint = change.to.empty()
                        ? "if that is a package of cuDNN, name it in --components; else remove it yourself"
                        : "bring the system up to date first, then run the command again"};
  }

  Result<void> declare_packages(std::vector<Subject> subjects) {
    Words names;
    for (const Subject& subject : subjects) {
      names.push_back(subject.name);
    }
    const auto now = system_.packages(names);
    if (!now) {
      return tl::unexpected(now.error());
    }
    for (Subject& subject : subjects) {
      const auto found = now->find(subject.name);
      subject.before = found == now->end() ? std::nullopt : std::optional(found->second);
      if (subject.before && subject.before->value == subject.after->value) {
        subject.after = subject.before;
      }
      if (auto declared = run_.declare(std::move(subject)); !declared) {
        return declared;
      }
    }
    return {};
  }

  // The way back needs the packages that are replaced.
  Result<void> keep_old_packages() {
    for (const Subject& subject : run_.journal().receipt.subjects) {
      const bool replaced = subject.kind == SubjectKind::package && subject.role == "wanted" && subject.before &&
                            subject.before != subject.after;
      if (!replaced) {
        continue;
      }
      const auto made = system_.make_directory(package_cache);
      const auto answer =
          made ? system_.change(fetch_command(system_.manager(), {subject.name, subject.before->value}, package_cache))
               : Result<Answer>(tl::unexpected(made.error()));
      if (!answer) {
        return tl::unexpected(answer.error());
      }
      if (answer->status != 0) {
        options_.report({.kind = Event::Kind::note,
                         .text = subject.name + " " + subject.before->value +
                                 " is not to be had any more: if this run fails, it cannot be brought back"});
      }
    }
    return {};
  }

  Plan plan_;
  const TransactionOptions& options_;
  PackageSystem system_;
  PackageRun run_;
  const std::optional<PackageReceipt>& old_;
};

}  // namespace

Result<Done> install_packages(const Plan& plan, const TransactionOptions& options, const PackagesRoom& room) {
  return PackageInstallation(plan, options, room).run();
}

}  // namespace cudnn_install
