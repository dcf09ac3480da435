// What the files of this folder share with each other; everybody else reads plan.h.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace cudnn_install {

// An archive that was decided on, and what is to be said about the decision.
struct Choice {
  Wanted wanted{};
  std::vector<std::string> notes{};
};

// install.cpp: the recipe for the machine or the named one, and the method if it is offered there.
Result<ChosenDistro> distro_for(const Request& request, const Situation& situation);
Result<const Method*> method_for(const Request& request, const Recipes& recipes, const Distro& distro);

// identity.cpp: what the one archive of the request is. Order of belief: its digest in the catalogue, its top
// directory, --cudnn --cuda --arch together; whatever was asked for must agree with it.
Result<Choice> archive_in_hand(const Request& request, const Situation& situation);
// `wanted` with what the product's recipe knows of its version: product, front, top (unless set), licence, header.
Result<Wanted> with_layout(Wanted wanted, const Recipes& recipes);
// linux-sbsa for sbsa …; an unknown word is a usage error.
Result<std::string> platform_named(const std::string& arch);

// choice.cpp: the newest release that starts with `prefix` and has an archive for the platform and the CUDA major.
Result<Choice> archive_from_catalogue(const Request& request, const Situation& situation,
                                      const std::optional<Version>& prefix);

Result<std::string> wanted_platform(const Request& request, const Host& host);
// What was said, else the toolkit at the prefix, else the newest of this machine; nothing where there is none.
std::optional<Version> told_cuda(const Request& request, const Situation& situation);

// package_source.cpp: where the packages of a method come from.
struct PackageSource {
  const Distro& distro;
  const Method& method;
  std::string platform{};
  std::string url{};           // of the network repository, without a slash at its end; of a local installer its file
  std::string word{};          // what the tree calls the architecture; "" for a local installer
  std::string id{};            // cuda-rhel9-x86_64
  std::string refresh{};       // what alone is to be refreshed: apt's list file or a repository's id
  std::string keyring{};       // of a local installer: where it brings it
  bool own = false;            // NVIDIA's own tree
  PackageVersion installer{};  // the local installer itself
};
Result<PackageSource> network_source(const Request& request, const Situation& situation, const Distro& distro,
                                     const Method& method);

// package_choice.cpp: what they are called.
struct PackageChoice {
  std::string product{};  // of the receipt: cudnn8, cuda-compat-13-0
  Version version{};
  std::string cuda{};  // as the packages say it: 12.2, or 12
  std::vector<std::string> components{};
  std::vector<std::string> kinds{};        // of the sets that hold them
  std::vector<PackageVersion> packages{};  // with what they need in the same version, in the recipe's order
  std::vector<std::string> notes{};
};
Result<PackageChoice> packages_from_catalogue(const Request& request, const Situation& situation,
                                              const PackageSource& source, const std::optional<Version>& prefix);
// Fills in components, kinds and packages, the latter for the distro's kind of package.
Result<void> add_packages(const Request& request, const Product& product, bool deb, PackageChoice& choice);
// One package of `choice`; `version` as the guide has it (8.9.6.*), in four parts, or "".
PackageVersion package_of(const PackageSet& set, const Product& product, bool deb, const PackageChoice& choice,
                          const std::string& version);

// package_installer.cpp: a local installer in hand, or named, decides the same.
Result<PackageSource> local_source(const Request& request, const Situation& situation, const Distro& distro,
                                   const Method& method);
Result<PackageChoice> packages_of_installer(const Request& request, const Situation& situation,
                                            const PackageSource& source);

// The same of a local installer of CUDA, whose package's name begins with cuda-repo-.
Result<PackageSource> cuda_repository(const Request& request, const Situation& situation, const Distro& distro,
                                      const Method& method);
// What the installer brings, by the names of its files.
std::vector<PackageVersion> packages_brought(const Situation& situation, bool deb);

// Whether the installer brings all of `choice`.
Result<void> all_in_installer(const Situation& situation, const PackageSource& source, const PackageChoice& choice);

// What is to be installed, decided; from here on all products are alike.
struct PackageOrder {
  const Product& product;
  PackageSource source;
  PackageChoice choice;
  std::string title{};
  std::vector<PrerequisiteLine> prerequisites{};
  std::optional<VersionRange> range{};  // the version is the newest of it
  bool in_hand = false;                 // the one package is the source's file
};

