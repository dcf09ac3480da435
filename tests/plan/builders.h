// A small world to plan in: one distro, the tar method, two products, four releases, a machine with CUDA 12.2.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace cudnn_install {

Recipes small_recipes();
Catalogue small_catalogue();
Host small_host();
PrefixFacts small_prefix();

Version version(const std::string& text);
// The digest that the small catalogue has for a file: of the file's name.
Sha256 digest_of(const std::string& file);
std::string archive_name(const std::string& release, const std::string& cuda,
                         const std::string& platform = "linux-x86_64");

// A planner's whole input, to be changed where a test wants it otherwise.
struct World {
  Recipes recipes = small_recipes();
  Catalogue catalogue = small_catalogue();
  Host host = small_host();
  PrefixFacts prefix = small_prefix();
  std::optional<Receipt> receipt{};
  std::optional<ArchiveGlance> glance{};
  std::optional<InstallerFacts> installer{};
  std::vector<PackageReceipt> package_receipts{};
  Request request{.prefix = "/usr/local/cuda"};

  [[nodiscard]] Situation situation() const {
    return {.recipes = recipes,
            .catalogue = catalogue,
            .host = host,
            .prefix = prefix,
            .receipt = receipt,
            .glance = glance,
            .installer = installer,
            .package_receipts = package_receipts};
  }
  // With the archive of a release of the small catalogue in hand.
  World& holding(const std::string& release, const std::string& cuda = "12");
  [[nodiscard]] Result<Plan> install() const { return plan_install(request, situation()); }
  [[nodiscard]] Result<Plan> upgrade() const { return plan_upgrade(request, situation()); }
  [[nodiscard]] Result<Plan> uninstall() const { return plan_uninstall(request, situation()); }
  [[nodiscard]] Result<Plan> rollback() const { return plan_rollback(request, situation()); }
};

// An installation with these paths; its id is its version.
Installation installed(const std::string& release, const std::string& cuda, const std::vector<std::string>& paths);
// The same, where the paths in `over` displaced something.
Installation installed_over(Installation installation, const std::vector<std::string>& over);

// "usage: what (hint)", or "a plan" if there is no error.
std::string told(const Result<Plan>& plan);
// Each step in words.
std::vector<std::string> in_words(const std::vector<PlannedStep>& steps);

// A directory of its own, gone with the test.
class Scratch {
 public:
  Scratch();
  ~Scratch();
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] std::string path(const std::string& name) const { return (directory_ / name).string(); }
  void write(const std::string& name, const std::string& text) const;
  // Runs a line in the directory with sh; answers its status and what it printed.
  [[nodiscard]] std::pair<int, std::string> run(const std::string& line) const;

 private:
  std::filesystem::path directory_;
};

}  // namespace cudnn_install
