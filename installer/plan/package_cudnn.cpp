// cuDNN's packages: which release, from where, and whether it may take the place of what is there.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "packages/package_manager_words.h"
#include "plan/parts.h"

namespace cudnn_install {
namespace {

std::string shown(const std::string& version, const std::string& cuda) {
  return version + " for CUDA " + cuda;
}

std::string titled(const Situation& situation, const PackageSource& source, const PackageChoice& choice) {
  std::string title = "cuDNN " + shown(choice.version.text(), choice.cuda) + " as packages for " + source.distro.title;
  const PackageReceipt* standing = packaged(situation, choice.product);
  if (standing != nullptr && (standing->version != choice.version.text() || standing->cuda != choice.cuda)) {
    title += ", in place of " + shown(standing->version, standing->cuda);
  }
  return title;
}

// A named version may go back; "latest" never does.
Result<void> direction_allowed(const Request& request, const Situation& situation, const std::string& product,
                               PackageChoice& choice) {
  const PackageReceipt* standing = packaged(situation, product);
  const auto before = standing == nullptr ? Version{} : Version::parse(standing->version).value_or(Version{});
  if (before <= choice.version) {
    return {};
  }
  if (request.latest || (!request.cudnn && request.archives.empty())) {
    return failure(Fault::usage,
                   "cuDNN " + before.text() + " is installed and newer than " + choice.version.text() +
                       ", the newest that was found",
                   "to go back on purpose, name it: --cudnn " + choice.version.text());
  }
  choice.notes.push_back("this goes back from " + before.text() + " to " + choice.version.text());
  return {};
}

// What lies here already and will be seen before or after the packages' files.
void add_shadows(const Situation& situation, const PackageSource& source, std::vector<std::string>& notes) {
  for (const Installation& each : installations_in(situation.receipt)) {
    notes.push_back("cuDNN " + shown(each) + " stays in " + situation.prefix.library +
                    ": programs that search there (LD_LIBRARY_PATH, RUNPATH, ld.so.conf) take it, all others take the "
                    "packages' in " +
                    filled_in(source.distro.library_directory, {{"triplet", "<triplet>"}}));
  }
}

std::optional<Version> version_asked_for(const Request& request, Verb verb, const Situation& situation) {
  if (verb == Verb::upgrade && !request.cudnn && !request.latest) {  // programs are linked with a major: stay in it
    const auto standing = Version::parse(situation.package_receipts.back().version).value_or(Version{});
    return Version::parse(standing.first(1)).value_or(Version{});
  }
  return request.cudnn;
}

Result<PackageChoice> choice_for(const Request& request, Verb verb, const Situation& situation,
                                 const PackageSource& source) {
  if (is_local(source.method)) {
    return packages_of_installer(request, situation, source);
  }
  if (!request.archives.empty()) {
    return failure(
        Fault::usage, "the method " + source.method.name + " takes no --archive",
        "for a local installer: --method " + std::string(uses_dpkg(source.distro.manager) ? "deb" : "rpm") + "-local");
  }
  return packages_from_catalogue(request, situation, source, version_asked_for(request, verb, situation));
}

// The names of cuDNN's packages, if this version may be installed now.
Result<void> with_packages(const Request& request, const Situation& situation, const PackageSource& source,
                           const Product& product, PackageChoice& choice) {
  return direction_allowed(request, situation, product.name, choice)
      .and_then([&] { return add_packages(request, product, uses_dpkg(source.distro.manager), choice); })
      .and_then([&] { return is_local(source.method) ? all_in_installer(situation, source, choice) : Result<void>(); });
}

}  // namespace

Result<PackageOrder> cudnn_order(const Request& request, Verb verb, const Situation& situation, const Distro& distro,
                                 const Method& method) {
  auto source = is_local(method) ? local_source(request, situation, distro, method)
                                 : network_source(request, situation, distro, method);
  if (!source) {
    return tl::unexpected(source.error());
  }
  auto choice = choice_for(request, verb, situation, *source);
  if (!choice) {
    return tl::unexpected(choice.error());
  }
  const Product& product = *find_product(situation.recipes, static_cast<int>(choice->version.major()));
  if (auto named = with_packages(request, situation, *source, product, *choice); !named) {
    return tl::unexpected(named.error());
  }
  std::string title = titled(situation, *source, *choice);
  auto prerequisites = checked(method.prerequisites, distro, situation,
                               {.version = choice->version, .cuda = choice->cuda, .platform = source->platform});
  add_shadows(situation, *source, choice->notes);
  return PackageOrder{.product = product,
                      .source = *std::move(source),
                      .choice = *std::move(choice),
                      .title = std::move(title),
                      .prerequisites = std::move(prerequisites)};
}

}  // namespace cudnn_install