// package_install.cpp
Result<Plan> planned_packages(const Request& request, Verb verb, const Situation& situation);
const PackageReceipt* packaged(const Situation& situation, const std::string& product);
bool is_local(const Method& method);

// package_cudnn.cpp
Result<PackageOrder> cudnn_order(const Request& request, Verb verb, const Situation& situation, const Distro& distro,
                                 const Method& method);

// package_compat.cpp: forward-compatibility packages.
Result<PackageOrder> compat_order(const Request& request, const Situation& situation, const Distro& distro,
                                  const Method& method);
// The receipt that is meant.
Result<const PackageReceipt*> compat_meant(const CompatWish& wish, const Situation& situation);

// archive_compat.cpp: the same libraries from an archive, as files.
Result<Plan> planned_compat_archive(const Request& request, const Situation& situation);

// package_removal.cpp: the receipt that is meant, if packages are what is to go.
const PackageReceipt* packages_meant(const Request& request, const Situation& situation);
Plan packages_out(const PackageReceipt& gone, Plan plan);

// package_plan.cpp: amd64, x86_64 …; "" where no packages are made for the platform.
std::string package_architecture(const std::string& platform, bool deb);

// fitness.cpp: may it be installed here? Refusals are errors, doubts are added to `notes`.
Result<void> libc_fits(const Host& host);
// The C library that the files will meet: the named distribution's, else this system's if it is of that platform. None
// where it is not known.
std::optional<Version> glibc_there(const Request& request, const Distro& distro, const Host& host,
                                   const std::string& platform);
Result<void> fits_here(const Request& request, const Situation& situation, const Wanted& wanted,
                       std::vector<std::string>& notes);
// The same for a forward-compatibility library, which asks for no toolkit.
Result<void> driver_files_fit(const Request& request, const Situation& situation, const Wanted& wanted,
                              std::vector<std::string>& notes);
std::string shown_platform(const std::string& platform);

// documented.cpp
struct Places {
  std::string cuda{};  // what the guide calls the CUDA directory
  std::string include{};
  std::string library{};
};
// The resolved directories as seen from outside the root.
Places resolved_places(const std::string& root, const PrefixFacts& prefix);
// Where a receipt's path (include/cudnn.h, lib64/libcudnn.so) lies.
std::string path_in(const Places& places, const std::string& path);
struct StepSource {
  const Method& method;
  const Product& product;
  const Wanted& wanted;
  const std::vector<std::string>& components;
  bool all_components = true;
  std::vector<std::string> older{};  // names of the replaced build, relative to the prefix
  std::string older_version{};
  bool make_directories = false;
};
// The method's steps in `places`, with our additions just before the first copy.
std::vector<PlannedStep> steps_in(const Places& places, const StepSource& source);

// prerequisites.cpp
std::vector<PrerequisiteLine> checked(const std::vector<Prerequisite>& wanted, const Distro& distro,
                                      const Situation& situation, const Wanted& archive);

// removal.cpp
// Empty where there is no receipt.
const std::vector<Installation>& installations_in(const std::optional<Receipt>& receipt);
const Installation* installed_of(const std::optional<Receipt>& receipt, const std::string& product);
// Names of a replaced build that no other installation has.
std::vector<std::string> older_names(const std::vector<Installation>& all, const Installation& replaced);
// "8.9.6.50 for CUDA 12"
std::string shown(const Installation& installation);
Version version_of(const Installation& installation);

// shell.cpp: one step as commands of a POSIX shell. `work` is the unpacking directory as shell text; `sudo` is "" or
// "sudo ".
struct ShellWords {
  std::string sudo{};
  std::string work{};
  std::string top{};
  Manager manager{};
  bool never_asks = false;  // -y for package managers
};
std::vector<std::string> commands_for(const Step& step, const ShellWords& words);
// Quoted like shell_word, but for the glob characters of the last part.
std::string glob_word(const std::string& path);
// The archive as tar takes it: never an option, never host:file.
std::string tar_operand(const std::string& path);
// True if a shell cannot take the plan: only cudnn-install finds what it has kept aside.
bool needs_kept_files(const Plan& plan);

// describe.cpp
std::string shown(const Clause& clause);  // 1.3.1 step 3
std::string name_of(Standing standing);

}  // namespace cudnn_install
