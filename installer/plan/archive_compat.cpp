// Forward-compatibility libraries from an archive in hand, as files of a prefix of their own: what NVIDIA's redist tree
// has, or a driver's runfile. The decision (compat/) has been made, from the library inside.
#include <algorithm>
#include <array>
#include <utility>

#include "base/text.h"
#include "plan/parts.h"

namespace cudnn_install {
namespace {

constexpr std::array<std::string_view, 2> platforms = {"linux-x86_64", "linux-sbsa"};

const ArchiveForm* form_of(const Product& product, const std::string& kind) {
  const auto found = std::ranges::find(product.files.archives, kind, &ArchiveForm::kind);
  return found == product.files.archives.end() ? nullptr : &*found;
}

std::string below(const ArchiveForm& form, const std::string& name) {
  return form.library.empty() ? name : form.library + "/" + name;
}

// What is copied: all libraries of a redist archive, those that the product names of a driver.
std::vector<std::string> globs_of(const ArchiveForm& form, const Product& product, const CompatArchive& archive) {
  if (!form.top.empty()) {
    return {below(form, "lib*.so*")};
  }
  std::vector<std::string> globs;
  for (const LinkedLibrary& library : product.files.libraries) {
    const std::string glob = library.stem + ".so.*";
    if (std::ranges::any_of(archive.names, [&](const std::string& name) { return matches_glob(name, glob); })) {
      globs.push_back(glob);
    }
  }
  return globs;
}

// The links that the package has and the archive has not.
MakeLinks links_for(const Product& product, const CompatArchive& archive, const std::string& directory) {
  MakeLinks links{.directory = directory};
  const auto has = [&](const std::string& name) {
    return std::ranges::find(archive.names, name) != archive.names.end();
  };
  for (const LinkedLibrary& library : product.files.libraries) {
    std::string target = library.stem + ".so." + archive.driver.text();
    bool leads = has(target);
    for (const std::string& name : library.links) {
      if (leads && !has(name)) {
        links.links.emplace_back(name, target);
      }
      target = name;
      leads = leads || has(name);
    }
  }
  return links;
}

// The platform that the archive's top directory names; a runfile's is that of the machine, held against its libraries.
Result<std::string> platform_of(const Request& request, const Situation& situation, const ArchiveForm& form) {
  auto wanted = wanted_platform(request, situation.host);
  if (form.top.empty() || !wanted) {
    return wanted;
  }
  const CompatArchive& archive = *request.compat->archive;
  std::string expected;
  for (const std::string_view platform : platforms) {
    expected = filled_in(form.top, {{"platform", std::string(platform)},
                                    {"version", archive.driver.text()},
                                    {"cuda", request.compat->cuda->text()}});
    if (expected == archive.top && (!request.arch || platform == *wanted)) {
      return std::string(platform);
    }
    if (expected == archive.top) {
      return failure(
          Fault::usage,
          "the archive is for " + shown_platform(std::string(platform)) + ", but --arch asks for " + *request.arch,
          "drop --arch, or give the archive for " + shown_platform(*wanted));
    }
  }
  return failure(Fault::archive,
                 "the archive's top directory is '" + printable(archive.top) + "', and with its libcuda, of driver " +
                     archive.driver.text() + " and CUDA " + request.compat->cuda->text() + ", it should be such as '" +
                     expected + "'",
                 "take the archive as NVIDIA made it");
}

Wanted wanted_of(const Request& request, const ArchiveForm& form, const Product& product, std::string platform) {
  const CompatWish& wish = *request.compat;
  const CompatArchive& archive = *wish.archive;
  Wanted wanted{.product = product.name + "-" + wish.cuda->text(),
                .front = product.front,
                .version = archive.driver,
                .cuda = wish.cuda->text(),
                .platform = std::move(platform),
                .top = form.top.empty() ? "" : archive.top,
                .license = form.license,
                .location = request.archives.front(),
                .sha256 = archive.sha256,
                .trust = archive.vouched ? "given" : "unverified",
                .shape = form.top.empty() ? Shape::runfile : Shape::archive,
                .allowed = globs_of(form, product, archive),
                .required = {below(form, product.front + ".so." + archive.driver.text())}};
  std::ranges::replace(wanted.product, '.', '-');
  return wanted;
}

std::optional<Clause> clause_of(const ArchiveForm& form, const std::string& step) {
  return form.section.empty() ? std::nullopt : std::optional(Clause{.section = form.section, .step = step});
}

struct StepParts {
  const Wanted& wanted;
  const ArchiveForm& form;
  const Product& product;
  const CompatArchive& archive;
  bool makes_directory = false;
  const Installation* replaced = nullptr;  // by another build
};

// As the guide has them, with what it takes for granted; into `directory`.
std::vector<PlannedStep> steps_for(const StepParts& parts, const std::string& directory,
                                   const std::vector<Installation>& installed) {
  const std::string aside = parts.form.section.empty() ? "the guide does not tell of this archive" : "";
  std::vector<PlannedStep> steps;
  steps.push_back({.step = UnpackArchive{.archive = parts.wanted.location, .shape = parts.wanted.shape},
                   .clause = clause_of(parts.form, "step 1"),
                   .note = aside});
  if (parts.makes_directory) {
    steps.push_back({.step = MakeDirectory{directory}, .note = "the package would make it"});
  }
  if (parts.replaced != nullptr) {
    RemoveOlder older;
    for (const std::string& name : older_names(installed, *parts.replaced)) {
      older.paths.push_back(directory + "/" + name);
    }
    steps.push_back(
        {.step = std::move(older), .note = "names of driver " + parts.replaced->version + ", which is replaced"});
  }
  for (const std::string& glob : parts.wanted.allowed) {
    steps.push_back({.step = CopyFiles{.from = glob, .to = directory, .links = Links::keep},
                     .clause = clause_of(parts.form, "step 2"),
                     .note = aside});
  }
  if (MakeLinks links = links_for(parts.product, parts.archive, directory); !links.links.empty()) {
    steps.push_back({.step = std::move(links), .note = "the package has them, the archive has not"});
  }
  return steps;
}

void add_steps(Plan& plan, const Request& request, const Situation& situation, const ArchiveForm& form,
               const Product& product) {
  StepParts parts{.wanted = *plan.wanted, .form = form, .product = product, .archive = *request.compat->archive};
  parts.makes_directory = !situation.prefix.exists;
  if (const Installation* before = installed_of(situation.receipt, plan.wanted->product)) {
    plan.replaces = before->id;
    if (before->source.sha256 != *plan.wanted->sha256) {
      parts.replaced = before;
      plan.title += ", in place of " + shown(*before);
    }
  }
  const std::vector<Installation>& installed = installations_in(situation.receipt);
  const std::string shown_place =
      request.root == "/" ? request.prefix : resolved_places(request.root, situation.prefix).cuda;
  plan.documented = steps_for(parts, shown_place, installed);
  plan.effective = fused(steps_for(parts, plan.library, installed));
  if (situation.host.root_user) {
    plan.effective.push_back({.step = RefreshLoaderCache{plan.library},
                              .note = "only where the loader's configuration names the directory"});
  }
}

}  // namespace

Result<Plan> planned_compat_archive(const Request& request, const Situation& situation) {
  const CompatWish& wish = *request.compat;
  const auto product = compat_product(situation.recipes);
  const auto distro = distro_for(request, situation);
  if (!product || !distro) {
    return tl::unexpected(!product ? product.error() : distro.error());
  }
  const ArchiveForm* form = form_of(**product, wish.archive->kind);
  if (form == nullptr) {
    return failure(Fault::unsupported, "the recipe '" + (*product)->name + "' does not tell of such an archive");
  }
  auto platform = platform_of(request, situation, *form);
  if (!platform) {
    return tl::unexpected(platform.error());
  }
  Plan plan{.verb = Verb::install,
            .method = wish.archive->kind,
            .document = (*product)->document,
            .distro = distro->distro.name};
  plan.wanted = wanted_of(request, *form, **product, std::move(*platform));
  plan.notes = wish.notes;
  if (auto fits = driver_files_fit(request, situation, *plan.wanted, plan.notes); !fits) {
    return tl::unexpected(fits.error());
  }
  if (distro->fit != Fit::exact) {
    plan.notes.push_back(distro->because);
  }
  plan.title = plan.wanted->product + " " + plan.wanted->version.text() + " (CUDA " + plan.wanted->cuda +
               " on driver " + wish.driver.text() + ") into " + request.prefix;
  plan.root = request.root;
  plan.prefix = request.prefix;
  plan.library = situation.prefix.resolved;
  plan.makes_parent = true;
  plan.glibc = glibc_there(request, distro->distro, situation.host, plan.wanted->platform);
  plan.components = {(*product)->packages.sets.front().kind};
  plan.as_root = situation.host.root_user;
  add_steps(plan, request, situation, *form, **product);
  return plan;
}

}  // namespace cudnn_install
