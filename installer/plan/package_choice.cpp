// Which packages of which version.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "packages/package_manager_words.h"
#include "plan/parts.h"

namespace cudnn_install {
namespace {

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

// The kinds of package that a component means: v8 has its static libraries in -dev.
const PackageSet* set_of(const Product& product, const std::string& component) {
  const auto named = std::find_if(product.packages.sets.begin(), product.packages.sets.end(),
                                  [&](const PackageSet& set) { return set.kind == component; });
  const auto holding = std::find_if(product.packages.sets.begin(), product.packages.sets.end(),
                                    [&](const PackageSet& set) { return has(set.holds, component); });
  return named != product.packages.sets.end() ? &*named : holding != product.packages.sets.end() ? &*holding : nullptr;
}

// What the packages of a release call the CUDA of an archive: 12.2 for 12, or 12 from cuDNN 9 on.
Result<std::string> cuda_in_names(const Request& request, const Product& product, const Version& release,
                                  const Version& variant) {
  if (product.packages.cuda.empty()) {
    return std::to_string(variant.major());
  }
  if (variant.size() > 1) {
    return variant.first(2);
  }
  for (const PackageCuda& row : product.packages.cuda) {
    for (const Version& cuda : row.versions) {
      if (release.starts_with(row.release) && cuda.major() == variant.major()) {
        return cuda.text();
      }
    }
  }
  if (request.cuda && request.cuda->major() == variant.major() && request.cuda->size() > 1) {
    return request.cuda->first(2);
  }
  return failure(
      Fault::usage,
      "which CUDA " + variant.text() + " the packages of cuDNN " + release.text() + " are named after is not known",
      "say it with its minor: --cuda " + variant.text() + ".2");
}

// The variant of a release for a CUDA major, or its newest where no CUDA is told.
Result<std::optional<Version>> variant_of(const Catalogue& catalogue, const Version& version,
                                          const std::string& platform, const std::optional<Version>& cuda) {
  std::optional<Version> newest;
  if (cuda) {
    const auto match = catalogue.archive(version, platform, *cuda);
    if (!match) {
      return tl::unexpected(match.error());
    }
    const std::optional<Catalogue::Match>& found = *match;
    return found ? std::optional(Version::parse(found->artifact.cuda).value_or(Version{})) : newest;
  }
  const auto release = catalogue.release(version);
  if (!release) {
    return tl::unexpected(release.error());
  }
  for (const Artifact& artifact : release->artifacts) {
    const auto variant = Version::parse(artifact.cuda);
    if (artifact.component == "cudnn" && artifact.platform == platform && variant && (!newest || *newest < *variant)) {
      newest = *variant;
    }
  }
  return newest;
}

bool brought_there(const PackageSource& source, const Version& version) {
  const std::optional<Version>& newest = source.distro.repository.newest;
  return !source.own || !newest || version <= *newest || version.starts_with(*newest);
}

Error nothing_found(const PackageSource& source, const std::optional<Version>& cuda,
                    const std::optional<Version>& prefix) {
  return {.fault = Fault::unsupported,
          .what = "no release of cuDNN" + (prefix ? " " + prefix->text() : std::string()) +
                  " is known that has packages" +
                  (cuda ? " for CUDA " + std::to_string(cuda->major()) : std::string()) + " on " +
                  shown_platform(source.platform),
          .hint = "another --cudnn or --cuda may exist: cudnn-install releases"};
}

}  // namespace

PackageVersion package_of(const PackageSet& set, const Product& product, bool deb, const PackageChoice& choice,
                          const std::string& version) {
  const std::string major = choice.cuda.substr(0, choice.cuda.find('.'));
  std::string dashed = choice.cuda;
  std::replace(dashed.begin(), dashed.end(), '.', '-');
  const ForFormats& release = product.packages.release;
  const std::string end = filled_in(deb ? release.deb : release.rpm, {{"cuda", choice.cuda}});
  return {.name = filled_in(deb ? set.name.deb : set.name.rpm, {{"major", major}, {"dashed", dashed}}),
          .version = version.empty() ? "" : version + "-" + end};
}

Result<void> add_packages(const Request& request, const Product& product, bool deb, PackageChoice& choice) {
  static const std::vector<std::string> usual = {"runtime", "dev", "samples"};
  std::vector<std::string> all;
  for (const std::string& name : request.components.empty() ? usual : request.components) {
    const PackageSet* set = set_of(product, name);
    if (set == nullptr) {
      return failure(Fault::usage, "no package of " + product.title + " is called '" + printable(name) + "'",
                     "there are: runtime, dev, static, samples");
    }
    choice.components.push_back(name);
    all.push_back(set->kind);
  }
  choice.kinds = all;
  for (std::size_t i = 0; i < all.size(); ++i) {  // what they need in the same version has to be named too
    const std::vector<std::string> needs = set_of(product, all[i])->needs;
    std::copy_if(needs.begin(), needs.end(), std::back_inserter(all),
                 [&](const auto& kind) { return !has(all, kind); });
  }
  for (const PackageSet& set : product.packages.sets) {
    if (has(all, set.kind)) {
      choice.packages.push_back(package_of(set, product, deb, choice, choice.version.text()));
    }
  }
  return {};
}

Result<PackageChoice> packages_from_catalogue(const Request& request, const Situation& situation,
                                              const PackageSource& source, const std::optional<Version>& prefix) {
  if (prefix && !situation.catalogue.newest(prefix)) {
    return failure(Fault::usage, "the catalogue knows no cuDNN " + prefix->text(),
                   "to see what it knows, type: cudnn-install releases");
  }
  const std::optional<Version> cuda = told_cuda(request, situation);
  std::optional<Error> unnamed;
  auto versions = situation.catalogue.versions();
  std::reverse(versions.begin(), versions.end());
  for (const Version& version : versions) {
    const Product* product = find_product(situation.recipes, static_cast<int>(version.major()));
    if ((prefix ? !version.starts_with(*prefix) : !brought_there(source, version)) || product == nullptr ||
        product->packages.sets.empty()) {
      continue;
    }
    const auto variant = variant_of(situation.catalogue, version, source.platform, cuda);
    if (!variant) {
      return tl::unexpected(variant.error());
    }
    if (!*variant) {
      continue;
    }
    const auto name = cuda_in_names(request, *product, version, **variant);
    if (name) {
      PackageChoice choice{.product = product->name, .version = version, .cuda = *name};
      if (!brought_there(source, version)) {
        choice.notes.push_back("NVIDIA's repository for " + source.distro.title + " is known to bring cuDNN up to " +
                               source.distro.repository.newest->text() + " alone");
      }
      return choice;
    }
    unnamed = unnamed.value_or(name.error());
  }
  return tl::unexpected(unnamed.value_or(nothing_found(source, cuda, prefix)));
}

}  // namespace cudnn_install
