#include <memory>

#include "cli/commands.h"
#include "cli/options.h"
#include "cli/records.h"
#include "cli/survey.h"

namespace cudnn_install {

namespace {

struct ReleasesOptions {
  OutputOptions output{};
  std::string recipes{};
  std::string version{};
};

std::string text_of(const Artifact& artifact) {
  std::string text = artifact.file + "\n  " + artifact.component + ", " + artifact.platform +
                     (artifact.cuda.empty() ? "" : ", CUDA " + artifact.cuda);
  text += "\n  sha256 " + artifact.sha256.hex() + "\n  " + artifact.url + "\n";
  return text;
}

Outcome all_of(const Catalogue& catalogue) {
  const std::vector<Version> versions = catalogue.versions();
  std::string text;
  for (const Version& version : versions) {
    text += version.text() + "\n";
  }
  return {.text = text, .record = releases_record(versions), .fault = {}};
}

Result<Outcome> one_of(const Catalogue& catalogue, const std::string& typed) {
  const auto version = Version::parse(typed);
  if (!version) {
    return tl::unexpected(version.error());
  }
  const auto release = catalogue.release(catalogue.newest(*version).value_or(*version));
  if (!release) {
    return tl::unexpected(release.error());
  }
  std::string text;
  for (const Artifact& artifact : release->artifacts) {
    text += text_of(artifact);
  }
  return Outcome{.text = text, .record = release_record(*release), .fault = {}};
}

Result<Outcome> run(const ReleasesOptions& options, Context& context) {
  const auto book = recipe_book(options.recipes, context);
  if (!book) {
    return tl::unexpected(book.error());
  }
  return options.version.empty() ? Result<Outcome>(all_of(book->catalogue)) : one_of(book->catalogue, options.version);
}

}  // namespace

Run add_releases(Definition& definition) {
  auto options = std::make_shared<ReleasesOptions>();
  definition.optional(
      {.names = "VERSION", .value = "VERSION", .text = "Show the archives of this release; 8.9 means the newest 8.9"},
      options->version);
  definition.text(
      {.names = "--recipes", .value = "DIR", .text = "Read the recipes from DIR instead of the built-in ones"},
      options->recipes);
  add_output_options(definition, options->output);
  return [options](Context& context) { return run(*options, context); };
}

}  // namespace cudnn_install
