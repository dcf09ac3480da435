#include "transaction/unpack.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "system/archive_reader.h"
#include "system/elf.h"
#include "system/resolve.h"
#include "transaction/placing.h"
#include "transaction/state_directory.h"

namespace cudnn_install {

namespace {

constexpr const char* whole_name = "whole";

// A directory beside the one that is wanted, in which everything is staged; it goes with this object.
class Scratch {
 public:
  static Result<Scratch> beside(Files& files, const Directory& parent, const std::string& name) {
    Scratch scratch(files, parent, name + ".part-" + random_id().substr(0, 8));
    auto made = files.make_directory(parent, scratch.name_, 0755);
    if (!made) {
      return tl::unexpected(made.error());
    }
    scratch.directory_ = std::move(*made);
    return scratch;
  }
  ~Scratch() {
    if (directory_.number() >= 0) {
      static_cast<void>(remove_tree(files_, parent_, name_));
    }
  }
  Scratch(Scratch&&) noexcept = default;
  Scratch& operator=(Scratch&&) = delete;

  // A stage for the members that go to `name`.
  Result<void> add(const std::string& name) {
    auto stage = files_.make_directory(directory_, name.empty() ? "top" : name, 0755);
    auto inside = stage ? files_.make_directory(*stage, staged_new, 0755) : tl::unexpected(stage.error());
    if (!inside) {
      return tl::unexpected(inside.error());
    }
    destinations_.push_back({.destination = {.name = name, .path = "/" + name}, .stage = std::move(*stage)});
    return {};
  }
  [[nodiscard]] const std::vector<Destined>& destinations() const { return destinations_; }

  // The stages come together below one directory, which then gets its name.
  Result<void> finish(const std::string& license, const std::string& name) {
    const auto whole = files_.make_directory(directory_, whole_name, 0755);
    Result<void> done = whole ? Result<void>() : tl::unexpected(whole.error());
    for (const Destined& destined : destinations_) {
      done = done.and_then([&] { return move(destined, license, *whole); });
    }
    return done.and_then([&] { return files_.rename(directory_, whole_name, parent_, name); });
  }

 private:
  Scratch(Files& files, Directory parent, std::string name)
      : files_(files), parent_(std::move(parent)), name_(std::move(name)) {}

  Result<void> move(const Destined& destined, const std::string& license, const Directory& whole) {
    if (!destined.destination.name.empty()) {
      return files_.rename(destined.stage, staged_new, whole, destined.destination.name);
    }
    const auto top = files_.open_directory(destined.stage, staged_new);
    return top ? files_.rename(*top, license, whole, license) : Result<void>(tl::unexpected(top.error()));
  }

  Files& files_;
  Directory parent_;
  std::string name_;
  Directory directory_{};
  std::vector<Destined> destinations_{};
};

// Everything of the product goes to include/ and lib/; the licence stands beside them.
Plan plan_for(const Wanted& wanted) {
  PlaceFiles place{.archive = wanted.location, .rules = {}};
  for (const std::string& glob : wanted.allowed) {
    place.rules.push_back({.from = glob, .to = glob.ends_with(".h") ? "/include" : "/lib"});
  }
  place.rules.push_back({.from = wanted.license, .to = "/"});
  Plan plan{.wanted = wanted};
  plan.effective.push_back({.step = std::move(place)});
  return plan;
}

LibraryNeeds needs_of(const std::string& name, const ElfFacts& facts) {
  LibraryNeeds needs{.name = name, .soname = facts.soname, .needed = facts.needed};
  for (const ElfNeed& need : facts.needs) {
    std::vector<std::string>& versions = needs.versions[need.library];
    versions.insert(versions.end(), need.versions.begin(), need.versions.end());
  }
  return needs;
}

Result<PayloadFile> payload_file(const StagedFile& staged, const std::string& directory, Payload& payload) {
  PayloadFile file{.path = (directory.empty() ? "" : directory + "/") + staged.name, .entry = staged.entry};
  if (staged.entry.kind == EntryKind::link || staged.name.find(".so") == std::string::npos) {
    return file;
  }
  const auto facts = elf_facts(reading(staged.file.number()), staged.entry.size);
  if (!facts) {
    return tl::unexpected(facts.error());
  }
  file.needs = needs_of(staged.name, *facts);
  if (facts->glibc && (!payload.glibc || *payload.glibc < *facts->glibc)) {
    payload.glibc = facts->glibc;
    payload.glibc_user = staged.name;
  }
  return file;
}

Result<Payload> payload_of(const Placed& placed, const std::vector<Destined>& destinations) {
  Payload payload{.archive = placed.archive.sha256, .archive_size = placed.archive.size};
  for (const StagedFile& staged : placed.files) {
    auto file = payload_file(staged, destinations[staged.destination].destination.name, payload);
    if (!file) {
      return tl::unexpected(file.error());
    }
    if (file->path.find('/') == std::string::npos) {
      payload.license = file->path;
    } else {
      payload.files.push_back(std::move(*file));
    }
  }
  std::sort(payload.files.begin(), payload.files.end(),
            [](const PayloadFile& one, const PayloadFile& other) { return one.path < other.path; });
  if (payload.license.empty()) {
    return failure(Fault::archive, "the archive has no licence text, and a package must carry it");
  }
  return payload;
}

// The parent of a directory that does not exist yet.
Result<Directory> parent_of(const std::string& directory, Files& files) {
  const std::size_t slash = directory.rfind('/');
  auto parent = resolve("/", slash == 0 ? "/" : directory.substr(0, slash), Caution::trusting);
  if (!parent) {
    return tl::unexpected(parent.error());
  }
  if (!parent->missing.empty()) {
    return failure(Fault::usage, "'" + printable(directory) + "' would lie in a directory that does not exist");
  }
  const auto there = files.look(parent->directory, directory.substr(slash + 1));
  if (there && *there) {
    return failure(Fault::conflict, "'" + printable(directory) + "' is there already",
                   "name a directory that does not exist");
  }
  return there ? Result<Directory>(parent->directory) : tl::unexpected(there.error());
}

}  // namespace

Result<Payload> unpacked(const Wanted& wanted, const std::string& directory, const Unpacking& how) {
  const auto parent = parent_of(directory, how.files);
  if (!parent) {
    return tl::unexpected(parent.error());
  }
  auto reader = ArchiveReader::start(wanted.location, {});
  if (!reader) {
    return tl::unexpected(reader.error());
  }
  const std::string name = directory.substr(directory.rfind('/') + 1);
  auto scratch = Scratch::beside(how.files, *parent, name);
  Result<void> good = scratch ? Result<void>() : tl::unexpected(scratch.error());
  for (const char* one : {"include", "lib", ""}) {
    good = good.and_then([&] { return scratch->add(one); });
  }
  if (!good) {
    return tl::unexpected(good.error());
  }
  const Plan plan = plan_for(wanted);
  const auto placing = placed(*reader, plan, {.files = &how.files}, scratch->destinations(), how.options);
  if (!placing) {
    return tl::unexpected(placing.error());
  }
  auto payload = inspect(*placing, plan).and_then([&] { return payload_of(*placing, scratch->destinations()); });
  if (!payload) {
    return payload;
  }
  good = how.accept(*payload).and_then([&] { return scratch->finish(payload->license, name); });
  return good ? std::move(payload) : Result<Payload>(tl::unexpected(good.error()));
}

}  // namespace cudnn_install
