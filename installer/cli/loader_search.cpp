#include "cli/loader_search.h"

#include <fcntl.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <sstream>

#include "system/files.h"
#include "system/uninterrupted.h"

namespace cudnn_install {

namespace {

namespace fs = std::filesystem;

std::vector<std::string> split(const std::string& text, const std::string& separators) {
  std::vector<std::string> parts;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t end = std::min(text.find_first_of(separators, at), text.size());
    if (end > at) {
      parts.push_back(text.substr(at, end - at));
    }
    at = end + 1;
  }
  return parts;
}

std::optional<ElfFacts> facts_of(const std::string& path) {
  std::error_code code;
  const std::uint64_t size = fs::is_regular_file(path, code) ? fs::file_size(path, code) : 0;
  const Descriptor file(
      size > 0 ? uninterrupted([&] { return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); }) : -1);
  auto facts = file.open() ? elf_facts(reading(file.number()), size) : failure(Fault::archive, "");
  return facts ? std::optional(std::move(*facts)) : std::nullopt;
}

// $ORIGIN and ${ORIGIN} are the program's own directory.
std::string expanded(std::string directory, const std::string& program) {
  const std::string origin = program.substr(0, program.rfind('/'));
  for (const std::string name : {"${ORIGIN}", "$ORIGIN"}) {
    for (std::size_t at = directory.find(name); at != std::string::npos;
         at = directory.find(name, at + origin.size())) {
      directory.replace(at, name.size(), origin);
    }
  }
  return directory;
}

class Search {
 public:
  Search(const LoadingProgram& program, std::string library) : program_(program), library_(std::move(library)) {}

  void ask_directory(const std::string& directory, const std::string& because) {
    ask(directory + "/" + library_, because);
  }
  void ask(const std::string& path, const std::string& because) {
    const auto facts = facts_of(path);
    const bool fits = facts && facts->machine == program_.facts.machine && facts->bits == program_.facts.bits;
    const bool known = std::ranges::find(found_, path, &FoundLibrary::path) != found_.end();
    if (fits && !known) {
      found_.push_back({.path = path, .because = because, .taken = found_.empty()});
    }
  }
  std::vector<FoundLibrary> found() { return std::move(found_); }

 private:
  const LoadingProgram& program_;
  std::string library_;
  std::vector<FoundLibrary> found_{};
};

// Lines such as "	libcuda.so.1 (libc6,x86-64) => /usr/lib/x86_64-linux-gnu/libcuda.so.1".
void ask_cache(Search& search, const std::string& library, Context& context) {
  const auto said = context.processes.run({.argv = {"ldconfig", "-p"}});
  std::istringstream lines(said && said->status == 0 ? said->out : "");
  for (std::string line; std::getline(lines, line);) {
    const std::size_t arrow = line.find(" => ");
    const std::size_t name = line.find_first_not_of(" \t");
    if (arrow != std::string::npos && line.compare(name, library.size() + 1, library + " ") == 0) {
      search.ask(line.substr(arrow + 4), "loader cache");
    }
  }
}

}  // namespace

Result<LoadingProgram> loading_program(const std::string& typed, const Context& context) {
  std::vector<std::string> places = {typed};
  if (typed.find('/') == std::string::npos) {
    places.clear();
    for (const std::string& directory : split(context.variable("PATH"), ":")) {
      places.push_back(directory + "/" + typed);
    }
  }
  std::error_code code;
  const auto found =
      std::ranges::find_if(places, [&](const std::string& place) { return fs::is_regular_file(place, code); });
  if (found == places.end()) {
    return failure(Fault::usage, "no program '" + typed + "'", "name a program, or the number of a process");
  }
  const std::string path = fs::canonical(*found, code).string();
  auto facts = facts_of(path);
  if (!facts) {
    return failure(Fault::usage, "'" + path + "' is no ELF program",
                   "of a script name its interpreter, or the number of its process");
  }
  return LoadingProgram{.path = path, .facts = std::move(*facts)};
}

std::vector<FoundLibrary> searched(const LoadingProgram& program, const std::string& library, Context& context) {
  Search search(program, library);
  const auto ask_program = [&](const std::string& because) {
    for (const std::string& directory : split(program.facts.runpath, ":")) {
      search.ask_directory(expanded(directory, program.path), because);
    }
  };
  if (program.facts.rpath) {
    ask_program("RPATH");
  }
  for (const std::string& directory : split(context.variable("LD_LIBRARY_PATH"), ":;")) {
    search.ask_directory(directory, "LD_LIBRARY_PATH");
  }
  // DT_RUNPATH is for what the program itself opens; a shared libcudart that opens libcuda does not ask it.
  const bool opened_by_another = std::ranges::any_of(
      program.facts.needed, [](const std::string& name) { return name.starts_with("libcudart.so"); });
  if (!program.facts.rpath && (!opened_by_another || library.starts_with("libcudart"))) {
    ask_program("RUNPATH");
  }
  ask_cache(search, library, context);
  for (const char* directory : {"/lib64", "/usr/lib64", "/lib", "/usr/lib"}) {
    search.ask_directory(directory, "system directory");
  }
  return search.found();
}

std::vector<FoundLibrary> mapped_libraries(const std::string& maps, const std::string& stem) {
  std::vector<FoundLibrary> found;
  std::istringstream lines(maps);
  for (std::string line; std::getline(lines, line);) {
    const std::size_t slash = line.find('/');
    const std::string path = slash == std::string::npos ? "" : line.substr(slash);
    const std::string name = path.substr(path.rfind('/') + 1);
    if (name.starts_with(stem) && std::ranges::find(found, path, &FoundLibrary::path) == found.end()) {
      found.push_back({.path = path, .because = "mapped", .taken = true});
    }
  }
  return found;
}

}  // namespace cudnn_install
