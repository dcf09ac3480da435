// Taking packages out again: from the receipt alone, backwards.
#include <algorithm>
#include <utility>

#include "plan/parts.h"

namespace cudnn_install {
namespace {

std::string below(const std::string& root, const std::string& path) {
  return root.substr(0, root.find_last_not_of('/') + 1) + path;
}

// The steps, each as long as its neighbours are of one kind.
class Backwards {
 public:
  explicit Backwards(std::string root) : root_(std::move(root)) {}

  void take_back(const Subject& subject) {
    if (subject.before == subject.after) {
      return;
    }
    if (subject.kind == SubjectKind::file) {
      const std::string path = below(root_, subject.name);
      subject.before ? last<RestorePaths>({.from = "kept files"}).paths.push_back(path)
                     : last<RemovePaths>({}).paths.push_back(path);
    } else if (subject.kind == SubjectKind::package) {
      subject.before ? last<InstallPackages>({}).packages.push_back({subject.name, subject.before->value})
                     : last<RemovePackages>({}).names.push_back(subject.name);
    }
  }
  [[nodiscard]] std::vector<PlannedStep> steps() && { return std::move(steps_); }

 private:
  template <class Kind>
  Kind& last(Kind fresh) {
    if (steps_.empty() || !std::holds_alternative<Kind>(steps_.back().step)) {
      steps_.push_back({.step = std::move(fresh)});
    }
    return std::get<Kind>(steps_.back().step);
  }

  std::string root_;
  std::vector<PlannedStep> steps_;
};

std::vector<PlannedStep> steps_of(const PackageReceipt& gone, const std::string& root) {
  Backwards backwards(root);
  std::for_each(gone.subjects.rbegin(), gone.subjects.rend(),
                [&](const Subject& subject) { backwards.take_back(subject); });
  return std::move(backwards).steps();
}

}  // namespace

const PackageReceipt* packages_meant(const Request& request, const Situation& situation) {
  const bool named = is_package_method(request.method);
  if (!named && (request.prefix_given || !installations_in(situation.receipt).empty())) {
    return nullptr;
  }
  const PackageReceipt* found = nullptr;
  for (const PackageReceipt& each : situation.package_receipts) {
    const auto version = Version::parse(each.version).value_or(Version{});
    if (!request.cudnn || version.starts_with(*request.cudnn)) {
      found = &each;
    }
  }
  return found;
}

Plan packages_out(const PackageReceipt& gone, Plan plan) {
  plan.method = gone.method;
  plan.distro = gone.recipe;
  plan.components = gone.components;
  plan.replaces = gone.id;
  plan.prefix.clear();
  plan.include.clear();
  plan.library.clear();
  plan.title = title_of(gone) + " out of the packages of this system";
  plan.packages = PackageWork{.manager = gone.manager,
                              .product = gone.product,
                              .version = gone.version,
                              .cuda = gone.cuda,
                              .platform = gone.platform,
                              .repository = gone.repository,
                              .packages = gone.packages};
  plan.documented = steps_of(gone, plan.root);
  plan.effective = plan.documented;
  if (std::any_of(gone.subjects.begin(), gone.subjects.end(), [](const Subject& subject) {
        return subject.kind == SubjectKind::lock && subject.before != subject.after;
      })) {
    plan.notes.emplace_back("the locks that hold the version go first");
  }
  return plan;
}

}  // namespace cudnn_install
