// compat clauses: what the CUDA Compatibility guide says, and what of this program fulfils it.
#include <algorithm>
#include <memory>

#include "cli/compat.h"
#include "cli/compat_records.h"
#include "cli/options.h"

namespace cudnn_install {

namespace {

struct ClausesOptions {
  OutputOptions output{};
  std::string recipes{};
};

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

Result<Outcome> run(const ClausesOptions& options, Context& context) {
  const auto tables = compat_tables(options.recipes, context);
  if (!tables) {
    return tl::unexpected(tables.error());
  }
  std::string text;
  for (const GuideClause& clause : tables->clauses) {
    text += padded(clause.section, 16) + clause.says + "\n" + padded("", 16);
    text += !clause.missing.empty() ? "not yet: " + clause.missing + "\n"
            : clause.by.empty()     ? "for people alone\n"
                                    : clause.by + "; tested by " + clause.test + "\n";
    text += clause.note.empty() ? "" : padded("", 16) + clause.note + "\n";
  }
  return Outcome{.text = text, .record = clauses_record(tables->clauses), .fault = {}};
}

}  // namespace

CompatPart compat_clauses(Definition& parent) {
  auto options = std::make_shared<ClausesOptions>();
  Definition part = parent.nested("clauses", "Show what fulfils each clause of the CUDA Compatibility guide");
  part.text({.names = "--recipes", .value = "DIR", .text = "Read the recipes from DIR instead of the built-in ones"},
            options->recipes);
  add_output_options(part, options->output);
  return {part, [options](Context& context) { return run(*options, context); }};
}

}  // namespace cudnn_install
