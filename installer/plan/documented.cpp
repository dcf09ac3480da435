#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "plan/parts.h"

namespace cudnn_install {
namespace {

std::string directory_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

// One walk over the method's steps.
class Builder {
 public:
  Builder(const Places& places, const StepSource& source) : places_(places), source_(source) {
    const Wanted& wanted = source.wanted;
    if (const Layout* layout = find_layout(source.product, wanted.version, wanted.platform)) {
      names_ = names_of(*layout);
    }
    names_["archive"] = is_url(wanted.location) ? file_name_of(wanted.location) : wanted.location;
    names_["cuda"] = places.cuda;
  }

  std::vector<PlannedStep> build() {
    for (const MethodStep& step : source_.method.steps) {
      if (const auto* unpack = std::get_if<UnpackTemplate>(&step.step)) {
        add(step, UnpackArchive{filled_in(unpack->archive, names_)});
      } else if (const auto* copy = std::get_if<CopyTemplate>(&step.step)) {
        add_own_steps();
        add_copies(step, *copy);
      } else if (const auto* chmod = std::get_if<ChmodTemplate>(&step.step)) {
        add_mode(step, *chmod);
      }
    }
    return std::move(steps_);
  }

 private:
  void add(const MethodStep& from, Step step) {
    steps_.push_back({.step = std::move(step), .clause = from.clause, .note = from.note});
  }

  // ${cuda}/include and ${cuda}/lib64 may lie elsewhere than below the CUDA directory, once links are resolved.
  [[nodiscard]] std::string placed(const std::string& text) const {
    const std::pair<std::string, const std::string*> doors[] = {{"${cuda}/include", &places_.include},
                                                                {"${cuda}/lib64", &places_.library}};
    for (const auto& [door, place] : doors) {
      if (text == door || text.starts_with(door + "/")) {
        return *place + filled_in(text.substr(door.size()), names_);
      }
    }
    return filled_in(text, names_);
  }

  void add_own_steps() {
    if (std::exchange(own_steps_, true)) {
      return;
    }
    if (source_.make_directories) {
      for (const std::string& path : {places_.include, places_.library}) {
        steps_.push_back({.step = MakeDirectory{path}, .note = "the guide takes the directory for granted"});
      }
    }
    if (!source_.older.empty()) {
      RemoveOlder older;
      for (const std::string& path : source_.older) {
        older.paths.push_back(path_in(places_, path));
      }
      steps_.push_back(
          {.step = std::move(older), .note = "names of cuDNN " + source_.older_version + ", which is replaced"});
    }
  }

  void add_copies(const MethodStep& step, const CopyTemplate& copy) {
    const std::string from = filled_in(copy.from, names_);
    const std::string to = placed(copy.to);
    if (source_.all_components) {
      add(step, CopyFiles{from, to, copy.links});
      filled_.insert(to);
      return;
    }
    for (const Component& component : source_.product.components) {
      if (std::find(source_.components.begin(), source_.components.end(), component.name) == source_.components.end()) {
        continue;
      }
      for (const std::string& glob : component.globs) {
        if (const std::string part = filled_in(glob, names_); directory_of(part) == directory_of(from)) {
          add(step, CopyFiles{part, to, copy.links});
          filled_.insert(to);
        }
      }
    }
  }

  // A directory that no component went to has nothing to change; its glob might match nothing at all.
  void add_mode(const MethodStep& step, const ChmodTemplate& chmod) {
    SetMode mode{.mode = chmod.mode};
    for (const std::string& each : chmod.paths) {
      if (std::string path = placed(each); source_.all_components || filled_.contains(directory_of(path))) {
        mode.paths.push_back(std::move(path));
      }
    }
    if (!mode.paths.empty()) {
      add(step, std::move(mode));
    }
  }

  const Places& places_;
  const StepSource& source_;
  std::map<std::string, std::string> names_;
  std::vector<PlannedStep> steps_;
  std::set<std::string> filled_;
  bool own_steps_ = false;
};

}  // namespace

Places resolved_places(const std::string& root, const PrefixFacts& prefix) {
  const std::string base = root.substr(0, root.find_last_not_of('/') + 1);
  return {.cuda = base + prefix.resolved, .include = base + prefix.include, .library = base + prefix.library};
}

std::string path_in(const Places& places, const std::string& path) {
  if (path.starts_with("include/")) {
    return places.include + path.substr(path.find('/'));
  }
  if (path.starts_with("lib64/")) {
    return places.library + path.substr(path.find('/'));
  }
  return places.cuda + "/" + path;
}

std::vector<PlannedStep> steps_in(const Places& places, const StepSource& source) {
  return Builder(places, source).build();
}

}  // namespace cudnn_install
