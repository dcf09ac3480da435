#include "transaction/arrangement.h"

#include <algorithm>
#include <set>
#include <utility>

namespace cudnn_install {

namespace {

// One file at a path. Its bytes are in place, kept aside, staged, or lost.
struct Layer {
  enum class Bytes { in_place, kept, staged, lost };
  std::string owner{};  // id of the installation; empty: made by hand
  Entry entry{};
  Bytes bytes = Bytes::lost;
  std::string where{};  // kept
};

const InstalledPath* find_path(const Installation& installation, const std::string& path) {
  for (const InstalledPath& installed : installation.paths) {
    if (installed.path.text() == path) {
      return &installed;
    }
  }
  return nullptr;
}

Layer kept_layer(std::string owner, const Kept& kept) {
  return {.owner = std::move(owner), .entry = kept.entry, .bytes = Layer::Bytes::kept, .where = kept.where};
}

// The stack at `path` as the old receipt and the disk tell it, bottom first.
std::vector<Layer> stack_before(const Receipt& old, const std::string& path, const std::optional<Entry>& disk) {
  std::vector<Layer> stack;
  for (const Installation& installation : old.installations) {
    const InstalledPath* installed = find_path(installation, path);
    if (installed == nullptr) {
      continue;
    }
    if (installed->displaced && stack.empty()) {
      stack.push_back(kept_layer("", *installed->displaced));
    } else if (installed->displaced && stack.back().bytes != Layer::Bytes::kept) {
      stack.back().bytes = Layer::Bytes::kept;
      stack.back().where = installed->displaced->where;
    }
    stack.push_back({.owner = installation.id, .entry = installed->entry});
  }
  if (!disk) {
    return stack;
  }
  const bool ours = !stack.empty() && !stack.back().owner.empty() &&
                    (unchanged(stack.back().entry, *disk) || same_content(stack.back().entry, *disk));
  if (ours) {
    stack.back().bytes = Layer::Bytes::in_place;
    stack.back().entry = *disk;
  } else {
    stack.push_back({.owner = "", .entry = *disk, .bytes = Layer::Bytes::in_place});
  }
  return stack;
}

Layer staged_layer(const Installation& installation, const InstalledPath& installed) {
  return {.owner = installation.id, .entry = installed.entry, .bytes = Layer::Bytes::staged};
}

// Works on one path at a time and gathers what follows from it.
class Arranger {
 public:
  Arranger(const Receipt& old, const Intention& intention, std::string kept_below)
      : old_(old), intention_(intention), kept_below_(std::move(kept_below)) {
    result_.receipt = old;
    result_.receipt.installations = intention.installations;
    result_.receipt.previous.reset();
    if (intention.becomes_previous) {
      start_previous();
    }
  }

  void path(const std::string& path, const std::optional<Entry>& disk) {
    const std::vector<Layer> before = stack_before(old_, path, disk);
    std::vector<Layer> after = stack_after(path, before);
    if (!before.empty() && before.back().owner.empty() && before.size() > 1) {
      result_.left_alone.push_back(path);
    }
    keep_for_rollback(path, before);
    chain(path, after);
    change(path, disk, after);
  }

  Arrangement finished() {
    if (result_.receipt.previous) {
      drop_lost_of_previous();
    }
    return std::move(result_);
  }

 private:
  void start_previous() {
    for (std::size_t i = 0; i < old_.installations.size(); ++i) {
      if (old_.installations[i].id == *intention_.becomes_previous) {
        result_.receipt.previous =
            Previous{.installation = old_.installations[i], .position = static_cast<std::uint32_t>(i), .kept = {}};
        result_.receipt.previous->kept.resize(old_.installations[i].paths.size());
      }
    }
  }

  // Hand-made files at the bottom, then the installations in their new order. Of two hand-made files the newer stays.
  std::vector<Layer> stack_after(const std::string& path, const std::vector<Layer>& before) const {
    std::vector<Layer> stack;
    for (const Layer& layer : before) {
      if (layer.owner.empty()) {
        stack = {layer};
      }
    }
    const bool changed_on_top = before.size() > 1 && before.back().owner.empty();
    std::vector<Layer> ours;
    for (std::size_t i = 0; i < intention_.installations.size(); ++i) {
      const Installation& installation = intention_.installations[i];
      const InstalledPath* installed = find_path(installation, path);
      if (installed == nullptr) {
        continue;
      }
      const auto known = std::find_if(before.begin(), before.end(),
                                      [&](const Layer& layer) { return layer.owner == installation.id; });
      ours.push_back(intention_.arriving == i ? staged_layer(installation, *installed)
                     : known != before.end()  ? *known
                                              : Layer{.owner = installation.id, .entry = installed->entry});
    }
    // A file of ours that somebody changed stays visible unless something arrives above it.
    const bool arrives = !ours.empty() && ours.back().bytes == Layer::Bytes::staged;
    const auto place = changed_on_top && !arrives ? stack.begin() : stack.end();
    stack.insert(place, ours.begin(), ours.end());
    return stack;
  }

