#include "transaction/compat_link.h"

#include <unistd.h>

#include "system/resolve.h"
#include "transaction/state_directory.h"

namespace cudnn_install {

namespace {

constexpr const char* parent_path = "/usr/local";
constexpr const char* directory_name = "cuda-compat";
constexpr const char* link_name = "current";
constexpr const char* next_name = "current.new";
constexpr const char* loader_path = "/etc/ld.so.conf.d";
constexpr const char* loader_name = "00-cuda-compat.conf";
constexpr const char* loader_head = "# Written by cudnn-install compat activate; compat deactivate removes it.\n";

std::string loader_text() {
  return std::string(loader_head) + parent_path + "/" + directory_name + "/" + link_name + "\n";
}

Result<Directory> existing(const CompatPlace& place, const std::string& path) {
  auto found = resolve(place.root, path, Caution::strict);
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (!found->missing.empty()) {
    return failure(Fault::unsupported, "there is no directory '" + path + "'");
  }
  return found->directory;
}

// Only a link, or nothing, may stand where the link goes.
Result<void> free_for_link(Files& files, const Directory& at) {
  const auto entry = files.look(at, link_name);
  if (!entry) {
    return tl::unexpected(entry.error());
  }
  if (*entry && (*entry)->kind != FileKind::link) {
    return failure(Fault::conflict, "'" + at.path + "/" + link_name + "' is no link", "move it away first");
  }
  return {};
}

Result<void> ours_or_absent(Files& files, const Directory& at) {
  const auto text = small_file(files, at, loader_name);
  if (!text) {
    return tl::unexpected(text.error());
  }
  if (*text && !(*text)->starts_with(loader_head)) {
    return failure(Fault::conflict, "'" + at.path + "/" + loader_name + "' was not written by this program",
                   "move it away first");
  }
  return {};
}

Result<void> refresh_cache(const CompatPlace& place) {
  const std::string program = geteuid() == 0 ? place.processes.find("ldconfig") : std::string();
  if (program.empty()) {
    return failure(Fault::permission, "the loader's cache can only be renewed by root", "run ldconfig as root");
  }
  std::vector<std::string> argv = {program, "-X"};
  if (place.root != "/") {
    argv.insert(argv.end(), {"-r", place.root});
  }
  const auto ran = place.processes.run({.argv = argv});
  if (!ran) {
    return tl::unexpected(ran.error());
  }
  return ran->status == 0 ? Result<void>() : failure(Fault::package_manager, "ldconfig failed: " + ran->err);
}

Result<void> point(Files& files, const Directory& at, const std::string& target) {
  return files.remove(at, next_name)
      .and_then([&] { return files.make_link(at, next_name, target); })
      .and_then([&] { return files.rename(at, next_name, at, link_name); })
      .and_then([&] { return files.sync(at.number()); });
}

}  // namespace

Result<void> set_compat_link(const CompatPlace& place, const std::string& target, LoaderUse use) {
  const auto parent = existing(place, parent_path);
  const auto loader = use == LoaderUse::configured ? existing(place, loader_path) : Result<Directory>(Directory());
  if (!parent || !loader) {
    return tl::unexpected(!parent ? parent.error() : loader.error());
  }
  if (use == LoaderUse::configured) {
    if (auto good = ours_or_absent(place.files, *loader); !good) {
      return good;
    }
  }
  const auto directory = place.files.make_directory(*parent, directory_name, 0755);
  if (!directory) {
    return tl::unexpected(directory.error());
  }
  const auto configure = [&]() -> Result<void> {
    if (use == LoaderUse::none) {
      return {};
    }
    return replace_file(place.files, *loader, loader_name, loader_text()).and_then([&] {
      return refresh_cache(place);
    });
  };
  return free_for_link(place.files, *directory)
      .and_then([&] { return point(place.files, *directory, target); })
      .and_then(configure);
}

Result<void> remove_compat_link(const CompatPlace& place) {
  const auto parent = existing(place, parent_path);
  if (!parent) {
    return tl::unexpected(parent.error());
  }
  if (const auto loader = existing(place, loader_path)) {
    const auto entry = place.files.look(*loader, loader_name);
    if (entry && *entry) {
      auto done = ours_or_absent(place.files, *loader)
                      .and_then([&] { return remove_durably(place.files, *loader, loader_name); })
                      .and_then([&] { return refresh_cache(place); });
      if (!done) {
        return done;
      }
    }
  }
  const auto entry = place.files.look(*parent, directory_name);
  if (!entry || !*entry) {
    return entry ? Result<void>() : tl::unexpected(entry.error());
  }
  const auto directory = place.files.open_directory(*parent, directory_name);
  if (!directory) {
    return tl::unexpected(directory.error());
  }
  return free_for_link(place.files, *directory)
      .and_then([&] { return remove_durably(place.files, *directory, link_name); })
      .and_then([&] { return place.files.remove_directory(*parent, directory_name); });
}

}  // namespace cudnn_install
