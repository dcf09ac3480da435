#include <algorithm>
#include <array>
#include <set>
#include <sstream>

#include "base/text.h"
#include "system/elf.h"
#include "system/static_library.h"
#include "transaction/placing.h"
#include "verify/verify.h"

namespace cudnn_install {

namespace {

Result<void> check_required(const Placed& placed, const Wanted& wanted) {
  std::string missing;
  for (const std::string& name : wanted.required) {
    if (!placed.members.contains(name)) {
      missing += " " + name;
    }
  }
  return missing.empty() ? Result<void>()
                         : failure(Fault::archive, "the archive lacks:" + missing, "download it again");
}

// Every link ends, in its own directory, at a file.
Result<void> check_links(const Placed& placed) {
  for (const auto& [name, target] : placed.members) {
    std::set<std::string> seen;
    std::optional<std::string> next = target;
    for (std::string here = name; next;) {
      here = here.substr(0, here.rfind('/') + 1) + *next;
      const auto found = placed.members.find(here);
      if (found == placed.members.end() || !seen.insert(here).second) {
        return failure(Fault::archive, "'" + name + "' in the archive is a link that leads to no file");
      }
      next = found->second;
    }
  }
  return {};
}

Result<void> check_version(const Placed& placed, const Wanted& wanted) {
  if (wanted.version_header.empty() ||
      (placed.version_header.empty() && !placed.members.contains(wanted.version_header))) {
    return {};
  }
  std::string found;
  for (const char* name : {"CUDNN_MAJOR", "CUDNN_MINOR", "CUDNN_PATCHLEVEL"}) {
    const auto value = header_macro(placed.version_header, name);
    if (!value) {
      return failure(Fault::archive, "'" + wanted.version_header + "' in the archive does not define " + name);
    }
    found += (found.empty() ? "" : ".") + std::to_string(*value);
  }
  if (found != wanted.version.first(3)) {
    return failure(Fault::archive,
                   "the archive's header says cuDNN " + found + ", its name says " + wanted.version.first(3),
                   "download it again");
  }
  return {};
}

bool is_cudnn(const Wanted& wanted) {
  return wanted.front == "libcudnn";
}

// libcudnn_ops_infer.so.8.9.6 → libcudnn_ops_infer.so
std::string family(const std::string& name) {
  return name.substr(0, name.find(".so") + 3);
}

Result<void> check_library(const StagedFile& staged, const Plan& plan) {
  const auto read = reading(staged.file.number());
  const auto facts = elf_facts(read, staged.entry.size);
  if (!facts) {
    return failure(Fault::archive, "'" + staged.name + "' is not a shared library: " + facts.error().what,
                   "download it again");
  }
  if (facts->bits != 64 || facts->machine != machine_of(plan.wanted->platform)) {
    return failure(Fault::unsupported,
                   "'" + staged.name + "' is for " + machine_name(*facts) + ", wanted is " + plan.wanted->platform,
                   "use the archive for " + plan.wanted->platform);
  }
  if (!facts->soname.starts_with(family(staged.name))) {
    return failure(Fault::archive, "'" + staged.name + "' calls itself '" + facts->soname + "'");
  }
  if (plan.glibc && facts->glibc && *facts->glibc > *plan.glibc) {
    return failure(
        Fault::unsupported,
        "'" + staged.name + "' needs glibc " + facts->glibc->text() + ", this system has " + plan.glibc->text(),
        is_cudnn(*plan.wanted) ? "choose an older cuDNN with --cudnn (cudnn-install releases lists them)"
                               : "take the archive of an older driver");
  }
  return {};
}

Result<void> check_static(const StagedFile& staged, const Plan& plan) {
  auto checked =
      check_static_machine(reading(staged.file.number()), staged.entry.size, machine_of(plan.wanted->platform));
  if (checked) {
    return {};
  }
  const bool other = checked.error().fault == Fault::unsupported;
  return failure(checked.error().fault, "'" + staged.name + "' is no static library to use: " + checked.error().what,
                 other ? "use the archive for " + plan.wanted->platform : "download it again");
}

// The C and C++ run time, zlib, and what CUDA and cuDNN consist of.
constexpr std::array usual_libraries = std::to_array<std::string_view>(
    {"libcudnn", "libcublas", "libcudart.so.", "libnvrtc", "libnvJitLink.so.", "libcuda.so.", "libc.so.", "libm.so.",
     "libdl.so.", "librt.so.", "libpthread.so.", "libgcc_s.so.", "libstdc++.so.", "libz.so.", "ld-linux", "ld64.so."});

// Anything but the library's own directory and what lies below or above it.
bool is_fixed(const std::string& directory) {
  return !directory.starts_with("$ORIGIN") && !directory.starts_with("${ORIGIN}");
}

std::vector<std::string> remarks_on(const std::string& name, const ElfFacts& facts, bool cudnn) {
  std::vector<std::string> found;
  std::istringstream search(facts.runpath);
  for (std::string directory; std::getline(search, directory, ':');) {
    if (is_fixed(directory)) {
      found.push_back("'" + name + "' looks for other libraries in '" + directory + "', wherever it is installed");
    }
  }
  for (const std::string& needed : facts.needed) {
    const bool usual = std::any_of(usual_libraries.begin(), usual_libraries.end(),
                                   [&](std::string_view beginning) { return needed.starts_with(beginning); });
    if (!usual && cudnn) {  // what a driver's libraries need is not known as well
      found.push_back("'" + name + "' needs '" + needed + "', which no cuDNN does");
    }
  }
  if (facts.executable_stack) {
    found.push_back("'" + name + "' wants a stack that code can run on");
  }
  return found;
}

}  // namespace

std::vector<std::string> remarks(const Placed& placed, const Plan& plan) {
  std::vector<std::string> found;
  for (const StagedFile& staged : placed.files) {
    if (staged.entry.kind == EntryKind::link || staged.name.find(".so") == std::string::npos) {
      continue;
    }
    if (const auto facts = elf_facts(reading(staged.file.number()), staged.entry.size)) {
      const auto more = remarks_on(staged.name, *facts, is_cudnn(*plan.wanted));
      found.insert(found.end(), more.begin(), more.end());
    }
  }
  return found;
}

Result<void> inspect(const Placed& placed, const Plan& plan) {
  auto sound = check_required(placed, *plan.wanted).and_then([&] { return check_links(placed); }).and_then([&] {
    return check_version(placed, *plan.wanted);
  });
  for (const StagedFile& staged : placed.files) {
    if (!sound || staged.entry.kind == EntryKind::link) {
      continue;
    }
    if (staged.name.find(".so") != std::string::npos) {
      sound = check_library(staged, plan);
    } else if (staged.name.ends_with(".a")) {
      sound = check_static(staged, plan);
    }
  }
  return sound;
}

}  // namespace cudnn_install