  // Where the bytes of a layer can be found from now on; in place: they are kept aside, once for each path.
  std::string kept_where(const std::string& path, const Layer& layer) {
    if (layer.bytes == Layer::Bytes::kept) {
      return layer.where;
    }
    for (const Arrangement::Kept& kept : result_.kept) {
      if (kept.path == path) {
        return kept.where;
      }
    }
    result_.kept.push_back({.path = path, .where = kept_below_ + "/" + std::to_string(result_.kept.size())});
    return result_.kept.back().where;
  }

  static bool has_bytes(const Layer& layer) {
    return layer.bytes == Layer::Bytes::in_place || layer.bytes == Layer::Bytes::kept;
  }

  void keep_for_rollback(const std::string& path, const std::vector<Layer>& before) {
    if (!result_.receipt.previous) {
      return;
    }
    Previous& previous = *result_.receipt.previous;
    for (const Layer& layer : before) {
      if (layer.owner != previous.installation.id || !has_bytes(layer)) {
        continue;
      }
      for (std::size_t i = 0; i < previous.kept.size(); ++i) {
        if (previous.installation.paths[i].path.text() == path) {
          previous.kept[i] = {.entry = layer.entry, .where = kept_where(path, layer)};
          previous.installation.paths[i].displaced.reset();
        }
      }
    }
  }

  void drop_lost_of_previous() {
    Previous& previous = *result_.receipt.previous;
    for (std::size_t i = previous.kept.size(); i-- > 0;) {
      if (previous.kept[i].where.empty()) {
        const auto at = static_cast<std::ptrdiff_t>(i);
        previous.kept.erase(previous.kept.begin() + at);
        previous.installation.paths.erase(previous.installation.paths.begin() + at);
      }
    }
  }

  // Each installation's `displaced` is the nearest layer below it that has bytes.
  void chain(const std::string& path, const std::vector<Layer>& after) {
    std::optional<Kept> below;
    for (const Layer& layer : after) {
      const bool top = &layer == &after.back();
      if (!layer.owner.empty()) {
        record(path, layer, below);
      }
      if (!top && has_bytes(layer)) {
        below = Kept{.entry = layer.entry, .where = kept_where(path, layer)};
        if (layer.owner.empty() && layer.bytes == Layer::Bytes::in_place) {
          result_.hand_made.push_back(path);
        }
      }
    }
  }

  void record(const std::string& path, const Layer& layer, const std::optional<Kept>& below) {
    for (Installation& installation : result_.receipt.installations) {
      for (InstalledPath& installed : installation.paths) {
        if (installation.id == layer.owner && installed.path.text() == path) {
          installed.displaced = below;
        }
      }
    }
  }

  void change(const std::string& path, const std::optional<Entry>& disk, const std::vector<Layer>& after) {
    PathChange change;
    change.before = disk;
    if (!after.empty()) {
      const Layer& top = after.back();
      if (top.bytes == Layer::Bytes::in_place || top.bytes == Layer::Bytes::lost) {
        return;
      }
      change.after = top.entry;
      if (top.bytes == Layer::Bytes::kept) {
        result_.restored.push_back({.path = path, .where = top.where});
      }
    }
    if (!change.before && !change.after) {
      return;
    }
    for (const Arrangement::Kept& kept : result_.kept) {
      if (kept.path == path) {
        change.kept = kept.where;
      }
    }
    result_.changes.emplace_back(path, std::move(change));
  }

  const Receipt& old_;
  const Intention& intention_;
  std::string kept_below_;
  Arrangement result_{};
};

}  // namespace

bool unchanged(const Entry& recorded, const Entry& found) {
  if (recorded.kind != found.kind) {
    return false;
  }
  if (recorded.kind == EntryKind::link) {
    return recorded.target == found.target;
  }
  return recorded.mode == found.mode && recorded.size == found.size && recorded.mtime == found.mtime &&
         recorded.inode == found.inode;
}

std::vector<std::string> paths_of(const Receipt& old, const Intention& intention) {
  std::set<std::string> paths;
  for (const std::vector<Installation>* list : {&old.installations, &intention.installations}) {
    for (const Installation& installation : *list) {
      for (const InstalledPath& installed : installation.paths) {
        paths.insert(installed.path.text());
      }
    }
  }
  return {paths.begin(), paths.end()};
}

Arrangement arranged(const Receipt& old, const Intention& intention,
                     const std::map<std::string, std::optional<Entry>>& disk, const std::string& kept_below) {
  Arranger arranger(old, intention, kept_below);
  for (const std::string& path : paths_of(old, intention)) {
    const auto found = disk.find(path);
    arranger.path(path, found == disk.end() ? std::nullopt : found->second);
  }
  return arranger.finished();
}

std::vector<std::string> kept_places(const Receipt& receipt) {
  std::vector<std::string> places;
  for (const Installation& installation : receipt.installations) {
    for (const InstalledPath& installed : installation.paths) {
      if (installed.displaced) {
        places.push_back(installed.displaced->where);
      }
    }
  }
  if (receipt.previous) {
    for (const Kept& kept : receipt.previous->kept) {
      places.push_back(kept.where);
    }
  }
  return places;
}

}  // namespace cudnn_install
