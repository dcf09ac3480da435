// compat why: which libcuda and libcudart a process has, or a program would get, and whether that is right.
#include <algorithm>
#include <cctype>
#include <filesystem>
#include <memory>

#include "base/text.h"
#include "cli/compat.h"
#include "cli/compat_records.h"
#include "cli/loader_search.h"
#include "cli/options.h"
#include "cli/survey.h"
#include "host/host.h"

namespace cudnn_install {

namespace {

struct WhyOptions {
  OutputOptions output{};
  std::string what{};
  CompatWords words{};
};

bool is_number(const std::string& text) {
  return !text.empty() && std::ranges::all_of(text, [](unsigned char c) { return std::isdigit(c) != 0; });
}

std::string real_name(const std::string& path) {
  std::error_code code;
  const std::string real = std::filesystem::canonical(path, code).filename().string();
  return code ? path.substr(path.rfind('/') + 1) : real;
}

// 12.4 of libcudart.so.12.4.127; no parts if the name does not tell.
Version runtime_cuda(const std::vector<FoundLibrary>& libraries) {
  static constexpr std::string_view mark = "libcudart.so.";
  for (const FoundLibrary& library : libraries) {
    const std::string name = real_name(library.path);
    const auto version = Version::parse(name.starts_with(mark) ? name.substr(mark.size()) : "");
    if (library.taken && version && version->size() >= 2) {
      return Version::parse(version->first(2)).value_or(Version());
    }
  }
  return {};
}

Result<WhyReport> looked_at(const std::string& what, Context& context) {
  WhyReport report;
  if (is_number(what)) {
    const auto maps = file_text("/proc/" + what + "/maps", Fault::usage);
    if (!maps) {
      return tl::unexpected(maps.error());
    }
    report.what = "process " + what;
    report.driver_libraries = mapped_libraries(*maps, "libcuda.so");
    report.runtime_libraries = mapped_libraries(*maps, "libcudart.so");
    return report;
  }
  const auto program = loading_program(what, context);
  if (!program) {
    return tl::unexpected(program.error());
  }
  report.what = program->path;
  report.driver_libraries = searched(*program, "libcuda.so.1", context);
  for (const std::string& needed : program->facts.needed) {
    if (needed.starts_with("libcudart.so")) {
      report.runtime_libraries = searched(*program, needed, context);
    }
  }
  return report;
}

// What the decision says of a library that is not the kernel driver's own.
Result<void> decide(const WhyOptions& options, Context& context, const std::string& library, WhyReport& report) {
  const auto tables = compat_tables(options.words.recipes, context);
  if (!tables) {
    return tl::unexpected(tables.error());
  }
  CompatWords words = options.words;
  words.library = library;
  if (words.cuda.empty()) {
    words.cuda = runtime_cuda(report.runtime_libraries).text();
  }
  const auto asked = compat_questions(*tables, words, context);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  std::vector<CompatAnswer> answers;
  for (const CompatQuestion& question : asked->questions) {
    answers.push_back(decided(*tables, question));
  }
  const CompatAnswer& answer = decisive(answers);
  report.verdict = std::string(name_of(answer.verdict));
  report.reasons = answer.reasons;
  report.reasons.insert(report.reasons.end(), answer.actions.begin(), answer.actions.end());
  return {};
}

void conclude(WhyReport& report, const std::string& verdict, const std::string& reason) {
  report.verdict = verdict;
  report.reasons.push_back(reason);
}

std::optional<Version> kernel_driver(const WhyOptions& options) {
  if (options.words.driver.empty()) {
    return probed_host("/").driver.loaded;
  }
  const auto typed = Version::parse(options.words.driver);
  return typed ? std::optional(*typed) : std::nullopt;
}

// The verdict on the libcuda that is taken.
Result<void> judge(const WhyOptions& options, Context& context, WhyReport& report) {
  const auto taken = std::ranges::find_if(report.driver_libraries, &FoundLibrary::taken);
  if (taken == report.driver_libraries.end()) {
    conclude(report, "missing", "no libcuda is found: CUDA calls will fail, with error 35 or 100");
    return {};
  }
  if (taken->path.find("/stubs/") != std::string::npos) {
    conclude(report, "stub", "this is the toolkit's stub for linking: CUDA calls will fail with error 34");
    return {};
  }
  const std::optional<Version> kernel = kernel_driver(options);
  if (!kernel) {
    conclude(report, "unknown", "no NVIDIA driver is loaded here, so nothing can be compared");
    return {};
  }
  report.kernel_driver = kernel->text();
  const auto own = driver_in_name(real_name(taken->path));
  if (own && *own == *kernel) {
    conclude(report, "right", "it is of the kernel's driver, " + kernel->text());
    return {};
  }
  return decide(options, context, taken->path, report);
}

std::string lines(const std::string& name, const std::vector<FoundLibrary>& libraries, const std::string& otherwise) {
  std::string text;
  for (const FoundLibrary& library : libraries) {
    text += (text.empty() ? name : std::string(name.size(), ' ')) + printable(library.path) + " (" + library.because +
            ")" + (library.taken ? "" : ", passed over") + "\n";
  }
  return text.empty() ? name + otherwise + "\n" : text;
}

std::string text_of(const WhyReport& report) {
  std::string text = "program   " + printable(report.what) + "\n";
  text += lines("libcuda   ", report.driver_libraries, "none");
  text += lines("libcudart ", report.runtime_libraries, "none, or inside the program");
  text += report.kernel_driver.empty() ? "" : "kernel    " + report.kernel_driver + "\n";
  text += "verdict   " + report.verdict + "\n";
  for (const std::string& reason : report.reasons) {
    text += "          " + printable(reason) + "\n";
  }
  return text;
}

Result<Outcome> run(const WhyOptions& options, Context& context) {
  auto report = looked_at(options.what, context);
  if (!report) {
    return tl::unexpected(report.error());
  }
  if (auto judged = judge(options, context, *report); !judged) {
    return tl::unexpected(judged.error());
  }
  static const std::vector<std::string> bad = {"harmful", "unsupported", "stub", "missing"};
  const bool is_bad = std::ranges::find(bad, report->verdict) != bad.end();
  return Outcome{.text = text_of(*report),
                 .record = why_record(*report),
                 .fault = is_bad ? std::optional(Fault::unsupported) : std::nullopt};
}

}  // namespace

CompatPart compat_why(Definition& parent) {
  auto options = std::make_shared<WhyOptions>();
  Definition part =
      parent.nested("why", "Show which libcuda and libcudart a process or program gets, and whether that is right");
  part.text({.names = "WHAT", .value = "PID|PROGRAM", .text = "Number of a process, or a program"}, options->what);
  part.text({.names = "--cuda", .value = "VERSION", .text = "CUDA of the program; default: its libcudart's"},
            options->words.cuda);
  part.text({.names = "--driver", .value = "VERSION", .text = "Kernel driver; default: the one that is loaded here"},
            options->words.driver);
  part.text({.names = "--gpu",
             .value = "NAME",
             .text = "GPU by its name or compute capability; default: those that are here"},
            options->words.gpu);
  part.text({.names = "--recipes", .value = "DIR", .text = "Read the recipes from DIR instead of the built-in ones"},
            options->words.recipes);
  add_output_options(part, options->output);
  return {part, [options](Context& context) { return run(*options, context); }};
}

}  // namespace cudnn_install
