#include "transaction/package_subjects.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "base/text.h"

namespace cudnn_install {

namespace {

bool is_package_file(const Manager& manager, const std::string& name) {
  return name.ends_with(uses_dpkg(manager) ? ".deb" : ".rpm");
}

Side other(Side side) {
  return side == Side::after ? Side::before : Side::after;
}

class Run {
 public:
  Run(const PackageSystem& system, const std::vector<Subject>& subjects, const Bringing& how)
      : system_(system), subjects_(subjects), how_(how) {}

  Result<std::vector<std::string>> all() {
    return release_locks(system_, subjects_, how_.side)
        .and_then([&] { return look(); })
        .and_then([&] { return take_out("wanted"); })
        .and_then([&] { return put_in(); })
        .and_then([&] { return take_out("dependency"); })
        .and_then([&] { return take_out("installer"); })
        .and_then([&] { return look(); })
        .and_then([&] { return arrived(); })
        .and_then([&] { return mark(); })
        .and_then([&] { return files(); })
        .and_then([&] { return lock(); })
        .and_then([&] { return keys(); })
        .map([&] { return std::move(left_); });
  }

 private:
  [[nodiscard]] const std::optional<SubjectState>& target(const Subject& subject) const {
    return state_on(how_.side, subject);
  }
  [[nodiscard]] const std::optional<SubjectState>& origin(const Subject& subject) const {
    return state_on(other(how_.side), subject);
  }
  template <class Use>
  void each(SubjectKind kind, Use use) const {
    for (const Subject& subject : subjects_) {
      if (subject.kind == kind) {
        use(subject);
      }
    }
  }

  // --- locks ---------------------------------------------------------------------------------------------------------

  Result<void> lock() {
    const auto held = system_.locks();
    if (!held) {
      return tl::unexpected(held.error());
    }
    for (const Subject& subject : subjects_) {
      const auto& wanted = target(subject);
      if (subject.kind != SubjectKind::lock || !wanted || has(*held, subject.name)) {
        continue;
      }
      const Words words = lock_command(system_.manager(), {subject.name, wanted->value});
      if (auto done = system_.carry_out(words, "lock " + subject.name); !done) {
        return done;
      }
    }
    return {};
  }

  // --- packages ------------------------------------------------------------------------------------------------------

  Result<void> look() {
    auto found = system_.packages(package_names(subjects_));
    if (!found) {
      return tl::unexpected(found.error());
    }
    now_ = std::move(*found);
    return {};
  }

  // Another version than ours of a package that we brought goes too; one that was there before us is left where
  // somebody has moved it since.
  Result<void> take_out(const std::string& role) {
    Words going;
    each(SubjectKind::package, [&](const Subject& subject) {
      if (subject.role == role && !target(subject) && origin(subject) && now_.contains(subject.name)) {
        going.push_back(subject.name);
      }
    });
    std::reverse(going.begin(), going.end());
    if (auto narrowed = without_needed(going); !narrowed) {
      return narrowed;
    }
    return going.empty()
               ? Result<void>()
               : system_.carry_out(removal_command(system_.manager(), going), "remove " + joined(going, ", "));
  }

  Result<void> without_needed(Words& going) {
    while (!going.empty()) {
      const auto others = dependents(system_, going);
      if (!others) {
        return tl::unexpected(others.error());
      }
      if (others->empty()) {
        return {};
      }
      Words needed;
      for (const std::string& name : going) {
        const auto of_one = dependents(system_, {name});
        if (of_one && std::any_of(of_one->begin(), of_one->end(), [&](const auto& one) { return !has(going, one); })) {
          needed.push_back(name);
        }
      }
      left_.push_back(joined(needed.empty() ? going : needed, ", ") + " stays: needed by " + joined(*others, ", "));
      std::erase_if(going, [&](const std::string& name) { return needed.empty() || has(needed, name); });
    }
    return {};
  }

