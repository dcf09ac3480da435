// What --json prints: one object with a schema number, every field always present.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "plan/plan.h"
#include "recipe/guide.h"
#include "release/release.h"
#include "transaction/transaction.h"
#include "verify/verify.h"

namespace cudnn_install {

std::string error_record(const Error& error);
std::string mistakes_record(const std::vector<std::string>& files, const std::vector<Error>& mistakes);

// What one prefix holds, as status and verify found it.
struct PrefixReport {
  std::string prefix{};
  PrefixState state{};
  bool stuck = false;  // what is open needs a person
  std::vector<Finding> findings{};
  std::vector<LoadProof> proofs{};
};
// What one package method has installed, and what was found of it.
struct PackagesReport {
  PackageReceipt receipt{};
  bool held = false;  // a pin or lock of ours keeps the version
  std::vector<Finding> findings{};
  std::vector<LoadProof> proofs{};
};
std::string prefixes_record(const std::vector<PrefixReport>& reports, const std::vector<PackagesReport>& packages = {});

std::string change_record(const Plan& plan, const Done& done);
std::string unchanged_record(Verb verb, const std::string& prefix);  // there was nothing to do
std::string releases_record(const std::vector<Version>& versions);
std::string release_record(const Release& release);

struct NamedRecipe {
  std::string kind{};  // distro | method | product
  std::string name{};
  std::string title{};
};
std::string recipes_record(const std::vector<NamedRecipe>& recipes);
// Each guide with its clauses and how many of them are done, for people, not yet.
std::string coverage_record(const std::vector<Coverage>& guides);
std::string text_record(const std::string& name, const std::string& text);

}  // namespace cudnn_install
