// Forward-compatibility packages: the decision (compat/) has said which; the version is the newest that a repository
// has in the range that serves.
#include <algorithm>
#include <utility>

#include "base/text.h"
#include "packages/offered.h"
#include "packages/package_manager_words.h"
#include "plan/parts.h"

namespace cudnn_install {
namespace {

constexpr std::string_view product_name = "cuda-compat";

// Whether a local installer brings one that serves. Which it is shows after the refresh: a file's name tells no epoch.
Result<void> brings_one(const CompatWish& wish, const Situation& situation, const PackageSource& source,
                        const PackageChoice& choice) {
  std::string versions;
  for (const PackageVersion& each : packages_brought(situation, uses_dpkg(source.distro.manager))) {
    if (each.name != choice.product) {
      continue;
    }
    if (serves(wish.range, Version::parse(upstream_version(each.version)).value_or(Version{}))) {
      return {};
    }
    versions += (versions.empty() ? "" : ", ") + each.version;
  }
  return failure(Fault::unsupported,
                 "'" + printable(source.url) + "' brings no " + choice.product +
                     " that serves: it has to be newer than " + wish.range.above.text() + " and below " +
                     wish.range.below.text() + ", and there is " + (versions.empty() ? "none" : printable(versions)),
                 "take the installer of CUDA " + choice.cuda);
}

}  // namespace

bool serves(const VersionRange& range, const Version& driver) {
  return range.above < driver && driver < range.below;
}

Result<const Product*> compat_product(const Recipes& recipes) {
  const Product* product = find_product(recipes, product_name);
  return product != nullptr && product->packages.sets.size() == 1
             ? Result<const Product*>(product)
             : failure(Fault::unsupported, "no recipe says how a forward-compatibility package is called",
                       "leave out --recipes, or add products/cuda-compat.yaml to it");
}

namespace {

Result<PackageChoice> choice_of(const CompatWish& wish, const Situation& situation, const Product& product,
                                const PackageSource& source) {
  const PackageSet& set = product.packages.sets.front();
  PackageChoice choice{.cuda = wish.cuda->text(), .components = {set.kind}, .kinds = {set.kind}};
  choice.packages = {package_of(set, product, uses_dpkg(source.distro.manager), choice, "")};
  choice.product = choice.packages.front().name;
  choice.notes = wish.notes;
  if (!wish.in_hand && source.installer.name.empty()) {
    return choice;
  }
  if (!wish.in_hand) {
    return brings_one(wish, situation, source, choice).map([&] { return std::move(choice); });
  }
  if (wish.in_hand->name != choice.product) {
    return failure(Fault::unsupported,
                   "'" + printable(source.url) + "' is the package " + printable(wish.in_hand->name) +
                       ", and a libcuda of CUDA " + choice.cuda + " is in " + choice.product,
                   "take the package as NVIDIA made it");
  }
  choice.packages = {*wish.in_hand};
  choice.version = Version::parse(upstream_version(wish.in_hand->version)).value_or(Version{});
  return choice;
}

// A repository, a local installer of CUDA, or the package itself.
Result<PackageSource> source_of(const Request& request, const Situation& situation, const Distro& distro,
                                const Method& method) {
  if (!is_local(method)) {
    return network_source(request, situation, distro, method);
  }
  if (!request.compat->in_hand) {
    return cuda_repository(request, situation, distro, method);
  }
  const auto platform = wanted_platform(request, situation.host);
  if (!platform) {
    return tl::unexpected(platform.error());
  }
  return PackageSource{.distro = distro,
                       .method = method,
                       .platform = *platform,
                       .url = request.archives.front(),
                       .installer = *request.compat->in_hand};
}

}  // namespace

Result<PackageOrder> compat_order(const Request& request, const Situation& situation, const Distro& distro,
                                  const Method& method) {
  auto source = source_of(request, situation, distro, method);
  const auto product =
      source ? compat_product(situation.recipes) : Result<const Product*>(tl::unexpected(source.error()));
  if (!product) {
    return tl::unexpected(product.error());
  }
  const CompatWish& wish = *request.compat;
  auto choice = choice_of(wish, situation, **product, *source);
  if (!choice) {
    return tl::unexpected(choice.error());
  }
  if (const PackageReceipt* standing = packaged(situation, choice->product)) {
    choice->notes.insert(choice->notes.begin(),
                         standing->product + " " + standing->version + " is there, and stays if it serves");
  }
  std::string title =
      choice->product + " (CUDA " + choice->cuda + " on driver " + wish.driver.text() + ") for " + distro.title;
  return PackageOrder{.product = **product,
                      .source = *std::move(source),
                      .choice = *std::move(choice),
                      .title = std::move(title),
                      .range = wish.range,
                      .in_hand = wish.in_hand.has_value()};
}

Result<const PackageReceipt*> compat_meant(const CompatWish& wish, const Situation& situation) {
  const PackageReceipt* found = nullptr;
  std::string all;
  for (const PackageReceipt& each : situation.package_receipts) {
    if (wish.cuda && each.cuda != wish.cuda->text()) {
      continue;
    }
    all += (all.empty() ? "" : ", ") + each.cuda;
    if (found != nullptr) {
      return failure(Fault::usage, "forward-compatibility packages of several CUDA versions are installed: " + all,
                     "say which: --cuda " + each.cuda);
    }
    found = &each;
  }
  return found != nullptr ? Result<const PackageReceipt*>(found)
                          : failure(Fault::usage, "cudnn-install has installed no such forward-compatibility package");
}

}  // namespace cudnn_install