  Result<void> put_in() {
    std::vector<PackageVersion> coming;
    std::vector<PackageVersion> once_more;
    each(SubjectKind::package, [&](const Subject& subject) {
      const auto& wanted = target(subject);
      const auto found = now_.find(subject.name);
      if (!wanted) {
        return;
      }
      if (subject.role == "installer") {
        if (found != now_.end() && found->second.value != wanted->value) {
          left_.push_back(subject.name + " stays in " + found->second.value);
        }
        return;
      }
      const bool standing = found != now_.end() && found->second.value == wanted->value;
      const bool moved = found != now_.end() && origin(subject) && found->second.value != origin(subject)->value &&
                         found->second.value != "broken" && found->second.value != "several";
      if (!standing && moved && how_.leaves_moved) {
        left_.push_back(subject.name + " stays in " + found->second.value + ", which somebody installed since");
      } else if (!standing) {
        coming.push_back({subject.name, wanted->value});
      } else if (how_.again == Again::yes && subject.before != subject.after) {
        once_more.push_back({subject.name, wanted->value});
      }
    });
    return put_in(coming).and_then([&] { return put_in_again(once_more); });
  }

  Result<void> put_in(const std::vector<PackageVersion>& coming) {
    if (coming.empty()) {
      return {};
    }
    std::string names;
    for (const PackageVersion& each : coming) {
      names += (names.empty() ? "" : ", ") + each.name + " " + each.version;
    }
    // apt does not go on with a package that is half unpacked; dpkg does, with its file in hand.
    const bool in_hand = how_.again == Again::yes && uses_dpkg(system_.manager());
    const auto fetched = in_hand ? fetch(coming) : Result<void>();
    const auto cached = fetched ? in_cache(coming) : Result<Words>(tl::unexpected(fetched.error()));
    if (!cached) {
      return tl::unexpected(cached.error());
    }
    return system_.carry_out(cached->size() == coming.size() ? file_install_command(system_.manager(), *cached)
                                                             : install_command(system_.manager(), coming),
                             "install " + names);
  }

  // The files of packages that are at hand.
  Result<Words> in_cache(const std::vector<PackageVersion>& wanted) const {
    Words found;
    for (const std::string& name : system_.names_in(how_.cache)) {
      if (!is_package_file(system_.manager(), name)) {
        continue;
      }
      const std::string file = how_.cache + "/" + name;
      const auto answer = system_.ask(package_file_query(system_.manager(), file));
      if (!answer) {
        return tl::unexpected(answer.error());
      }
      const auto package = package_in_file(system_.manager(), *answer);
      if (package && std::find(wanted.begin(), wanted.end(), *package) != wanted.end()) {
        found.push_back(file);
      }
    }
    return found;
  }

  // Into the cache, what is not there yet. One that is not to be had is seen by what follows.
  Result<void> fetch(const std::vector<PackageVersion>& wanted) const {
    if (auto made = system_.make_directory(how_.cache); !made) {
      return made;
    }
    for (const PackageVersion& package : wanted) {
      const auto cached = in_cache({package});
      const auto fetched = cached && cached->empty()
                               ? system_.change(fetch_command(system_.manager(), package, how_.cache))
                               : cached.map([](const Words&) { return Answer{}; });
      if (!fetched) {
        return tl::unexpected(fetched.error());
      }
    }
    return {};
  }

  // dpkg knows what is not configured, and not which bytes never reached the disk; rpm knows neither.
  Result<bool> is_whole(const std::vector<PackageVersion>& standing) const {
    if (!uses_dpkg(system_.manager())) {
      return false;
    }
    Words names;
    std::transform(standing.begin(), standing.end(), std::back_inserter(names),
                   [](const PackageVersion& package) { return package.name; });
    return system_.ask(check_query(system_.manager(), names)).map([&](const Answer& answer) {
      return changed_files(system_.manager(), answer.out).empty();
    });
  }

  Result<void> put_in_again(const std::vector<PackageVersion>& standing) {
    const auto whole = standing.empty() ? Result<bool>(true) : is_whole(standing);
    if (!whole || *whole) {
      return whole ? Result<void>() : tl::unexpected(whole.error());
    }
    const auto fetched = fetch(standing);
    const auto cached = fetched ? in_cache(standing) : Result<Words>(tl::unexpected(fetched.error()));
    if (!cached) {
      return tl::unexpected(cached.error());
    }
    return cached->empty() ? Result<void>()
                           : system_.carry_out(file_install_command(system_.manager(), *cached), "install once more");
  }

