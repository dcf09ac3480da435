#include <algorithm>
#include <utility>

#include "plan/package_parts.h"

namespace cudnn_install {

namespace {

std::string name_of(const PayloadFile& file) {
  return file.path.substr(file.path.rfind('/') + 1);
}

bool is_link(const PayloadFile& file) {
  return file.entry.kind == EntryKind::link;
}

const PayloadFile* find(const Payload& payload, const std::string& path) {
  const auto found = std::find_if(payload.files.begin(), payload.files.end(),
                                  [&](const PayloadFile& file) { return file.path == path; });
  return found == payload.files.end() ? nullptr : &*found;
}

tl::unexpected<Error> broken(const std::string& what) {
  return failure(Fault::archive, what, "take the archive as NVIDIA packed it: unpacking and packing again loses links");
}

// libX.so → libX.so.8 → libX.so.8.9.6, the last alone a file.
Result<void> check_chain(const Payload& payload, const std::string& stem, const Wanted& wanted) {
  const std::string soname = stem + ".so." + std::to_string(wanted.version.major());
  const std::string real = stem + ".so." + wanted.version.first(3);
  const PayloadFile* file = find(payload, "lib/" + real);
  if (file == nullptr || is_link(*file)) {
    return broken("the link chain of '" + stem + "' is not whole: '" + real + "' is no file of the archive");
  }
  for (const std::string& name : {soname, stem + ".so"}) {
    const PayloadFile* link = find(payload, "lib/" + name);
    if (link == nullptr || !is_link(*link) || (link->entry.target != soname && link->entry.target != real)) {
      return broken("the link chain of '" + stem + "' is not whole: '" + name + "' is no link to '" +
                    (name == soname ? real : soname) + "'");
    }
  }
  if (!file->needs || file->needs->soname != soname) {
    return failure(Fault::archive, "'" + real + "' calls itself '" + (file->needs ? file->needs->soname : "") +
                                       "', expected '" + soname + "'");
  }
  return {};
}

PackagedPath packaged(const PayloadFile& file, const std::string& path) {
  if (is_link(file)) {
    return {.path = path, .target = file.entry.target};
  }
  return {.path = path, .from = file.path, .size = file.entry.size, .sha256 = file.entry.sha256};
}

// cudnn_adv_v8 → cudnn_adv for the ending _v8
std::string without(const std::string& text, const std::string& ending) {
  return text.ends_with(ending) ? text.substr(0, text.size() - ending.size()) : text;
}

}  // namespace

Result<PackageContents> PackageContents::of(const Payload& payload, const Wanted& wanted) {
  PackageContents contents;
  contents.major_ = std::to_string(wanted.version.major());
  auto sorted =
      contents.add_libraries(payload, wanted).and_then([&] { return contents.add_headers(payload); }).and_then([&] {
        return contents.add_static(payload);
      });
  return sorted ? Result<PackageContents>(std::move(contents)) : tl::unexpected(sorted.error());
}

Result<void> PackageContents::add_libraries(const Payload& payload, const Wanted& wanted) {
  for (const PayloadFile& file : payload.files) {
    const std::string name = name_of(file);
    const std::size_t at = name.find(".so");
    if (!file.path.starts_with("lib/") || at == std::string::npos) {
      continue;
    }
    if (name.size() > at + 3) {
      versioned_.push_back(&file);
    }
    if (const std::string stem = name.substr(0, at); stems_.empty() || stems_.back() != stem) {
      stems_.push_back(stem);
    }
  }
  std::sort(stems_.begin(), stems_.end());
  stems_.erase(std::unique(stems_.begin(), stems_.end()), stems_.end());
  for (const std::string& stem : stems_) {
    if (auto whole = check_chain(payload, stem, wanted); !whole) {
      return whole;
    }
  }
  return {};
}

// A header has two names with the same bytes, cudnn.h and cudnn_v8.h.
Result<void> PackageContents::add_headers(const Payload& payload) {
  const std::string ending = "_v" + major_ + ".h";
  for (const PayloadFile& file : payload.files) {
    if (!file.path.starts_with("include/") || file.path.ends_with(ending)) {
      continue;
    }
    const std::string stem = without(name_of(file), ".h");
    const PayloadFile* twin = find(payload, "include/" + stem + ending);
    if (twin != nullptr && twin->entry.sha256 != file.entry.sha256) {
      return failure(Fault::archive,
                     "'" + file.path + "' and '" + twin->path + "' differ, and a package holds one of them");
    }
    headers_.push_back({.stem = stem, .file = twin == nullptr ? &file : twin});
  }
  return {};
}

// libX_static.a and libX_static_v8.a are one file with two names.
Result<void> PackageContents::add_static(const Payload& payload) {
  for (const PayloadFile& file : payload.files) {
    if (!file.path.ends_with(".a")) {
      continue;
    }
    archives_.push_back(&file);
    const std::string name = without(without(name_of(file), ".a"), "_v" + major_);
    if (!is_link(file) && name.ends_with("_static")) {
      const std::string stem = without(name, "_static");
      const auto same = [&](const StaticLibrary& each) { return each.stem == stem; };
      if (std::any_of(static_.begin(), static_.end(), same)) {
        return broken("'" + stem + "_static.a' and '" + stem + "_static_v" + major_ + ".a' are two files");
      }
      static_.push_back({.stem = stem, .file = &file});
    }
  }
  return {};
}

std::vector<PackagedPath> PackageContents::paths(const std::string& word, const PackagePlaces& places,
                                                 Naming naming) const {
  std::vector<PackagedPath> paths;
  const auto as_they_are = [&](const std::vector<const PayloadFile*>& files) {
    for (const PayloadFile* file : files) {
      paths.push_back(packaged(*file, places.library + "/" + name_of(*file)));
    }
  };
  if (word == "libraries") {
    as_they_are(versioned_);
  } else if (word == "headers") {
    for (const Header& header : headers_) {
      paths.push_back(packaged(*header.file, places.include + "/" + header.stem + "_v" + major_ + ".h"));
    }
  } else if (word == "static" && naming == Naming::alone) {
    as_they_are(archives_);
  } else if (word == "static") {
    for (const StaticLibrary& library : static_) {
      paths.push_back(packaged(*library.file, places.library + "/" + library.stem + "_static_v" + major_ + ".a"));
    }
  }
  return paths;
}

std::vector<Alternative> PackageContents::alternatives(const PackagePlaces& places, Naming naming) const {
  std::vector<Alternative> all;
  const auto header = [&](const std::string& stem, const std::string& name) {
    all.push_back({.name = name,
                   .link = "/usr/include/" + stem + ".h",
                   .path = places.include + "/" + stem + "_v" + major_ + ".h"});
  };
  header("cudnn", "libcudnn");
  for (const std::string& stem : stems_) {
    const std::string link = places.library + "/" + stem + ".so";
    all.push_back({.name = stem + "_so", .link = link, .path = link + "." + major_});
  }
  for (const StaticLibrary& library : naming == Naming::grouped ? static_ : std::vector<StaticLibrary>()) {
    const std::string path = places.library + "/" + library.stem + "_static";
    all.push_back({.name = library.stem + "_stlib", .link = path + ".a", .path = path + "_v" + major_ + ".a"});
  }
  for (const Header& each : headers_) {
    if (each.stem != "cudnn") {
      header(each.stem, each.stem + "_h");
    }
  }
  return all;
}

std::vector<LibraryNeeds> PackageContents::needs() const {
  std::vector<LibraryNeeds> needs;
  for (const PayloadFile* file : versioned_) {
    if (file->needs) {
      needs.push_back(*file->needs);
    }
  }
  return needs;
}

}  // namespace cudnn_install
