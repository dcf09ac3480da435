#include "transaction/placing.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "transaction/state_directory.h"

namespace cudnn_install {

namespace {

constexpr std::uint64_t write_back_every = 8ULL << 20U;
constexpr std::size_t largest_header = std::size_t{1} << 20U;

tl::unexpected<Error> unsafe(const std::string& name, const std::string& why) {
  return failure(Fault::archive, "'" + name + "' in the archive " + why, "do not use this archive: download it again");
}

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
  });
  return text;
}

// No name of NVIDIA's has another character: what looks like another name, or means more to a shell, is refused.
bool is_plain(const std::string& text) {
  return std::all_of(text.begin(), text.end(), [](unsigned char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' ||
           c == '-' || c == '+' || c == '/';
  });
}

template <class T>
const T& step_of(const Plan& plan) {
  for (const PlannedStep& step : plan.effective) {
    if (const auto* found = std::get_if<T>(&step.step)) {
      return *found;
    }
  }
  static const T none;
  return none;
}

// The destination of each rule: by its path, else by its name below the prefix.
std::vector<std::size_t> places_of(const Plan& plan, const std::vector<Destined>& destinations) {
  std::vector<std::size_t> places;
  for (const PlaceRule& rule : step_of<PlaceFiles>(plan).rules) {
    auto place = std::find_if(destinations.begin(), destinations.end(),
                              [&](const Destined& one) { return one.destination.path == rule.to; });
    if (place == destinations.end()) {
      place = std::find_if(destinations.begin(), destinations.end(),
                           [&](const Destined& one) { return one.destination.name == directory_below(plan, rule.to); });
    }
    places.push_back(static_cast<std::size_t>(place - destinations.begin()));
  }
  return places;
}

// One archive on its way into the stage.
class Placing {
 public:
  Placing(const Plan& plan, const Workplace& place, const std::vector<Destined>& destinations)
      : wanted_(*plan.wanted),
        step_(step_of<PlaceFiles>(plan)),
        links_(step_of<MakeLinks>(plan)),
        root_(plan.root),
        files_(*place.files),
        destinations_(destinations),
        places_(places_of(plan, destinations)) {}

  Result<void> member(const Member& member) {
    current_ = nullptr;
    part_ = Part::nothing;
    const auto below = below_top(member);
    if (!below || below->empty()) {
      return below ? Result<void>() : tl::unexpected(below.error());
    }
    if (wanted_.shape == Shape::runfile && !allowed(*below)) {
      return {};
    }
    if (member.kind == Member::Kind::directory) {
      return allowed_directory(*below) ? Result<void>()
                                       : unsafe(member.name, "is a directory that no " + whose() + " archive has");
    }
    if (auto known = note(*below, member); !known) {
      return known;
    }
    if (*below == wanted_.license && member.kind == Member::Kind::file) {
      part_ = Part::license;
    }
    if (*below == wanted_.version_header) {
      part_ = Part::version_header;
    }
    const auto destination = destination_of(*below);
    return destination ? stage(*destination, below->substr(below->rfind('/') + 1), member) : Result<void>();
  }

  Result<void> data(std::span<const std::byte> bytes) {
    const auto* text = reinterpret_cast<const char*>(bytes.data());
    if (part_ == Part::version_header && result_.version_header.size() + bytes.size() <= largest_header) {
      result_.version_header.append(text, bytes.size());
    }
    if (part_ == Part::license || current_ != nullptr) {
      digest_.update(bytes);
    }
    if (current_ == nullptr) {
      return {};
    }
    if (auto written = files_.write(current_->file, bytes); !written) {
      return tl::unexpected(during(written.error(), "write '" + current_->name + "'"));
    }
    written_ += bytes.size();
    if (written_ - written_back_ >= write_back_every) {
      files_.start_writing_back(current_->file, written_back_, written_ - written_back_);
      written_back_ = written_;
    }
    return {};
  }

