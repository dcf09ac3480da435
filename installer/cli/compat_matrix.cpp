// compat matrix: the table of one edition of the guide.
#include <memory>

#include "base/text.h"
#include "cli/compat.h"
#include "cli/compat_records.h"
#include "cli/options.h"
#include "compat/matrix_text.h"

namespace cudnn_install {

namespace {

struct MatrixOptions {
  OutputOptions output{};
  std::string edition{};
  std::string format = "text";
  std::string recipes{};
};

Result<Outcome> run(const MatrixOptions& options, Context& context) {
  const auto tables = compat_tables(options.recipes, context);
  if (!tables) {
    return tl::unexpected(tables.error());
  }
  const Edition* edition = options.edition.empty() ? &tables->editions.front() : find_edition(*tables, options.edition);
  if (edition == nullptr) {
    std::string known;
    for (const Edition& each : tables->editions) {
      known += (known.empty() ? "" : ", ") + each.name;
    }
    return failure(Fault::usage, "no edition '" + options.edition + "' of the matrix", "known ones: " + known);
  }
  const std::string record = matrix_record(*tables, *edition);
  if (options.format == "json") {
    return Outcome{.text = record, .record = record, .fault = {}};
  }
  if (options.format != "text" && options.format != "markdown") {
    return failure(Fault::usage, "unknown form '" + options.format + "' of the matrix", "write text, json or markdown");
  }
  const bool text = options.format == "text";
  return Outcome{.text = text ? matrix_as_text(*tables, *edition) : matrix_as_markdown(*tables, *edition),
                 .record = record,
                 .fault = {}};
}

}  // namespace

CompatPart compat_matrix(Definition& parent) {
  auto options = std::make_shared<MatrixOptions>();
  Definition part = parent.nested("matrix", "Show which forward-compatibility package serves on which driver branch");
  part.text({.names = "--edition", .value = "NAME", .text = "Edition of the guide, such as R570; default: the newest"},
            options->edition);
  part.text({.names = "--format", .value = "TABLE", .text = "Form of the table: text, json or markdown"},
            options->format);
  part.text({.names = "--recipes", .value = "DIR", .text = "Read the recipes from DIR instead of the built-in ones"},
            options->recipes);
  add_output_options(part, options->output);
  return {part, [options](Context& context) { return run(*options, context); }};
}

}  // namespace cudnn_install
