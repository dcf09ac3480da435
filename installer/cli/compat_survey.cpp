// What `compat` looks at: its tables, the driver and the compat libraries that are there.
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <ostream>

#include "base/text.h"
#include "cli/compat.h"
#include "cli/compat_gpus.h"
#include "cli/request.h"
#include "cli/survey.h"
#include "compat/note.h"
#include "host/host.h"
#include "host/root_view.h"
#include "recipe/recipe.h"
#include "system/elf.h"
#include "system/files.h"
#include "system/uninterrupted.h"

namespace cudnn_install {

namespace {

namespace fs = std::filesystem;

std::optional<CompatNote> note_in(int descriptor, std::uint64_t size) {
  std::vector<NoteText> texts;
  for (const ElfNote& note : elf_notes(reading(descriptor), size)) {
    texts.push_back({note.section, note.owner, note.type, note.description});
  }
  return compat_note(texts);
}

// Whether its name says so: Orin's directory, or a version that is a build number.
bool is_for_orin(const std::string& path) {
  return path.find("/compat_orin/") != std::string::npos || path.ends_with("libcuda.so.1.1");
}

Result<Version> cuda_of(const CompatTables& tables, const CompatWords& words, const Host& host,
                        const std::optional<CompatLibrary>& library) {
  if (!words.cuda.empty()) {
    const auto typed = Version::parse(words.cuda);
    if (!typed || typed->size() < 2) {
      return failure(Fault::usage, "'" + words.cuda + "' is no version of CUDA", "write two numbers, such as 12.8");
    }
    return Version::parse(typed->first(2));
  }
  if (words.cuda_follows) {
    return Version();
  }
  if (Version own = library ? cuda_of_library(tables, *library) : Version(); own.size() > 0) {
    return own;
  }
  Version newest;
  for (const CudaToolkit& toolkit : host.toolkits) {
    newest = toolkit.version && newest < *toolkit.version ? *toolkit.version : newest;
  }
  if (newest.size() < 2) {
    return failure(Fault::usage, "there is no CUDA toolkit here, so it is not clear which CUDA is meant",
                   "say --cuda X.Y");
  }
  return Version::parse(newest.first(2));
}

Result<Version> driver_of(const CompatWords& words, const Host& host) {
  if (!words.driver.empty()) {
    const auto typed = Version::parse(words.driver);
    if (!typed || typed->size() < 2 || typed->size() > 3) {
      return failure(Fault::usage, "'" + words.driver + "' is no driver's version",
                     "write two or three numbers, such as 580.95.05 or 580.142");
    }
    return *typed;
  }
  if (host.driver.loaded) {
    return *host.driver.loaded;
  }
  if (host.driver.installed) {
    return *host.driver.installed;
  }
  return failure(Fault::usage, "no NVIDIA driver is loaded here", "say which driver is meant: --driver 580.95.05");
}

Result<OperatingSystem> os_of(const std::string& word) {
  if (word.empty() || word == "linux") {
    return OperatingSystem::gnu_linux;
  }
  if (word == "windows") {
    return OperatingSystem::windows;
  }
  return failure(Fault::usage, "unknown system '" + word + "'", "write linux or windows");
}

std::vector<CompatLibrary> installed_libraries(const RootView& view) {
  std::vector<CompatLibrary> found;
  std::vector<std::string> paths;
  for (const std::string& toolkit : view.names("/usr/local")) {
    for (const char* directory : {"/compat", "/compat_orin"}) {
      const auto real = view.resolved("/usr/local/" + toolkit + directory + "/libcuda.so.1");
      if (toolkit.starts_with("cuda") && real && view.is_file(*real) &&
          std::ranges::find(paths, *real) == paths.end()) {
        paths.push_back(*real);
      }
    }
  }
  for (const std::string& path : paths) {
    if (auto library = compat_library(view.outside(path))) {
      library->path = path;
      found.push_back(std::move(*library));
    }
  }
  std::ranges::stable_sort(found, [](const CompatLibrary& one, const CompatLibrary& other) {
    return other.driver.value_or(Version()) < one.driver.value_or(Version());
  });
  return found;
}

}  // namespace

Result<CompatTables> compat_tables(const std::string& directory, Context& context) {
  auto texts = recipe_texts(directory);
  if (!texts) {
    return tl::unexpected(texts.error());
  }
  std::erase_if(*texts, [](const SourceText& text) { return kind_of(text.text) != RecipeKind::compat; });
  return or_mistakes(load_compat(*texts), context);
}

Result<CompatLibrary> compat_library(const std::string& path) {
  std::error_code code;
  fs::path file = fs::is_directory(path, code) ? fs::path(path) / "libcuda.so.1" : fs::path(path);
  file = fs::canonical(file, code);
  if (code) {
    return failure(Fault::usage, "no library '" + path + "'", "name a libcuda, or the directory that it lies in");
  }
  const Descriptor descriptor(uninterrupted([&] { return ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); }));
  const std::uint64_t size = descriptor.open() ? fs::file_size(file, code) : 0;
  if (!descriptor.open() || code) {
    return failure(Fault::permission, "cannot read the library '" + path + "'");
  }
  return compat_library(descriptor.number(), size, file.string()).map([&](CompatLibrary library) {
    library.path = path;
    return library;
  });
}

Result<CompatLibrary> compat_library(int descriptor, std::uint64_t size, const std::string& path) {
  std::array<std::byte, 4> first{};
  if (!reading(descriptor)(0, first) || !looks_like_elf(first)) {
    return failure(Fault::archive, "'" + path + "' is no ELF library");
  }
  return CompatLibrary{.path = path,
                       .driver = driver_in_name(fs::path(path).filename().string()),
                       .note = note_in(descriptor, size),
                       .for_orin = is_for_orin(path)};
}

Result<CompatQuestions> compat_questions(const CompatTables& tables, const CompatWords& words, Context& context) {
  const auto root = checked_root(words.root);
  if (!root) {
    return tl::unexpected(root.error());
  }
  const Host host = probed_host(*root);
  const RootView view(*root);
  CompatQuestions all;
  CompatQuestion question;
  question.library = words.in_hand;
  if (!words.library.empty()) {
    auto library = compat_library(words.library);
    if (!library) {
      return tl::unexpected(library.error());
    }
    question.library = std::move(*library);
  }
  const auto os = os_of(words.os);
  const auto driver = driver_of(words, host);
  const auto cuda = cuda_of(tables, words, host, question.library);
  if (!os || !driver || !cuda) {
    return tl::unexpected(!os ? os.error() : !driver ? driver.error() : cuda.error());
  }
  question.os = *os;
  question.driver = *driver;
  question.cuda = *cuda;
  const bool this_machine = words.driver.empty() && words.os != "windows";
  std::vector<Gpu> gpus =
      this_machine && words.gpu.empty() ? gpus_of_machine(tables, context, view) : std::vector<Gpu>();
  if (!words.gpu.empty()) {
    auto gpu = gpu_of(tables, words.gpu);
    if (!gpu) {
      return tl::unexpected(gpu.error());
    }
    gpus.push_back(std::move(*gpu));
  }
  for (const Gpu& gpu : gpus) {
    all.questions.push_back(question);
    all.questions.back().gpu = gpu;
  }
  if (all.questions.empty()) {
    all.questions.push_back(question);
  }
  if (this_machine && words.library.empty()) {
    all.installed = installed_libraries(view);
    const auto link = view.resolved(std::string(shared_directory) + "/" + shared_link);
    all.shared = link.value_or("");
  }
  return all;
}

}  // namespace cudnn_install