  Result<void> arrived() {
    std::vector<std::string> missing;
    each(SubjectKind::package, [&](const Subject& subject) {
      const auto& wanted = target(subject);
      const auto found = now_.find(subject.name);
      const std::string is = found == now_.end() ? "" : found->second.value;
      const bool as_wanted =
          wanted && (subject.role == "dependency" ? !is.empty() && is != "broken" : is == wanted->value);
      const bool bad = wanted ? !as_wanted && !how_.leaves_moved : is == "broken";
      if (bad) {
        missing.push_back(subject.name + (is.empty() ? " is not installed" : " is in state '" + is + "'"));
      }
    });
    return missing.empty() ? Result<void>()
                           : failure(Fault::package_manager,
                                     system_.manager().speaks + " ended well, but " + joined(missing, ", "));
  }

  Result<void> mark() {
    Words automatic;
    each(SubjectKind::package, [&](const Subject& subject) {
      const auto& wanted = target(subject);
      const auto found = now_.find(subject.name);
      if (wanted && wanted->automatic && found != now_.end() && !found->second.automatic) {
        automatic.push_back(subject.name);
      }
    });
    const Words words = automatic.empty() ? Words() : mark_automatic_command(system_.manager(), automatic);
    return words.empty() ? Result<void>() : system_.carry_out(words, "mark " + joined(automatic, ", "));
  }

  // --- files and keys ------------------------------------------------------------------------------------------------

  Result<void> files() {
    std::vector<const Subject*> order;
    each(SubjectKind::file, [&](const Subject& subject) { order.push_back(&subject); });
    if (how_.side == Side::before) {
      std::reverse(order.begin(), order.end());
    }
    for (const Subject* subject : order) {
      const auto now = system_.file(subject->name);
      if (!now) {
        return tl::unexpected(now.error());
      }
      if (*now == target(*subject)) {
        continue;
      }
      if (*now != origin(*subject)) {
        left_.push_back("'" + subject->name + "' stays: it was changed since");
        continue;
      }
      if (auto done = system_.put(subject->name, target(*subject)); !done) {
        return done;
      }
    }
    return {};
  }

  Result<void> keys() {
    const auto known = system_.keys();
    if (!known) {
      return tl::unexpected(known.error());
    }
    Words going;
    each(SubjectKind::key, [&](const Subject& subject) {
      if (!target(subject) && has(*known, subject.name)) {
        going.push_back(subject.name);
      }
    });
    return going.empty()
               ? Result<void>()
               : system_.carry_out(key_removal_command(system_.manager(), going), "remove " + joined(going, ", "));
  }

  const PackageSystem& system_;
  const std::vector<Subject>& subjects_;
  const Bringing& how_;
  std::map<std::string, SubjectState> now_{};
  std::vector<std::string> left_{};
};

}  // namespace

const std::optional<SubjectState>& state_on(Side side, const Subject& subject) {
  return side == Side::before ? subject.before : subject.after;
}

Words package_names(const std::vector<Subject>& subjects) {
  Words names;
  for (const Subject& subject : subjects) {
    if (subject.kind == SubjectKind::package) {
      names.push_back(subject.name);
    }
  }
  return names;
}

bool has(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

Result<void> release_locks(const PackageSystem& system, const std::vector<Subject>& subjects, Side side) {
  const auto held = system.locks();
  if (!held) {
    return tl::unexpected(held.error());
  }
  for (const Subject& subject : subjects) {
    const auto& gone = state_on(other(side), subject);
    if (subject.kind != SubjectKind::lock || !gone || gone == state_on(side, subject) || !has(*held, subject.name)) {
      continue;
    }
    const Words words = unlock_command(system.manager(), {subject.name, gone->value});
    if (auto done = system.carry_out(words, "unlock " + subject.name); !done) {
      return done;
    }
  }
  return {};
}

Result<std::vector<std::string>> bring(const PackageSystem& system, const std::vector<Subject>& subjects,
                                       const Bringing& how) {
  return Run(system, subjects, how).all();
}

Result<std::vector<std::string>> dependents(const PackageSystem& system, const Words& names) {
  return system.simulated(removal_simulation_command(system.manager(), names))
      .map([&](const std::vector<SimulatedChange>& changes) {
        std::vector<std::string> others;
        for (const SimulatedChange& change : changes) {
          if (change.to.empty() && !has(names, change.name)) {
            others.push_back(change.name);
          }
        }
        return others;
      });
}

}  // namespace cudnn_install
