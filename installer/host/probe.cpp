#include <sys/statvfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <algorithm>

#ifdef __GLIBC__
#include <gnu/libc-version.h>
#endif

#include "base/text.h"
#include "host/host.h"
#include "host/root_view.h"
#include "host/toolkit_search.h"

namespace cudnn_install {

namespace {

constexpr std::size_t first_bytes = 4096;

bool has_word(const OsRelease& os, std::string_view word) {
  return os.id == word || std::find(os.id_like.begin(), os.id_like.end(), word) != os.id_like.end();
}

// --- processor and C library -------------------------------------------------------------------------------------

// The start of a program that every system has; it tells the processor and the C library of this root.
std::string any_program(const RootView& view) {
  for (const char* name : {"/bin/sh", "/usr/bin/env", "/usr/bin/ls", "/sbin/init"}) {
    std::string bytes = view.text(name, first_bytes);
    if (!elf_machine(bytes).empty()) {
      return bytes;
    }
  }
  return {};
}

std::string machine_of_root(const RootView& view, std::string_view program) {
  std::string machine = elf_machine(program);
  utsname names{};
  if (machine.empty() && view.running() && uname(&names) == 0) {
    machine = static_cast<const char*>(names.machine);
  }
  return machine;
}

bool is_jetson(const RootView& view, std::string_view machine) {
  if (machine != "aarch64") {
    return false;
  }
  const auto names_tegra = [&](const char* name) { return view.text(name).find("tegra") != std::string::npos; };
  return view.is_file("/etc/nv_tegra_release") ||
         (view.running() && (names_tegra("/proc/device-tree/compatible") || names_tegra("/proc/device-tree/model")));
}

// --- the loader's directories ------------------------------------------------------------------------------------

// Names of files that match a glob, as `include` lines have it: /etc/ld.so.conf.d/*.conf
std::vector<std::string> globbed(const RootView& view, const std::string& glob) {
  const std::string directory = glob.substr(0, glob.rfind('/') + 1);
  std::vector<std::string> found = view.names(directory);
  std::erase_if(found, [&](const std::string& name) { return !matches_glob(name, glob.substr(directory.size())); });
  for (std::string& name : found) {
    name.insert(0, directory);
  }
  return found;
}

void add_configured(const RootView& view, const std::string& file, int depth, std::vector<std::string>& directories) {
  const std::string text = view.text(file);
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    std::string line = text.substr(at, end - at);
    at = end + 1;
    line.resize(std::min(line.find('#'), line.size()));
    line.erase(0, std::min(line.find_first_not_of(" \t"), line.size()));
    line.erase(line.find_last_not_of(" \t\r=") + 1);
    if (line.starts_with('/')) {
      directories.push_back(line);
    }
    if (!line.starts_with("include ") || depth == 0) {
      continue;
    }
    line.erase(0, line.find_first_not_of(" \t", 7));
    for (const std::string& included : globbed(view, line.starts_with('/') ? line : "/etc/" + line)) {
      add_configured(view, included, depth - 1, directories);
    }
  }
}

std::vector<std::string> library_directories(const RootView& view, const std::string& machine) {
  std::vector<std::string> directories;
  add_configured(view, "/etc/ld.so.conf", 2, directories);
  const std::string triplet = (machine == "ppc64le" ? "powerpc64le" : machine) + "-linux-gnu";
  for (const std::string& directory :
       {"/lib/" + triplet, "/usr/lib/" + triplet, std::string("/lib64"), std::string("/usr/lib64"), std::string("/lib"),
        std::string("/usr/lib"), std::string("/usr/local/lib")}) {
    directories.push_back(directory);
  }
  return directories;
}

// The full name of the library that the loader would take: of the right processor, in the first directory.
std::string library(const RootView& view, const std::vector<std::string>& directories, const std::string& machine,
                    const std::string& name) {
  for (const std::string& directory : directories) {
    std::string candidate = directory;
    candidate.append("/").append(name);
    if (elf_machine(view.text(candidate, 20)) == machine && !machine.empty()) {
      return candidate;
    }
  }
  return {};
}

Libc libc_of_root(const RootView& view, std::string_view program, std::vector<std::string> directories,
                  const std::string& machine) {
  static constexpr std::size_t largest = 16U << 20U;
  const std::string interpreter = interpreter_in(program);
  if (interpreter.find("/ld-musl-") != std::string::npos) {
    return {.kind = LibcKind::musl};
  }
  // Beside its own loader first: systems that keep packages in private directories have no other place.
  if (const auto loader = view.resolved(interpreter); !interpreter.empty() && loader) {
    directories.insert(directories.begin(), loader->substr(0, loader->rfind('/')));
  }
  const std::string found = library(view, directories, machine, "libc.so.6");
  if (!found.empty()) {
#ifdef __GLIBC__
    if (view.running()) {
      const Result<Version> own = Version::parse(gnu_get_libc_version());
      return {.kind = LibcKind::glibc, .version = own ? std::optional(*own) : std::nullopt};
    }
#endif
    return {.kind = LibcKind::glibc, .version = glibc_version(view.text(found, largest))};
  }
  for (const std::string& name : view.names("/lib")) {
    if (matches_glob(name, "ld-musl-*.so.1")) {
      return {.kind = LibcKind::musl};
    }
  }
  return {};
}

// --- driver ---------------------------------------------------------------------------------------------

// The libraries come with the driver and carry its version in their names; the module's own record lies in a file of
// tens of megabytes, often compressed. Compatibility packages bring libcuda alone, into directories named compat.
Driver driver_of_root(const RootView& view, const std::vector<std::string>& directories, const std::string& machine) {
  Driver driver;
  if (view.running()) {
    driver.loaded = loaded_driver(view.text("/proc/driver/nvidia/version"));
    if (!driver.loaded && !view.is_file("/proc/driver/nvidia/version")) {
      driver.loaded = module_driver(view.text("/sys/module/nvidia/version"));
    }
  }
  std::vector<std::string> places;
  std::copy_if(directories.begin(), directories.end(), std::back_inserter(places), [](const std::string& directory) {
    return directory.find("/compat") == std::string::npos && !directory.starts_with("/usr/local/cuda-compat/");
  });
  for (const char* name : {"libnvidia-ml.so.1", "libcuda.so.1"}) {
    const std::string found = library(view, places, machine, name);
    const std::optional<std::string> real = found.empty() ? std::nullopt : view.resolved(found);
    if (real && !driver.installed) {
      driver.installed = driver_in_name(real->substr(real->rfind('/') + 1));
    }
  }
  return driver;
}

// --- packages and user -------------------------------------------------------------------------------------------

// Some systems can carry the tools of another family as mere packages, so the family speaks first.
std::string package_manager_of_root(const RootView& view, const OsRelease& os) {
  std::vector<std::string> programs = {"tdnf", "dnf", "yum", "zypper", "apt-get"};
  if (has_word(os, "suse") || has_word(os, "opensuse") || has_word(os, "sles")) {
    programs.insert(programs.begin(), "zypper");
  }
  if (has_word(os, "debian") || has_word(os, "ubuntu")) {
    programs.insert(programs.begin(), "apt-get");
  }
  for (const std::string& program : programs) {
    if (view.is_file("/usr/bin/" + program) || view.is_file("/bin/" + program)) {
      return program == "apt-get" ? "apt" : program;
    }
  }
  return "none";
}

// An image that is replaced as a whole. Where the updater of such systems is a mere package, /usr can be written.
std::string fixed_image_of_root(const RootView& view) {
  if (view.is_file("/run/ostree-booted") || view.is_directory("/sysroot/ostree/repo")) {
    return "ostree";
  }
  struct statvfs facts {};
  const std::optional<std::string> usr = view.resolved("/usr");
  if (!usr || ::statvfs(view.outside(*usr).c_str(), &facts) != 0 || (facts.f_flag & ST_RDONLY) == 0) {
    return {};
  }
  return view.is_file("/usr/sbin/transactional-update") ? "transactional-update" : "read-only";
}

// From /etc/passwd alone: asking the name service may wait for a network. Others are known by their number.
std::string name_of_user(uid_t user) {
  std::string number = std::to_string(user);
  const std::string text = RootView("/").text("/etc/passwd");
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find('\n', at), text.size());
    const std::string line = text.substr(at, end - at);
    at = end + 1;
    const std::size_t name = line.find(':');
    const std::size_t password = name == std::string::npos ? name : line.find(':', name + 1);
    if (password != std::string::npos && line.compare(password + 1, number.size() + 1, number + ':') == 0) {
      return line.substr(0, name);
    }
  }
  return number;
}

}  // namespace

Host probed_host(const std::string& root) {
  const RootView view(root);
  Host host;
  std::string os_release = view.text("/etc/os-release");
  if (os_release.empty()) {
    os_release = view.text("/usr/lib/os-release");
  }
  host.os = parsed_os_release(os_release);
  const std::string program = any_program(view);
  host.machine = machine_of_root(view, program);
  host.jetson = is_jetson(view, host.machine);
  host.platform = platform_of(host.machine, host.jetson);
  const std::vector<std::string> directories = library_directories(view, host.machine);
  host.libc = libc_of_root(view, program, directories, host.machine);
  host.toolkits = toolkits_of_root(view);
  host.driver = driver_of_root(view, directories, host.machine);
  host.package_manager = package_manager_of_root(view, host.os);
  host.fixed_image = fixed_image_of_root(view);
  host.zlib = !library(view, directories, host.machine, "libz.so.1").empty();
  host.root_user = geteuid() == 0;
  host.user = name_of_user(geteuid());
  return host;
}

}  // namespace cudnn_install
