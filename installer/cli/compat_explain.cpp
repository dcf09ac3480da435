// compat explain: what an error means, how to make sure, and what to do.
#include <memory>

#include "base/text.h"
#include "cli/compat.h"
#include "cli/compat_records.h"
#include "cli/options.h"

namespace cudnn_install {

namespace {

struct ExplainOptions {
  OutputOptions output{};
  std::vector<std::string> words{};
  std::string recipes{};
};

std::string lines(const std::string& heading, const std::vector<std::string>& texts) {
  std::string text = texts.empty() ? "" : heading + ":\n";
  for (const std::string& each : texts) {
    text += "  - " + each + "\n";
  }
  return text;
}

std::string text_of(const ErrorExplanation& explanation) {
  const KnownError& error = *explanation.error;
  const std::string names = joined(error.names, ", ");
  return error.id + (names.empty() ? "" : " (" + names + ")") + ": " + error.meaning + "\n" +
         lines("here", explanation.details) + lines("causes", error.causes) + lines("make sure", error.checks) +
         lines("what to do", error.remedies);
}

Result<Outcome> run(const ExplainOptions& options, Context& context) {
  const auto tables = compat_tables(options.recipes, context);
  if (!tables) {
    return tl::unexpected(tables.error());
  }
  std::string typed;
  for (const std::string& word : options.words) {
    typed += (typed.empty() ? "" : " ") + word;
  }
  const std::vector<ErrorExplanation> found = explained_errors(*tables, typed);
  if (found.empty()) {
    std::string known;
    for (const KnownError& error : tables->errors) {
      known += (known.empty() ? "" : ", ") + error.id;
    }
    return failure(Fault::usage, "nothing is known of '" + printable(typed) + "'", "known: " + known);
  }
  std::string text;
  for (const ErrorExplanation& each : found) {
    text += (text.empty() ? "" : "\n") + text_of(each);
  }
  return Outcome{.text = text, .record = explanation_record(found), .fault = {}};
}

}  // namespace

CompatPart compat_explain(Definition& parent) {
  auto options = std::make_shared<ExplainOptions>();
  Definition part = parent.nested("explain", "Tell what an error of CUDA means and what to do about it");
  part.texts({.names = "TEXT", .value = "TEXT", .text = "Number or name of an error, or the message with it"},
             options->words);
  part.text({.names = "--recipes", .value = "DIR", .text = "Read the recipes from DIR instead of the built-in ones"},
            options->recipes);
  add_output_options(part, options->output);
  return {part, [options](Context& context) { return run(*options, context); }};
}

}  // namespace cudnn_install
