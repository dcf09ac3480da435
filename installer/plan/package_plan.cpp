#include "plan/package_plan.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/text.h"
#include "plan/package_parts.h"
#include "plan/parts.h"

namespace cudnn_install {

namespace {

struct Machine {
  std::string_view platform;
  std::string_view deb;
  std::string_view rpm;
  std::string_view isa;
  std::string_view triplet;
};
constexpr std::array machines = {
    Machine{"linux-x86_64", "amd64", "x86_64", "x86-64", "x86_64-linux-gnu"},
    Machine{"linux-sbsa", "arm64", "aarch64", "aarch-64", "aarch64-linux-gnu"},
    Machine{"linux-ppc64le", "ppc64el", "ppc64le", "ppc-64", "powerpc64le-linux-gnu"},
};

const Machine* machine_for(std::string_view platform) {
  const auto* found = std::find_if(machines.begin(), machines.end(),
                                   [&](const Machine& machine) { return machine.platform == platform; });
  return found == machines.end() ? nullptr : found;
}

bool has(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

const std::string& of(const ForFormats& texts, PackageFormat format) {
  return format == PackageFormat::deb ? texts.deb : texts.rpm;
}

Result<std::string> cuda_of(const PackageRequest& request, const Product& product, const Wanted& wanted) {
  const auto variant = Version::parse(wanted.cuda, Fault::internal);
  if (!variant) {
    return tl::unexpected(variant.error());
  }
  if (request.cuda && request.cuda->major() != variant->major()) {
    return failure(Fault::usage, "--cuda says " + request.cuda->text() + ", and the archive is for CUDA " + wanted.cuda,
                   "drop --cuda, or give the archive for CUDA " + std::to_string(request.cuda->major()));
  }
  const bool major_alone = product.packages.cuda.empty();
  if (major_alone || (!request.cuda && variant->size() > 1)) {
    return major_alone ? std::to_string(variant->major()) : variant->first(2);
  }
  if (request.cuda && request.cuda->size() > 1) {
    return request.cuda->first(2);
  }
  for (const PackageCuda& row : product.packages.cuda) {
    for (const Version& cuda : row.versions) {
      if (wanted.version.starts_with(row.release) && cuda.major() == variant->major()) {
        return cuda.text();
      }
    }
  }
  return failure(
      Fault::usage,
      "which CUDA " + wanted.cuda + " the packages of cuDNN " + wanted.version.text() + " are named after is not known",
      "say it with its minor: --cuda " + wanted.cuda + ".2");
}

Result<PackageTarget> target_for(const std::string& name, const Recipes& recipes, const Machine& machine) {
  const Distro* distro = find_distro(recipes, name);
  if (distro == nullptr) {
    std::vector<std::string> known;
    for (const Distro& each : recipes.distros) {
      known.push_back(each.name);
    }
    const std::string near = nearest(name, known);
    return failure(Fault::usage, "no distribution '" + name + "'",
                   near.empty() ? "run: cudnn-install recipe list" : "did you mean '" + near + "'?");
  }
  if (distro->packing.compression.empty()) {
    return failure(Fault::unsupported, "no packages are made for '" + name + "': its recipe says nothing of 'packing'");
  }
  PackageTarget target{.distro = name, .packing = distro->packing};
  target.format = distro->family == PackageFamily::apt ? PackageFormat::deb : PackageFormat::rpm;
  target.architecture = target.format == PackageFormat::deb ? machine.deb : machine.rpm;
  return target;
}

// The packages of one target, by the recipe alone; what they hold comes later.
std::vector<PackageDescription> described(const PackageTarget& target, const Product& product,
                                          const PackagePlan& plan) {
  const bool deb = target.format == PackageFormat::deb;
  const std::string major = plan.cuda.substr(0, plan.cuda.find('.'));
  std::vector<PackageDescription> packages;
  for (const PackageSet& set : product.packages.sets) {
    PackageDescription package{.kind = set.kind,
                               .name = filled_in(of(set.name, target.format), {{"major", major}}),
                               .version = plan.wanted.version.text(),
                               .release = filled_in(of(product.packages.release, target.format), {{"cuda", plan.cuda}}),
                               .architecture = target.architecture,
                               .summary = set.summary};
    if (set.any_architecture) {
      package.architecture = deb ? "all" : "noarch";
      package.multi_arch = deb ? "foreign" : "";
    } else if (deb && !has(set.holds, "links") && !has(set.holds, "samples")) {
      package.multi_arch = "same";
    }
    const std::string full = package.version + "-" + package.release;
    package.file = deb ? package.name + "_" + full + "_" + package.architecture + ".deb"
                       : package.name + "-" + full + "." + package.architecture + ".rpm";
    packages.push_back(std::move(package));
  }
  return packages;
}

// One target with what goes into its packages.
class Filling {
 public:
  Filling(const PackagePlan& plan, PackageTarget& target, const Recipes& recipes)
      : plan_(plan),
        target_(target),
        product_(*find_product(recipes, static_cast<int>(plan.wanted.version.major()))),
        distro_(*find_distro(recipes, target.distro)) {
    const Machine& machine = *machine_for(plan.wanted.platform);
    const std::map<std::string, std::string> names = {{"triplet", std::string(machine.triplet)}};
    places_.library = filled_in(distro_.library_directory, names);
    places_.include = is_deb() ? "/usr/include/" + names.at("triplet") : "/usr/include";
    places_.isa = machine.isa;
  }

  Result<void> fill(const Payload& payload, const PackageContents& contents) {
    if (payload.glibc && distro_.glibc && *payload.glibc > *distro_.glibc) {
      return failure(Fault::unsupported,
                     "'" + payload.glibc_user + "' needs glibc " + payload.glibc->text() + ", and " + distro_.title +
                         " (" + distro_.name + ") has " + distro_.glibc->text(),
                     "leave " + distro_.name + " out, or package an older cuDNN for it");
    }
    for (std::size_t i = 0; i < target_.packages.size(); ++i) {
      if (auto filled = fill(target_.packages[i], product_.packages.sets[i], contents); !filled) {
        return filled;
      }
    }
    return {};
  }

 private:
  [[nodiscard]] bool is_deb() const { return target_.format == PackageFormat::deb; }

  Result<void> fill(PackageDescription& package, const PackageSet& set, const PackageContents& contents) {
    const bool grouped = has(set.holds, "links") && has(set.holds, "static");
    const auto naming = grouped ? PackageContents::Naming::grouped : PackageContents::Naming::alone;
    for (const std::string& word : set.holds) {
      const auto paths = contents.paths(word, places_, naming);
      package.paths.insert(package.paths.end(), paths.begin(), paths.end());
    }
    std::sort(package.paths.begin(), package.paths.end(),
              [](const PackagedPath& one, const PackagedPath& other) { return one.path < other.path; });
    if (has(set.holds, "links")) {
      const Version& version = plan_.wanted.version;
      package.alternatives = {.priority = version.part(0) * 10000 + version.part(1) * 100 + version.part(2),
                              .entries = contents.alternatives(places_, naming)};
    }
    if (has(set.holds, "samples")) {
      package.samples = "/usr/src/cudnn_samples_v" + std::to_string(product_.major);
    }
    add_relations(package, set);
    return has(set.holds, "libraries") ? add_libraries(package, contents) : Result<void>();
  }

  void add_relations(PackageDescription& package, const PackageSet& set) {
    for (const PackageDescription& other : target_.packages) {
      const std::string full = other.version + "-" + other.release;
      if (has(set.needs, other.kind)) {
        package.depends.push_back(is_deb() ? other.name + " (= " + full + ")"
                                           : other.name + "(" + places_.isa + ") = " + full);
      }
      if (has(set.suits, other.kind) && target_.packing.weak_depends) {
        package.recommends.push_back(other.name);
      }
    }
  }

  Result<void> add_libraries(PackageDescription& package, const PackageContents& contents) {
    const std::vector<LibraryNeeds> needs = contents.needs();
    const std::string major = plan_.cuda.substr(0, plan_.cuda.find('.'));
    std::string dashed = plan_.cuda;
    std::replace(dashed.begin(), dashed.end(), '.', '-');
    for (const OpenedLate& late : product_.packages.opened_late) {
      if (late.cuda != major || !target_.packing.weak_depends) {
        continue;
      }
      std::string alternatives;
      for (const std::string& deb : late.debs) {
        alternatives += (alternatives.empty() ? "" : " | ") + filled_in(deb, {{"dashed", dashed}});
      }
      package.recommends.push_back(is_deb() ? alternatives : late.soname + "()(64bit)");
    }
    if (!is_deb()) {
      return {};
    }
    for (const LibraryNeeds& library : needs) {
      const std::size_t at = library.soname.find(".so.");
      package.shlibs.push_back(library.soname.substr(0, at) + " " + library.soname.substr(at + 4) + " " + package.name +
                               " (>= " + package.version + ")");
    }
    auto depends = debian_depends(needs);
    if (!depends) {
      return tl::unexpected(depends.error());
    }
    package.depends.insert(package.depends.end(), depends->begin(), depends->end());
    return {};
  }

  const PackagePlan& plan_;
  PackageTarget& target_;
  const Product& product_;
  const Distro& distro_;
  PackagePlaces places_{};
};

}  // namespace

std::string_view name_of(PackageFormat format) {
  return format == PackageFormat::deb ? "deb" : "rpm";
}

Result<Wanted> wanted_for_packages(const Request& request, const Recipes& recipes, const Catalogue& catalogue,
                                   const std::optional<ArchiveGlance>& glance) {
  const Host host{};
  const PrefixFacts prefix{};
  const std::optional<Receipt> receipt{};
  auto choice = archive_in_hand(request, {.recipes = recipes,
                                          .catalogue = catalogue,
                                          .host = host,
                                          .prefix = prefix,
                                          .receipt = receipt,
                                          .glance = glance});
  return choice ? Result<Wanted>(std::move(choice->wanted)) : tl::unexpected(choice.error());
}

std::string package_architecture(const std::string& platform, bool deb) {
  const Machine* machine = machine_for(platform);
  return machine == nullptr ? std::string() : std::string(deb ? machine->deb : machine->rpm);
}

Result<PackagePlan> package_plan(const PackageRequest& request, const Recipes& recipes, const Wanted& wanted) {
  const Product* product = find_product(recipes, static_cast<int>(wanted.version.major()));
  const Machine* machine = machine_for(wanted.platform);
  if (product == nullptr || product->packages.sets.empty()) {
    return failure(Fault::unsupported, "no recipe says how cuDNN " + wanted.version.text() + " is packaged");
  }
  if (machine == nullptr) {
    return failure(Fault::unsupported, "no packages are made for the platform '" + wanted.platform + "'",
                   "take an archive for linux-x86_64, linux-sbsa or linux-ppc64le");
  }
  auto cuda = cuda_of(request, *product, wanted);
  if (!cuda) {
    return tl::unexpected(cuda.error());
  }
  PackagePlan plan{.wanted = wanted, .cuda = std::move(*cuda)};
  for (const std::string& distro : request.distros) {
    auto target = target_for(distro, recipes, *machine);
    if (!target) {
      return tl::unexpected(target.error());
    }
    target->packages = described(*target, *product, plan);
    plan.targets.push_back(std::move(*target));
  }
  return plan;
}

Result<PackagePlan> filled(PackagePlan plan, const Recipes& recipes, const Payload& payload) {
  const auto contents = PackageContents::of(payload, plan.wanted);
  if (!contents) {
    return tl::unexpected(contents.error());
  }
  for (PackageTarget& target : plan.targets) {
    if (auto full = Filling(plan, target, recipes).fill(payload, *contents); !full) {
      return tl::unexpected(full.error());
    }
  }
  return plan;
}

}  // namespace cudnn_install
