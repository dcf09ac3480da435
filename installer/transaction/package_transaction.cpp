#include "transaction/package_transaction.h"

#include <unistd.h>

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "transaction/lock.h"
#include "transaction/package_installation.h"
#include "transaction/package_range.h"
#include "transaction/package_records.h"
#include "transaction/package_run.h"
#include "transaction/state_directory.h"

namespace cudnn_install {

namespace {

// The records, opened and locked.
struct Room {
  PackageRecords records;
  Lock lock;
  PackageSystem::Place place;
};

Result<Room> entered(const std::string& root, const TransactionOptions& options, Effects effects) {
  if (geteuid() != 0) {
    return failure(Fault::permission, "only root may change the packages of this system",
                   "run the same command with sudo");
  }
  auto records = PackageRecords::made(effects.files, options.state);
  if (!records) {
    return tl::unexpected(records.error());
  }
  const auto waiting = [&](const std::string& holder) {
    options.report({.kind = Event::Kind::waiting, .text = holder});
  };
  auto lock = Lock::take({{records->directory(), lock_name}}, options.lock_timeout, waiting);
  if (!lock) {
    return tl::unexpected(lock.error());
  }
  const int held = lock->descriptor();
  return Room{.records = std::move(*records),
              .lock = std::move(*lock),
              .place = {.root = root,
                        .files = effects.files,
                        .processes = effects.processes,
                        .lock = held,
                        .patience = options.lock_timeout}};
}

// --- settling -------------------------------------------------------------------------------------------------------

Result<std::vector<std::string>> settled(const Room& room) {
  const auto journal = room.records.journal();
  if (!journal || !*journal) {
    return journal ? Result<std::vector<std::string>>(std::vector<std::string>()) : tl::unexpected(journal.error());
  }
  const PackageSystem system(room.place, (*journal)->receipt.manager);
  PackageRun run(system, room.records, **journal);
  const std::string title = (*journal)->title;
  if ((*journal)->committed) {
    auto done = run.forward(Again::yes);
    if (done) {
      return std::vector<std::string>{"carried to its end: " + title};
    }
    if ((*journal)->removes()) {
      return tl::unexpected(during(done.error(), "carry on: " + title));
    }
  }
  Error error = run.back({.fault = Fault::interrupted, .what = "taken back: " + title});
  return error.fault == Fault::interrupted ? Result<std::vector<std::string>>({error.what})
                                           : tl::unexpected(std::move(error));
}

// --- is there anything to do? ---------------------------------------------------------------------------------------

bool same_wish(const PackageReceipt& receipt, const Plan& plan) {
  const PackageWork& work = *plan.packages;
  const bool holds = std::any_of(plan.effective.begin(), plan.effective.end(), [](const PlannedStep& step) {
    return std::holds_alternative<HoldPackages>(step.step);
  });
  const bool held = std::any_of(receipt.subjects.begin(), receipt.subjects.end(),
                                [](const Subject& each) { return each.role == "pin" && each.after; });
  return receipt.version == work.version && receipt.cuda == work.cuda && receipt.packages == work.packages &&
         receipt.manager == work.manager && receipt.repository == work.repository && receipt.method == plan.method &&
         holds == held;
}

Result<bool> as_recorded(const PackageReceipt& receipt, const PackageSystem& system) {
  const auto now = system.packages(package_names(receipt.subjects));
  const auto locks = now ? system.locks() : tl::unexpected(now.error());
  if (!locks) {
    return tl::unexpected(locks.error());
  }
  for (const Subject& subject : receipt.subjects) {
    if (subject.kind == SubjectKind::package) {
      const auto found = now->find(subject.name);
      if (subject.after &&
          (found == now->end() || (subject.role != "dependency" && found->second.value != subject.after->value))) {
        return false;
      }
    } else if (subject.kind == SubjectKind::file) {
      const auto file = system.file(subject.name);
      if (!file || *file != subject.after) {
        return file ? Result<bool>(false) : tl::unexpected(file.error());
      }
    } else if (subject.kind == SubjectKind::lock && subject.after && !has(*locks, subject.name)) {
      return false;
    }
  }
  return true;
}

// --- uninstalling ---------------------------------------------------------------------------------------------------

// Packages that stood in another version before us come back where a repository still has that one; else they stay.
Result<std::vector<std::string>> fetch_old(const PackageSystem& system, PackageRun& run) {
  std::vector<std::string> staying;
  const std::vector<Subject> subjects = run.journal().receipt.subjects;
  for (const Subject& subject : subjects) {
    if (subject.kind != SubjectKind::package || subject.role == "installer" || !subject.after) {
      continue;
    }
    const auto answer = system.make_directory(package_cache).and_then([&] {
      return system.change(fetch_command(system.manager(), {subject.name, subject.after->value}, package_cache));
    });
    if (!answer) {
      return tl::unexpected(answer.error());
    }
    if (answer->status != 0) {
      staying.push_back(subject.name + " stays in " + subject.before->value + ": no repository has " +
                        subject.after->value + ", which was here before, any more");
      run.leave(subject);
    }
  }
  return staying;
}

Result<void> removable(const PackageSystem& system, const std::vector<Subject>& subjects) {
  Words going;
  for (const Subject& subject : subjects) {
    if (subject.kind == SubjectKind::package && subject.role == "wanted" && !subject.after) {
      going.push_back(subject.name);
    }
  }
  const auto now = system.packages(going);
  if (!now) {
    return tl::unexpected(now.error());
  }
  std::erase_if(going, [&](const std::string& name) { return !now->contains(name); });
  const auto others = going.empty() ? Result<std::vector<std::string>>(Words()) : dependents(system, going);
  if (!others) {
    return tl::unexpected(others.error());
  }
  return others->empty() ? Result<void>()
                         : failure(Fault::conflict,
                                   "needed by " + printable(others->front()) + ", which is not ours: nothing was done",
                                   "remove that first, if nobody needs it");
}

Result<Done> taken_out(const PackageReceipt& gone, const Plan& plan, const TransactionOptions& options,
                       const Room& room) {
  const PackageSystem system(room.place, gone.manager);
  const auto receipts = room.records.receipts();
  if (!receipts) {
    return tl::unexpected(receipts.error());
  }
  PackageJournal journal{
      .transaction = random_id(), .verb = std::string(name_of(plan.verb)), .title = plan.title, .receipt = gone};
  journal.receipt.subjects = reversed_subjects(gone, *receipts);
  PackageRun run(system, room.records, std::move(journal));
  const auto& subjects = run.journal().receipt.subjects;
  auto staying = run.begin()
                     .and_then([&] { return release_locks(system, subjects, Side::after); })
                     .and_then([&] { return removable(system, subjects); })
                     .and_then([&] { return fetch_old(system, run); });
  if (!staying) {
    return tl::unexpected(run.back(staying.error()));
  }
  for (const std::string& sentence : *staying) {
    options.report({.kind = Event::Kind::note, .text = sentence});
  }
  auto left = run.commit().and_then([&] { return run.forward(Again::no); });
  if (!left) {
    return tl::unexpected(during(left.error(), "take out what was installed; the next run carries on"));
  }
  Done done{.change = Change::made};
  done.left = std::move(*left);
  done.left.insert(done.left.end(), staying->begin(), staying->end());
  return done;
}

}  // namespace

Result<Done> perform_packages(const Plan& plan, const TransactionOptions& options, Effects effects) {
  auto room = entered(plan.root, options, effects);
  if (!room) {
    return tl::unexpected(room.error());
  }
  const auto before = settled(*room);
  const auto receipts = before ? room->records.receipts() : tl::unexpected(before.error());
  if (!receipts) {
    return tl::unexpected(receipts.error());
  }
  for (const std::string& sentence : *before) {
    options.report({.kind = Event::Kind::settled, .text = sentence});
  }
  const auto found = std::find_if(receipts->begin(), receipts->end(),
                                  [&](const PackageReceipt& each) { return each.product == plan.packages->product; });
  const auto old = found == receipts->end() ? std::nullopt : std::optional(*found);
  if (plan.verb == Verb::uninstall) {
    return old ? taken_out(*old, plan, options, *room) : Result<Done>(Done{});
  }
  Plan wanted = plan;
  if (old) {
    keep_version(wanted, *old);
  }
  if (old && same_wish(*old, wanted)) {
    const auto unchanged = as_recorded(*old, PackageSystem(room->place, old->manager));
    if (!unchanged || *unchanged) {
      return unchanged ? Result<Done>(Done{.chosen = wanted.packages->packages}) : tl::unexpected(unchanged.error());
    }
  }
  return install_packages(wanted, options, {.place = room->place, .records = room->records, .old = old});
}

Result<std::vector<std::string>> settle_packages(const std::string& root, const TransactionOptions& options,
                                                 Effects effects) {
  const auto records = PackageRecords::existing(effects.files, options.state);
  const auto journal =
      records && *records ? (*records)->journal() : Result<std::optional<PackageJournal>>(std::nullopt);
  if (!records || !journal) {
    return tl::unexpected(records ? journal.error() : records.error());
  }
  if (!*journal) {
    return std::vector<std::string>();
  }
  const auto room = entered(root, options, effects);
  return room ? settled(*room) : tl::unexpected(room.error());
}

Result<PackagesState> packages_state(Files& files, const std::string& state) {
  PackagesState found;
  const auto records = PackageRecords::existing(files, state);
  if (!records || !*records) {
    return records ? Result<PackagesState>(found) : tl::unexpected(records.error());
  }
  const auto journal = (*records)->journal();
  auto receipts = (*records)->receipts();
  if (!receipts) {
    return tl::unexpected(receipts.error());
  }
  found.receipts = std::move(*receipts);
  found.standstill = !journal || *journal ? Standstill::open_journal : Standstill::none;
  return found;
}

}  // namespace cudnn_install
