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

// identity.cpp: what the one archive of the request is. Order of belief: its digest in the catalogue, its top
// directory, --cudnn --cuda --arch together; whatever was asked for must agree with it.
Result<Choice> archive_in_hand(const Request& request, const Situation& situation);
// `wanted` with what the product's recipe knows of its version: product, front, top (unless set), licence, header.
Result<Wanted> with_layout(Wanted wanted, const Recipes& recipes);
std::string file_name_of(const std::string& location);
bool is_url(const std::string& location);
// linux-sbsa for sbsa …; an unknown word is a usage error.
Result<std::string> platform_named(const std::string& arch);

// choice.cpp: the newest release that starts with `prefix` and has an archive for the platform and the CUDA major.
Result<Choice> archive_from_catalogue(const Request& request, const Situation& situation,
                                      const std::optional<Version>& prefix);

// fitness.cpp: may it be installed here? Refusals are errors, doubts are added to `notes`.
Result<void> fits_here(const Request& request, const Situation& situation, const Wanted& wanted,
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
// "8.9.6.50 for CUDA 12"
std::string shown(const Installation& installation);
Version version_of(const Installation& installation);

// shell.cpp: one step as commands of a POSIX shell. `work` is the unpacking directory as shell text; `sudo` is "" or
// "sudo ".
struct ShellWords {
  std::string sudo{};
  std::string work{};
  std::string top{};
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
