// Where the dynamic loader would find a library that a program opens by its name.
#pragma once

#include <string>
#include <vector>

#include "cli/cli.h"
#include "cli/compat_records.h"
#include "system/elf.h"

namespace cudnn_install {

struct LoadingProgram {
  std::string path{};
  ElfFacts facts{};
};
Result<LoadingProgram> loading_program(const std::string& typed, const Context& context);

// Every place that holds the library for the program's processor, in the order in which the loader asks; the first is
// taken. DT_RPATH, LD_LIBRARY_PATH, DT_RUNPATH, the loader's cache, the system's directories.
std::vector<FoundLibrary> searched(const LoadingProgram& program, const std::string& library, Context& context);

// The libraries of that stem that a process has mapped: libcuda.so of /proc/PID/maps.
std::vector<FoundLibrary> mapped_libraries(const std::string& maps, const std::string& stem);

}  // namespace cudnn_install
