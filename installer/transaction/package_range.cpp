#include "transaction/package_range.h"

#include "base/text.h"
#include "packages/offered.h"

namespace cudnn_install {

namespace {

Version driver_of(const std::string& version) {
  return Version::parse(upstream_version(version)).value_or(Version{});
}

void set_version(std::vector<PlannedStep>& steps, const std::vector<PackageVersion>& packages) {
  for (PlannedStep& each : steps) {
    if (auto* install = std::get_if<InstallPackages>(&each.step)) {
      install->packages = packages;
    } else if (auto* hold = std::get_if<HoldPackages>(&each.step)) {
      hold->packages = packages;
    }
  }
}

Error none_serves(const PackageWork& work, const std::vector<std::string>& offered) {
  const std::string& name = work.packages.front().name;
  const std::string serving =
      "newer than the kernel's driver " + work.range->above.text() + " and below " + work.range->below.text();
  return {
      .fault = Fault::unsupported,
      .what = offered.empty() ? "no repository here has " + name
                              : "no version of " + name + " that the repositories have serves: it has to be " +
                                    serving + ", and there are " + printable(joined(offered, ", ")),
      .hint = offered.empty()
                  ? "see what is known of it: cudnn-install compat check --cuda " + work.cuda
                  : "take a newer repository, or see the other ways: cudnn-install compat check --cuda " + work.cuda};
}

}  // namespace

Result<std::string> newest_that_serves(const PackageSystem& system, const PackageWork& work) {
  const std::string& name = work.packages.front().name;
  return system.ask(offered_query(system.manager(), name)).and_then([&](const Answer& answer) -> Result<std::string> {
    const std::vector<std::string> offered = offered_versions(system.manager(), name, answer);
    std::string best;
    for (const std::string& version : offered) {
      const Version driver = driver_of(version);
      if (serves(*work.range, driver) && (best.empty() || driver_of(best) <= driver)) {
        best = version;
      }
    }
    return best.empty() ? Result<std::string>(tl::unexpected(none_serves(work, offered))) : best;
  });
}

void set_version(Plan& plan, const std::string& version) {
  PackageWork& work = *plan.packages;
  work.version = upstream_version(version);
  work.packages.front().version = version;
  set_version(plan.documented, work.packages);
  set_version(plan.effective, work.packages);
}

void keep_version(Plan& plan, const PackageReceipt& standing) {
  const PackageWork& work = *plan.packages;
  if (work.range && work.version.empty() && standing.packages.size() == 1 &&
      serves(*work.range, driver_of(standing.packages.front().version))) {
    set_version(plan, standing.packages.front().version);
  }
}

}  // namespace cudnn_install
