// package: the packaging build asks here what an archive is made of; it has no reader of archives and ELF files itself.
#include <filesystem>
#include <memory>

#include "base/text.h"
#include "cli/change.h"
#include "cli/commands.h"
#include "cli/package_record.h"
#include "cli/request.h"
#include "cli/terminal.h"
#include "plan/package_plan.h"
#include "system/signals.h"
#include "transaction/unpack.h"

namespace cudnn_install {

namespace {

struct PackageOptions {
  OutputOptions output{};
  ChoiceOptions choice{};
  std::vector<std::string> distros{};
  std::string into{};
};

std::string text_of(const PackagePlan& plan, const std::string& directory) {
  std::string text = "unpacked cuDNN " + plan.wanted.version.text() + " for CUDA " + plan.cuda + " into " +
                     printable(directory) + "\n";
  for (const PackageTarget& target : plan.targets) {
    for (const PackageDescription& package : target.packages) {
      text += target.distro + ": " + package.file + ", " + std::to_string(package.paths.size()) + " paths\n";
    }
  }
  return text;
}

Result<PackagePlan> planned(const PackageOptions& options, const Request& request, const RecipeBook& book) {
  const auto glance = glance_of(request, book.catalogue);
  if (!glance) {
    return tl::unexpected(glance.error());
  }
  const auto wanted = wanted_for_packages(request, book.recipes, book.catalogue, *glance);
  if (!wanted) {
    return tl::unexpected(wanted.error());
  }
  return package_plan({.distros = options.distros, .cuda = request.cuda}, book.recipes, *wanted);
}

Result<Outcome> carried_out(const PackagePlan& plan, const std::string& directory, const RecipeBook& book,
                            const Unpacking& how) {
  Result<PackagePlan> full = plan;
  Unpacking checked = how;
  checked.accept = [&](const Payload& found) {
    full = filled(plan, book.recipes, found);
    return full ? Result<void>() : Result<void>(tl::unexpected(full.error()));
  };
  const auto payload = unpacked(plan.wanted, directory, checked);
  if (!payload) {
    return tl::unexpected(payload.error());
  }
  return Outcome{.text = text_of(*full, directory), .record = package_record(*full, *payload, directory), .fault = {}};
}

Result<Request> checked_request(const PackageOptions& options) {
  auto request = request_from(options.choice, {});
  if (request && (request->archives.empty() || is_url(request->archives.front()))) {
    return failure(Fault::usage, "package takes an archive in hand", "name it: --archive FILE");
  }
  if (request && (options.into.empty() || options.distros.empty())) {
    return failure(Fault::usage, "package wants to know where to unpack, and for which distributions",
                   "for example: --into build/payload --distro debian12 --distro rhel9");
  }
  return request;
}

Result<Outcome> run(const PackageOptions& options, Context& context) {
  const auto request = checked_request(options);
  if (!request) {
    return tl::unexpected(request.error());
  }
  watch_signals();
  const auto book = recipe_book(options.choice.recipes, context);
  const auto plan = book ? planned(options, *request, *book) : Result<PackagePlan>(tl::unexpected(book.error()));
  if (!plan) {
    return tl::unexpected(plan.error());
  }
  const auto expected = expectation_of(*request, book->catalogue);
  if (!expected) {
    return tl::unexpected(expected.error());
  }
  const std::string directory = std::filesystem::absolute(options.into).lexically_normal().string();
  Progress progress(context, options.output.quiet ? Talk::quiet : Talk::normal);
  Unpacking how{.files = context.files};
  how.options.report = [&progress](const Event& event) { progress.show(event); };
  how.options.instead = expected->instead;
  return carried_out(*plan, directory, *book, how);
}

}  // namespace

Run add_package(Definition& definition) {
  auto options = std::make_shared<PackageOptions>();
  definition.text({.names = "--into", .value = "DIR", .text = "Directory to unpack into, which does not exist yet"},
                  options->into);
  definition.texts({.names = "--distro",
                    .value = "NAME",
                    .text = "Distribution that packages are for, as recipe list names it; may be given several times"},
                   options->distros);
  add_archive_options(definition, options->choice);
  add_output_options(definition, options->output);
  return [options](Context& context) { return run(*options, context); };
}

}  // namespace cudnn_install
