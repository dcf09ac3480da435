// Questions that change nothing, and the settling that every changing verb begins with, on its own.
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/target_path.h"
#include "system/archive_reader.h"
#include "transaction/session.h"
#include "transaction/settle.h"
#include "transaction/state_directory.h"
#include "transaction/transaction.h"

namespace cudnn_install {

namespace {

// Somebody holds the lock. A lock that cannot be opened (it is root's) is taken for free.
bool is_locked(const Directory& state) {
  const Descriptor file(openat(state.number(), lock_name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  return file.open() && flock(file.number(), LOCK_SH | LOCK_NB) != 0 && errno == EWOULDBLOCK;
}

// The glance ends the reading with this, which is no fault of anybody.
Error enough() {
  return {.fault = Fault::findings, .what = "enough"};
}

}  // namespace

Result<PrefixState> prefix_state(const std::string& root, const std::string& prefix) {
  RealFiles files;
  const auto resolved = resolve(root, prefix, Caution::trusting);
  if (!resolved) {
    return tl::unexpected(resolved.error());
  }
  const auto there = resolved->missing.empty() ? files.look(resolved->directory, state_name)
                                               : Result<std::optional<Stat>>(std::nullopt);
  if (!there || !*there) {
    return there ? Result<PrefixState>(PrefixState{}) : tl::unexpected(there.error());
  }
  const auto state = files.open_directory(resolved->directory, state_name);
  const auto ours = state ? believable(*state) : tl::unexpected(state.error());
  if (!ours) {
    return tl::unexpected(ours.error());
  }
  PrefixState answer;
  if (is_locked(*state)) {
    answer.standstill = Standstill::in_progress;
  } else {
    const auto id = small_file(files, *state, "id");
    const Workplace place{.files = &files,
                          .root = root,
                          .prefix = resolved->path,
                          .prefix_directory = resolved->directory,
                          .state = *state,
                          .id = id && *id ? (*id)->substr(0, 32) : std::string(32, '0'),
                          .caution = Caution::trusting};
    const auto open = is_open(place);
    if (!open) {
      return tl::unexpected(open.error());
    }
    // A run may have begun between the two looks.
    answer.standstill = !*open              ? Standstill::none
                        : is_locked(*state) ? Standstill::in_progress
                                            : Standstill::open_journal;
  }
  auto receipt = read_receipt(files, *state);
  if (!receipt) {
    return tl::unexpected(receipt.error());
  }
  answer.receipt = std::move(*receipt);
  return answer;
}

std::vector<std::string> known_prefixes(const std::string& state) {
  RealFiles files;
  std::vector<std::string> prefixes;
  for (const IndexEntry& entry : index_entries(files, state)) {
    prefixes.push_back(entry.prefix);
  }
  std::sort(prefixes.begin(), prefixes.end());
  prefixes.erase(std::unique(prefixes.begin(), prefixes.end()), prefixes.end());
  return prefixes;
}

Result<std::vector<std::string>> settle_open(const Plan& plan, const TransactionOptions& options, Effects effects) {
  std::vector<std::string> told;
  TransactionOptions listening = options;
  listening.report = [&](const Event& event) {
    if (event.kind == Event::Kind::settled) {
      told.push_back(event.text);
    }
    options.report(event);
  };
  const auto standing = plan.prefix.empty() ? Result<PrefixState>(PrefixState{}) : prefix_state(plan.root, plan.prefix);
  const std::vector<IndexEntry> entries = index_entries(effects.files, options.state);
  const bool open = std::any_of(entries.begin(), entries.end(), [](const IndexEntry& entry) { return entry.open; });
  if (!open && standing && standing->standstill == Standstill::none) {
    return told;
  }
  auto session = Session::open(plan, Session::Purpose::existing, listening, effects);
  if (!session) {
    return tl::unexpected(session.error());
  }
  if (*session) {
    if (auto ended = (*session)->end(); !ended) {
      return tl::unexpected(ended.error());
    }
  }
  return told;
}

Result<ArchiveGlance> glance_at(const std::string& archive, const Expectation& expected) {
  auto reader = ArchiveReader::start(archive, {});
  if (!reader) {
    return tl::unexpected(reader.error());
  }
  ArchiveGlance glance;
  std::string first_line;
  bool in_license = false;
  const Sink sink = {
      .member = [&](const Member& member) -> Result<void> {
        std::string name = member.name;
        while (name.starts_with("./")) {
          name.erase(0, 2);
        }
        const std::size_t slash = name.find('/');
        if (glance.top.empty() && !name.empty() && name != ".") {
          glance.top = name.substr(0, slash);
          if (!TargetPath::parse(glance.top)) {
            return failure(Fault::archive, "'" + member.name + "' in the archive leads out of its directory",
                           "do not use this archive: download it again");
          }
        }
        in_license = member.kind == Member::Kind::file && name.substr(name.rfind('/') + 1) == "LICENSE";
        return member.kind != Member::Kind::file || in_license ? Result<void>() : tl::unexpected(enough());
      },
      .data = [&](std::span<const std::byte> bytes) -> Result<void> {
        first_line.assign(reinterpret_cast<const char*>(bytes.data()),
                          std::min(bytes.size(), demo_license_line.size()));
        glance.demo = first_line == demo_license_line;
        return tl::unexpected(enough());
      },
      .end_of_member = [&]() -> Result<void> { return {}; },
      .progress = {},
  };
  const auto read = reader->read(sink, expected);
  if (!read && read.error().fault != Fault::findings) {
    return tl::unexpected(during(read.error(), "look into '" + archive + "'"));
  }
  return glance;
}

}  // namespace cudnn_install