  Result<void> end_of_member() {
    const Sha256 digest = part_ == Part::license || current_ != nullptr ? digest_.finish() : Sha256();
    if (part_ == Part::license) {
      result_.license = digest;
    }
    if (current_ != nullptr) {
      files_.start_writing_back(current_->file, written_back_, written_ - written_back_);
      current_->entry.sha256 = digest;
      written_ = 0;
      written_back_ = 0;
      current_ = nullptr;
    }
    part_ = Part::nothing;
    return {};
  }

  // With the links that the archive lacks.
  Result<Placed> finished() {
    for (const auto& [name, target] : links_.links) {
      const auto beside = std::find_if(result_.files.begin(), result_.files.end(),
                                       [&](const StagedFile& staged) { return staged.name == target; });
      if (beside == result_.files.end()) {
        return failure(Fault::archive, "the archive lacks '" + target + "'", "download it again");
      }
      const std::string below = wanted_.required.front().substr(0, wanted_.required.front().rfind('/') + 1) + name;
      result_.members[below] = target;
      if (auto made = stage(beside->destination, name, {.kind = Member::Kind::link, .name = name, .target = target});
          !made) {
        return tl::unexpected(made.error());
      }
    }
    return std::move(result_);
  }

 private:
  enum class Part { nothing, license, version_header };

  // The name below the archive's top directory; "" for the top itself.
  Result<std::string> below_top(const Member& member) const {
    std::string name = member.name;
    while (name.starts_with("./")) {
      name.erase(0, 2);
    }
    while (member.kind == Member::Kind::directory && name.ends_with('/')) {
      name.pop_back();
    }
    if (name.empty() || name == "." || name == wanted_.top) {
      return member.kind == Member::Kind::directory ? Result<std::string>("")
                                                    : unsafe(member.name, "is not a directory");
    }
    const auto path = TargetPath::parse(name, Fault::archive);
    if (!path) {
      return unsafe(member.name, "leads out of its directory");
    }
    if (wanted_.top.empty()) {
      return name;
    }
    if (!name.starts_with(wanted_.top + "/")) {
      return unsafe(member.name, "is not below '" + wanted_.top + "'");
    }
    return name.substr(wanted_.top.size() + 1);
  }

  [[nodiscard]] std::string whose() const { return wanted_.front == "libcudnn" ? "cuDNN" : "compatibility"; }

  [[nodiscard]] bool allowed(const std::string& below) const {
    return below == wanted_.license || std::any_of(wanted_.allowed.begin(), wanted_.allowed.end(),
                                                   [&](const std::string& glob) { return matches_glob(below, glob); });
  }

  [[nodiscard]] bool allowed_directory(const std::string& below) const {
    return std::any_of(wanted_.allowed.begin(), wanted_.allowed.end(),
                       [&](const std::string& glob) { return glob.starts_with(below + "/"); });
  }

  Result<void> note(const std::string& below, const Member& member) {
    if (!allowed(below)) {
      return unsafe(member.name, "is a file that no " + whose() + " archive has");
    }
    if (!is_plain(below)) {
      return unsafe(member.name, "has a character that no " + whose() + " name has");
    }
    if (!lower_.insert(lower(below)).second) {
      return unsafe(member.name, "is there twice");
    }
    const bool link = member.kind == Member::Kind::link;
    if (link && (member.target.empty() || member.target.find('/') != std::string::npos || member.target == "." ||
                 member.target == "..")) {
      return unsafe(member.name, "is a link to '" + member.target + "', not to a name beside it");
    }
    if (link && !below.ends_with(".a") && below.find(".so") == std::string::npos) {
      return unsafe(member.name, "is a link where a file is expected");
    }
    result_.members[below] = link ? std::optional(member.target) : std::nullopt;
    return {};
  }

  [[nodiscard]] std::optional<std::size_t> destination_of(const std::string& below) const {
    for (std::size_t i = 0; i < places_.size(); ++i) {
      if (matches_glob(below, step_.rules[i].from) && places_[i] < destinations_.size()) {
        return places_[i];
      }
    }
    return std::nullopt;
  }

