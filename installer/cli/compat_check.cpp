// compat check: the decision for this machine or for another one.
#include <memory>

#include "base/text.h"
#include "cli/compat.h"
#include "cli/compat_records.h"
#include "cli/options.h"

namespace cudnn_install {

namespace {

struct CheckOptions {
  OutputOptions output{};
  CompatWords words{};
  std::vector<std::string> requirements{};
};

constexpr std::size_t margin = 16;

// One name with its lines: the name stands before the first.
std::string block(const std::string& name, const std::vector<std::string>& lines) {
  std::string text;
  for (const std::string& line : lines) {
    const std::string head = text.empty() ? name : "";
    text += head + std::string(margin - head.size(), ' ') + printable(line) + "\n";
  }
  return text;
}

std::string gpu_text(const Gpu& gpu) {
  std::string text = gpu.name.empty() ? "not named" : gpu.name;
  text += gpu.capability.size() > 0 ? ", compute capability " + gpu.capability.text() : "";
  return text + (gpu.brand.empty() ? ", brand not known" : ", brand " + gpu.brand);
}

std::vector<std::string> option_lines(const CompatOption& option) {
  std::vector<std::string> lines;
  if (option.package) {
    lines.push_back(std::string(name_of(option.way)) + ": " + option.package->name + ", version " +
                    option.package->from + " or newer and below " + option.package->below);
    lines.push_back("  " + option.package->matrix.reason);
  } else {
    lines.push_back(std::string(name_of(option.way)) + ": the given library");
  }
  for (const std::string& added : option.adds) {
    lines.push_back("  + " + added);
  }
  for (const std::string& limit : option.limits) {
    lines.push_back("  - " + limit);
  }
  return lines;
}

std::string answer_text(const CompatQuestion& question, const CompatAnswer& answer) {
  std::string verdict(name_of(answer.verdict));
  verdict += answer.verdict == Verdict::harmful ? " (error " + std::to_string(answer.error) + ")" : "";
  std::string text = block("verdict", {verdict});
  text += block("driver", {question.driver.text() +
                           (answer.driver_cuda.size() > 0 ? " (CUDA " + answer.driver_cuda.text() + ")" : "") + ", " +
                           std::string(name_of(question.os))});
  text += block("wanted", {"CUDA " + question.cuda.text()});
  text += question.gpu ? block("GPU", {gpu_text(*question.gpu)}) : "";
  text += question.library ? block("library", {question.library->path}) : "";
  text += answer.without_library ? block("without it", {std::string(name_of(*answer.without_library))}) : "";
  text += block("because", answer.reasons);
  text += block("assumed", answer.assumed);
  text += block("limits", answer.limits);
  text += block("what to do", answer.actions);
  for (const CompatOption& option : answer.options) {
    text += block("also open", option_lines(option));
  }
  return text + (answer.clause.empty() ? "" : block("guide", {"CUDA Compatibility, section " + answer.clause}));
}

std::string installed_text(const CompatReport& report) {
  std::vector<std::string> lines;
  for (const auto& [library, answer] : report.installed) {
    const std::string error = answer.error != 0 ? " (error " + std::to_string(answer.error) + ")" : "";
    lines.push_back(library.path + ": " + std::string(name_of(answer.verdict)) + error + ", " +
                    (answer.reasons.empty() ? "" : answer.reasons.front()));
  }
  std::string text = block("installed", lines);
  if (report.shared_is_harmful) {
    text += block("remove", {std::string(shared_directory) + "/" + shared_link +
                             " is active and does harm now; run: cudnn-install compat deactivate"});
  }
  return text;
}

std::string requirement_text(const CompatReport& report) {
  std::string text;
  for (const RequirementReport& each : report.requirements) {
    std::vector<std::string> lines = {each.variable + " " +
                                      (each.result.holds ? "holds" : "does not hold: " + each.expression)};
    for (const std::string& reason : each.result.reasons) {
      lines.push_back("  " + reason);
    }
    text += block("requirement", lines);
  }
  text += report.requirements_disabled ? block("requirement", {"not asked: NVIDIA_DISABLE_REQUIRE is set"}) : "";
  for (const HookChoice& choice : report.hooks) {
    text += block("in containers", {choice.generation + ": " +
                                    (choice.takes_image ? "takes the image's library" : "leaves the host's driver") +
                                    " (" + choice.reason + ")"});
  }
  return text;
}

bool does_harm(const CompatTables& tables, const CompatQuestions& asked) {
  if (asked.shared.empty()) {
    return false;
  }
  const auto library = compat_library(asked.shared);
  if (!library) {
    return false;
  }
  CompatQuestion question = asked.questions.front();
  question.library = *library;
  return decided(tables, question).verdict == Verdict::harmful;
}

Result<void> add_requirements(const CompatQuestion& question, const CheckOptions& options, const Context& context,
                              CompatReport& report) {
  ImageRequirement image = requirement_of(context.environment);
  for (const std::string& expression : options.requirements) {
    image.expressions.emplace_back("--require", expression);
  }
  report.requirements_disabled = image.disabled;
  const Version& cuda = report.answers.front().driver_cuda;
  const RequirementFacts facts{.cuda = cuda.size() > 0 ? std::optional(cuda) : std::nullopt,
                               .driver = question.driver,
                               .arch = question.gpu && question.gpu->capability.size() > 0
                                           ? std::optional(question.gpu->capability)
                                           : std::nullopt,
                               .brand = question.gpu ? question.gpu->brand : ""};
  for (const auto& [variable, expression] : image.expressions) {
    auto result = evaluated_requirement(expression, facts);
    if (!result && variable == "--require") {
      return tl::unexpected(result.error());
    }
    if (!result) {  // the image's mistake, which its runtime would meet too
      result = RequirementResult{.reasons = {result.error().what}};
    }
    report.requirements.push_back({.variable = variable, .expression = expression, .result = std::move(*result)});
  }
  if (question.library) {
    report.hooks = hook_choices(*question.library, question.driver);
  }
  return {};
}

Result<Outcome> run(const CheckOptions& options, Context& context) {
  const auto tables = compat_tables(options.words.recipes, context);
  if (!tables) {
    return tl::unexpected(tables.error());
  }
  auto asked = compat_questions(*tables, options.words, context);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  CompatReport report{.questions = asked->questions};
  std::string text;
  for (const CompatQuestion& question : report.questions) {
    report.answers.push_back(decided(*tables, question));
    text += (text.empty() ? "" : "\n") + answer_text(question, report.answers.back());
  }
  for (const CompatLibrary& library : asked->installed) {
    CompatQuestion question = report.questions.front();
    question.library = library;
    report.installed.emplace_back(library, decided(*tables, question));
  }
  report.shared_is_harmful = does_harm(*tables, *asked);
  if (auto added = add_requirements(report.questions.front(), options, context, report); !added) {
    return tl::unexpected(added.error());
  }
  text += installed_text(report) + requirement_text(report);
  const CompatAnswer& answer = decisive(report.answers);
  return Outcome{.text = text, .record = compat_record(report), .fault = fault_of(answer.verdict)};
}

}  // namespace

CompatPart compat_check(Definition& parent) {
  auto options = std::make_shared<CheckOptions>();
  Definition part = parent.nested("check", "Say whether this driver runs a CUDA, and by which compatibility");
  part.text({.names = "--cuda",
             .value = "VERSION",
             .text = "CUDA that is wanted; default: the library's, else the newest toolkit's"},
            options->words.cuda);
  add_machine_options(part, options->words, "Options");
  part.text({.names = "--os", .value = "OS", .text = "System of that driver: linux or windows; default: linux"},
            options->words.os);
  part.text(
      {.names = "--library", .value = "FILE", .text = "Forward-compatibility libcuda, or its directory, to be judged"},
      options->words.library);
  part.texts({.names = "--require", .value = "EXPRESSION", .text = "Evaluate an image's NVIDIA_REQUIRE_CUDA too"},
             options->requirements);
  part.text({.names = "--root", .value = "DIR", .text = "Root of another system"}, options->words.root);
  part.text({.names = "--recipes", .value = "DIR", .text = "Read the recipes from DIR instead of the built-in ones"},
            options->words.recipes);
  add_output_options(part, options->output);
  return {part, [options](Context& context) { return run(*options, context); }};
}

}  // namespace cudnn_install
