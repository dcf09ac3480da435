#include "transaction/package_run.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "transaction/state_directory.h"

namespace cudnn_install {

namespace {

bool same_subject(const Subject& left, const Subject& right) {
  return left.kind == right.kind && left.name == right.name;
}

auto find_same(std::vector<Subject>& subjects, const Subject& wanted) {
  return std::find_if(subjects.begin(), subjects.end(),
                      [&](const Subject& each) { return same_subject(each, wanted); });
}

bool knows(const PackageReceipt& receipt, const Subject& wanted) {
  return std::any_of(receipt.subjects.begin(), receipt.subjects.end(),
                     [&](const Subject& each) { return same_subject(each, wanted); });
}

std::optional<PackageReceipt> receipt_of(const std::vector<PackageReceipt>& receipts, const std::string& product) {
  const auto found = std::find_if(receipts.begin(), receipts.end(),
                                  [&](const PackageReceipt& each) { return each.product == product; });
  return found == receipts.end() ? std::nullopt : std::optional(*found);
}

// Does the index go with what `subjects` takes away? On the way back and in an uninstallation.
bool loses_source(const std::vector<Subject>& subjects, Side side) {
  return std::any_of(subjects.begin(), subjects.end(), [&](const Subject& each) {
    return (each.role == "source" || each.role == "installer") && !state_on(side, each) && each.before != each.after;
  });
}

}  // namespace

Result<void> PackageRun::begin() {
  auto keys = system_.keys();
  if (!keys) {
    return tl::unexpected(keys.error());
  }
  journal_.keys_before = std::move(*keys);
  return records_.write(journal_);
}

Result<void> PackageRun::declare(Subject subject) {
  auto& subjects = journal_.receipt.subjects;
  if (const auto known = find_same(subjects, subject); known != subjects.end()) {
    known->after = std::move(subject.after);
  } else {
    subjects.push_back(std::move(subject));
  }
  return records_.write(journal_);
}

void PackageRun::set_packages(const PackageWork& work) {
  journal_.receipt.version = work.version;
  journal_.receipt.packages = work.packages;
}

void PackageRun::leave(const Subject& subject) {
  std::erase_if(journal_.receipt.subjects, [&](const Subject& each) { return same_subject(each, subject); });
}

Result<void> PackageRun::commit() {
  journal_.committed = true;
  return records_.write(journal_);
}

Result<std::vector<std::string>> PackageRun::bring_to(Side side, Again again) {
  const auto trouble = system_.trouble();
  if (again == Again::yes || (trouble && !trouble->empty())) {  // what dpkg has only begun to note is no trouble to it
    if (const Words words = repair_command(system_.manager()); !words.empty()) {
      [[maybe_unused]] const auto repaired = system_.change(words);  // what it could not do is seen by what follows
    }
  }
  const bool removes = journal_.removes();
  return bring(system_, journal_.receipt.subjects,
               {.side = side, .leaves_moved = removes || side == Side::before, .again = again, .cache = package_cache})
      .and_then([&](std::vector<std::string> left) -> Result<std::vector<std::string>> {
        if (side == Side::before || removes) {
          const auto forgotten =
              loses_source(journal_.receipt.subjects, side) ? forget_index(system_, journal_.receipt) : Result<void>();
          if (!forgotten) {
            return tl::unexpected(forgotten.error());
          }
        }
        return system_.sync().map([&] { return std::move(left); });
      });
}

// What came into rpm's database besides.
Result<void> PackageRun::add_new_keys() {
  const auto keys = system_.keys();
  if (!keys) {
    return tl::unexpected(keys.error());
  }
  for (const std::string& key : *keys) {
    const auto& before = journal_.keys_before;
    Subject subject{.kind = SubjectKind::key, .name = key, .role = "keyring"};
    subject.after = SubjectState{.value = "set"};
    if (std::find(before.begin(), before.end(), key) == before.end() && !knows(journal_.receipt, subject)) {
      journal_.receipt.subjects.push_back(std::move(subject));
    }
  }
  return {};
}

Result<std::vector<std::string>> PackageRun::forward(Again again) {
  return bring_to(Side::after, again).and_then([&](std::vector<std::string> left) {
    return (journal_.removes() ? removed() : installed()).and_then([&] { return end(); }).map([&] {
      return std::move(left);
    });
  });
}

Result<void> PackageRun::installed() {
  if (auto added = add_new_keys(); !added) {
    return added;
  }
  const auto now = system_.packages(package_names(journal_.receipt.subjects));
  const auto receipts = now ? records_.receipts() : tl::unexpected(now.error());
  if (!receipts) {
    return tl::unexpected(receipts.error());
  }
  for (Subject& subject : journal_.receipt.subjects) {  // a dependency's version is what the manager made of it
    const auto found = now->find(subject.name);
    if (subject.kind == SubjectKind::package && found != now->end()) {
      subject.after = found->second;
    }
  }
  return records_.write(merged(receipt_of(*receipts, journal_.receipt.product), journal_.receipt));
}

// A subject that another receipt knows too is from now on that one's alone, with what was there before both.
Result<void> PackageRun::removed() {
  const auto receipts = records_.receipts();
  const auto own = receipts ? receipt_of(*receipts, journal_.receipt.product) : std::nullopt;
  if (!receipts || !own) {
    return receipts ? Result<void>() : tl::unexpected(receipts.error());
  }
  for (PackageReceipt other : *receipts) {
    bool changed = false;
    for (Subject& subject : other.subjects) {
      const auto same = std::find_if(own->subjects.begin(), own->subjects.end(),
                                     [&](const Subject& each) { return same_subject(each, subject); });
      if (other.product != own->product && same != own->subjects.end() && subject.before == same->after &&
          subject.before != same->before) {
        subject.before = same->before;
        changed = true;
      }
    }
    if (auto written = changed ? records_.write(other) : Result<void>(); !written) {
      return written;
    }
  }
  return records_.remove(*own);
}

Result<void> PackageRun::end() {
  return records_.remove_journal().and_then([&] { return clear_cache(system_); });
}

Error PackageRun::back(Error error) {
  journal_.committed = false;
  const auto left = records_.write(journal_).and_then([&] { return add_new_keys(); }).and_then([&] {
    return bring_to(Side::before, Again::no);
  });
  const auto ended = left ? end() : Result<void>(tl::unexpected(left.error()));
  if (!ended) {
    return {.fault = Fault::needs_settling,
            .what = error.what + "; and it could not be taken back: " + ended.error().what,
            .hint = ended.error().hint.empty() ? "mend that, then run the command again" : ended.error().hint};
  }
  if (!left->empty()) {
    error.what += "; taken back, but " + joined(*left, "; ");
  }
  return error;
}

PackageReceipt merged(const std::optional<PackageReceipt>& old, PackageReceipt fresh) {
  if (!old) {
    return fresh;
  }
  std::vector<Subject> subjects = old->subjects;
  for (Subject& subject : fresh.subjects) {
    if (const auto known = find_same(subjects, subject); known != subjects.end()) {
      known->after = std::move(subject.after);
      known->role = std::move(subject.role);
    } else {
      subjects.push_back(std::move(subject));
    }
  }
  fresh.subjects = std::move(subjects);
  return fresh;
}

std::vector<Subject> reversed_subjects(const PackageReceipt& gone, const std::vector<PackageReceipt>& receipts) {
  std::vector<Subject> subjects;
  for (auto subject = gone.subjects.rbegin(); subject != gone.subjects.rend(); ++subject) {
    const bool shared = std::any_of(receipts.begin(), receipts.end(), [&](const PackageReceipt& other) {
      return other.product != gone.product && knows(other, *subject);
    });
    if (shared || subject->before == subject->after) {
      continue;
    }
    subjects.push_back(*subject);
    std::swap(subjects.back().before, subjects.back().after);
  }
  return subjects;
}

namespace {

// apt names the files of an index after its URL.
std::string apt_list_name(const std::string& url) {
  static constexpr std::string_view quoted = "\\|{}[]<>\"^~_=!@#$%&*";
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string name;
  const std::size_t scheme = url.find("://");
  for (const char c : url.substr(scheme == std::string::npos ? 0 : scheme + 3)) {
    if (c == '/') {
      name += '_';
    } else if (quoted.find(c) != std::string_view::npos) {
      name += {'%', digits[static_cast<unsigned char>(c) >> 4U], digits[static_cast<unsigned char>(c) & 15U]};
    } else {
      name += c;
    }
  }
  return name + "_";
}

Result<void> remove_starting(const PackageSystem& system, const std::string& directory,
                             const std::vector<std::string>& starts) {
  for (const std::string& name : system.names_in(directory)) {
    const bool meant =
        std::any_of(starts.begin(), starts.end(), [&](const std::string& start) { return name.starts_with(start); });
    if (auto gone = meant ? system.remove_all(directory + "/" + name) : Result<void>(); !gone) {
      return gone;
    }
  }
  return {};
}

// The starts of the names of an index's files: one for each local installer, or one for the repository.
std::vector<std::string> apt_lists_of(const PackageReceipt& receipt) {
  if (!receipt.method.ends_with("-local")) {
    return {apt_list_name(receipt.repository)};
  }
  std::vector<std::string> starts;
  for (const Subject& subject : receipt.subjects) {
    if (subject.kind == SubjectKind::package && subject.role == "installer") {
      starts.push_back(apt_list_name("/var/" + subject.name));
    }
  }
  return starts;
}

}  // namespace

Result<void> forget_index(const PackageSystem& system, const PackageReceipt& receipt) {
  if (uses_dpkg(system.manager())) {
    return remove_starting(system, "/var/lib/apt/lists", apt_lists_of(receipt));
  }
  if (receipt.source.empty() || receipt.source.find('/') != std::string::npos) {
    return {};
  }
  const std::vector<std::string> starts = {receipt.source + "-", receipt.source + ".", receipt.source + "/"};
  for (const char* directory : {"/var/cache/dnf", "/var/lib/dnf/repos", "/var/cache/libdnf5"}) {
    if (auto gone = remove_starting(system, directory, starts); !gone) {
      return gone;
    }
  }
  for (const char* directory : {"/var/cache/zypp/raw/", "/var/cache/zypp/solv/", "/var/cache/zypp/packages/"}) {
    if (auto gone = system.remove_all(directory + receipt.source); !gone) {
      return gone;
    }
  }
  return {};
}

Result<void> clear_cache(const PackageSystem& system) {
  return system.remove_all(package_cache);
}

}  // namespace cudnn_install