  Result<void> stage(std::size_t destination, const std::string& name, const Member& member) {
    const auto directory = files_.open_directory(destinations_[destination].stage, staged_new);
    if (!directory) {
      return tl::unexpected(directory.error());
    }
    StagedFile staged{.destination = destination, .name = name, .entry = {}, .file = {}};
    if (member.kind == Member::Kind::link) {
      staged.entry = {.kind = EntryKind::link, .mode = 0777, .target = member.target};
      result_.files.push_back(std::move(staged));
      return files_.make_link(*directory, name, member.target);
    }
    const std::uint32_t mode = (member.mode & 0100U) != 0 ? 0755 : 0644;
    auto file = files_.create_file(*directory, name, mode);
    if (!file) {
      return tl::unexpected(file.error());
    }
    staged.entry = {.kind = EntryKind::file, .mode = mode, .size = member.size};
    staged.file = std::move(*file);
    result_.files.push_back(std::move(staged));
    current_ = &result_.files.back();
    return {};
  }

  const Wanted& wanted_;
  const PlaceFiles& step_;
  const MakeLinks& links_;
  std::string root_;
  Files& files_;
  const std::vector<Destined>& destinations_;
  std::vector<std::size_t> places_;
  Placed result_{};
  std::set<std::string> lower_{};
  Part part_ = Part::nothing;
  StagedFile* current_ = nullptr;
  Sha256Stream digest_{};
  std::uint64_t written_ = 0;
  std::uint64_t written_back_ = 0;
};

// Device numbers do not tell whether files can move from the stage to their place (projects, stacked and foreign file
// systems): one that is empty tries it before the archive is read.
Result<void> try_a_move(Files& files, const Directory& stage, const Directory& to, const std::string& name) {
  const auto made = files.create_file(stage, name, 0600);
  auto moved = made ? files.rename(stage, name, to, name).and_then([&] { return files.remove(to, name); })
                    : tl::unexpected(made.error());
  return moved ? moved : tl::unexpected(during(moved.error(), "try whether files can be put into '" + to.path + "'"));
}

}  // namespace

Result<void> make_stages(const Workplace& place, std::vector<Destined>& destinations) {
  for (Destined& destined : destinations) {
    auto stage = place.files->make_directory(destined.directory, stage_name(place.id), 0755);
    auto ours = stage ? believable(*stage) : tl::unexpected(stage.error());
    if (!ours) {
      return tl::unexpected(during(ours.error(), "make room beside the files of '" + destined.destination.path + "'"));
    }
    for (const char* part : {staged_new, staged_old}) {
      if (auto made = place.files->make_directory(*stage, part, 0755); !made) {
        return tl::unexpected(made.error());
      }
    }
    if (auto moves = try_a_move(*place.files, *stage, destined.directory, probe_name(place.id)); !moves) {
      return moves;
    }
    destined.stage = std::move(*stage);
  }
  return {};
}

Result<Placed> placed(ArchiveReader& reader, const Plan& plan, const Workplace& place,
                      const std::vector<Destined>& destinations, const TransactionOptions& options) {
  Placing placing(plan, place, destinations);
  const Sink sink = {
      .member = [&](const Member& member) { return placing.member(member); },
      .data = [&](std::span<const std::byte> bytes) { return placing.data(bytes); },
      .end_of_member = [&] { return placing.end_of_member(); },
      .progress =
          [&](std::uint64_t done, std::uint64_t total) {
            options.report({.kind = Event::Kind::progress, .text = "unpacking", .done = done, .total = total});
          },
  };
  auto read = reader.read(sink, {.sha256 = plan.wanted->sha256, .instead = options.instead});
  if (!read) {
    return tl::unexpected(during(read.error(), "read '" + plan.wanted->location + "'"));
  }
  auto result = placing.finished();
  if (result) {
    result->archive = *read;
  }
  return result;
}

}  // namespace cudnn_install
