// Plans of the package methods: the guide's commands, and what is performed for them.
#include <algorithm>
#include <map>
#include <utility>

#include "base/text.h"
#include "packages/package_manager_words.h"
#include "plan/parts.h"

namespace cudnn_install {
namespace {

// cuda-keyring 1.1-1 for …/cuda-keyring_1.1-1_all.deb.
PackageVersion named_by(const std::string& url) {
  const std::string file = file_name_of(url);
  const auto first = file.find('_');
  const auto last = file.rfind('_');
  return first == last ? PackageVersion{}
                       : PackageVersion{file.substr(0, first), file.substr(first + 1, last - first - 1)};
}

// The mirror's key as it will lie here; apt tells armored keys by their name.
std::string key_here(const Request& request, const PackageSource& source) {
  const bool armored = request.key.ends_with(".asc") || request.key.ends_with(".pub");
  if (uses_dpkg(source.distro.manager)) {
    return "/usr/share/keyrings/" + source.id + (armored ? ".asc" : ".gpg");
  }
  return is_url(request.key) ? request.key : "/etc/pki/rpm-gpg/RPM-GPG-KEY-" + source.id;
}

AddRepository repository_for(const Request& request, const PackageSource& source, const std::string& url) {
  const NetworkRepository& network = source.distro.repository;
  // The yum family's file has the name of the one that the guide's command brings, so that there is never a second.
  const std::string file = uses_dpkg(source.distro.manager) ? "" : "cuda-" + source.distro.repository.word;
  AddRepository step{.repository = {.file = file,
                                    .id = source.id,
                                    .title = source.id,
                                    .url = source.url,
                                    .key = source.url + "/" + network.key,
                                    .module_hotfixes = network.module_hotfixes},
                     .url = url};
  if (!request.key.empty()) {
    step.repository.key = key_here(request, source);
    step.keyring = step.repository.key == request.key ? "" : request.key;
  }
  return step;
}

// One walk over the method's steps, for both plans.
class Steps {
 public:
  struct Source {
    const Request& request;
    const PackageSource& from;
    const PackageChoice& choice;
    const Product& product;
  };
  explicit Steps(const Source& source)
      : request_(source.request),
        from_(source.from),
        choice_(source.choice),
        product_(source.product),
        names_({{"archive", from_.url}, {"repository", from_.url}, {"distro", from_.distro.repository.word}}) {}

  void fill(Plan& plan) {
    for (const MethodStep& step : from_.method.steps) {
      std::visit([&](const auto& each) { add(step, each); }, step.step);
    }
    add_unnamed_kinds();
    plan.documented = std::move(documented_);
    effective_.push_back({.step = InstallPackages{choice_.packages}, .clause = install_clause_});
    if (request_.pin && !from_.distro.manager.pin.empty()) {
      effective_.push_back({.step = HoldPackages{choice_.packages},
                            .note = "so that an upgrade of the system does not change the version or its CUDA"});
    }
    plan.effective = std::move(effective_);
  }

 private:
  // A product with a guide of its own takes over the method's steps up to the packages, not their clauses.
  [[nodiscard]] bool has_own_guide() const { return !product_.document.empty(); }

  void both(const MethodStep& from, const Step& documented, Step effective) {
    const auto clause = has_own_guide() ? std::nullopt : std::optional(from.clause);
    const std::string why = !has_own_guide()         ? ""
                            : is_local(from_.method) ? "as for cuDNN's local installers"
                                                     : "as for cuDNN: the repository has both";
    documented_.push_back({.step = documented, .clause = clause, .note = why.empty() ? from.note : why});
    effective_.push_back({.step = std::move(effective), .clause = clause, .note = why});
  }

  template <class OfOtherMethods>
  void add(const MethodStep& /*from*/, const OfOtherMethods& /*step*/) {}

  void add(const MethodStep& from, const InstallFileTemplate& step) {
    if (!step.file.empty()) {
      const std::string file = filled_in(step.file, names_);
      InstallPackageFile install{.package = from_.installer};
      (is_url(file) ? install.url : install.file) = file;
      both(from, install, install);
    } else if (request_.key.empty()) {
      const std::string url = filled_in(step.url, names_);
      const InstallPackageFile install{.url = url, .package = named_by(url)};
      both(from, install, install);
    } else {
      MethodStep other = from;
      other.note = "--repository-key stands for the keyring package";
      const AddRepository added = repository_for(request_, from_, "");
      both(other, added, added);
    }
  }

  void add(const MethodStep& from, const CopyKeyringTemplate& step) {
    CopyKeyring effective{step.from, step.to};
    if (!from_.keyring.empty()) {
      effective.from = from_.keyring;
    }
    both(from, has_own_guide() ? effective : CopyKeyring{step.from, step.to}, effective);
  }

  void add(const MethodStep& from, const AddRepositoryTemplate& step) {
    const std::string url = request_.key.empty() ? filled_in(step.url, names_) : "";
    both(from, repository_for(request_, from_, url), repository_for(request_, from_, ""));
  }

  void add(const MethodStep& from, const RefreshTemplate& /*step*/) {
    both(from, RefreshIndex{}, RefreshIndex{from_.refresh});
  }

  void add(const MethodStep& typed, const InstallPackageTemplate& step) {
    MethodStep from = typed;
    if (has_own_guide()) {
      from = {.step = step, .clause = {.section = product_.section}};
    }
    if (std::find(choice_.kinds.begin(), choice_.kinds.end(), step.kind) == choice_.kinds.end()) {
      return;
    }
    documented_.push_back({.step = InstallPackages{{documented(step.kind)}}, .clause = from.clause, .note = from.note});
    documented_kinds_.push_back(step.kind);
    if (!install_clause_) {
      install_clause_ = from.clause;
    } else if (install_clause_->step.find(from.clause.step) == std::string::npos) {
      install_clause_->step += ", " + from.clause.step;
    }
  }

  // From a local installer the version is exact; over the network the guide leaves the build open.
  [[nodiscard]] PackageVersion documented(const std::string& kind) const {
    const auto set = std::find_if(product_.packages.sets.begin(), product_.packages.sets.end(),
                                  [&](const PackageSet& each) { return each.kind == kind; });
    const std::string version = is_local(from_.method) || choice_.version.size() == 0 ? choice_.version.text()
                                                                                      : choice_.version.first(3) + ".*";
    return package_of(*set, product_, uses_dpkg(from_.distro.manager), choice_, version);
  }

  void add_unnamed_kinds() {
    for (const std::string& kind : choice_.kinds) {
      if (std::find(documented_kinds_.begin(), documented_kinds_.end(), kind) == documented_kinds_.end()) {
        documented_.push_back({.step = InstallPackages{{documented(kind)}}, .note = "the guide names no such package"});
      }
    }
  }

  const Request& request_;
  const PackageSource& from_;
  const PackageChoice& choice_;
  const Product& product_;
  std::map<std::string, std::string> names_;
  std::vector<PlannedStep> documented_;
  std::vector<PlannedStep> effective_;
  std::vector<std::string> documented_kinds_;
  std::optional<Clause> install_clause_;
};

// The package itself is in hand.
void add_file_steps(const Request& request, const PackageSource& source, const Product& product, Plan& plan) {
  const InstallPackageFile step{.file = source.url, .package = source.installer};
  plan.documented.push_back({.step = step, .clause = Clause{.section = product.section}});
  plan.effective = plan.documented;
  if (request.pin && !source.distro.manager.pin.empty()) {
    plan.effective.push_back({.step = HoldPackages{plan.packages->packages},
                              .note = "so that an upgrade of the system does not change the version or its CUDA"});
  }
}

void add_notes(const Request& request, const PackageSource& source, Plan& plan) {
  if (!is_local(source.method) && !source.own && request.key.empty()) {
    plan.notes.emplace_back(
        "the mirror has to be signed with NVIDIA's key, and the source that its keyring package brings leads to where "
        "its maker says; for a key and an address of its own: --repository-key");
  }
  if (is_local(source.method) && !request.sha256) {
    plan.notes.emplace_back(
        "the local installer is taken without a digest: nothing tells whether these are NVIDIA's bytes");
  }
  if (request.pin && source.distro.manager.pin.empty()) {
    plan.notes.push_back(source.distro.manager.speaks + " holds no version: an upgrade of the system may change it");
  }
}

Result<void> system_fits(const Request& request, const Situation& situation) {
  if (auto fits = libc_fits(situation.host); !fits) {
    return fits;
  }
  if (!request.distro && situation.host.package_manager == "none") {
    return failure(Fault::unsupported,
                   "there is no package manager here that the method " + request.method + " could use",
                   "the tar method needs none: --method tar");
  }
  if (!request.distro && !situation.host.fixed_image.empty()) {
    return failure(Fault::unsupported,
                   "this system's /usr is an image that is replaced as a whole (" + situation.host.fixed_image +
                       "), and packages cannot be installed into it",
                   "the tar method installs below /usr/local or wherever --prefix says: --method tar");
  }
  return {};
}

Plan plan_of(const Request& request, Verb verb, const Situation& situation, PackageOrder&& order) {
  const PackageChoice& choice = order.choice;
  const PackageSource& source = order.source;
  Plan plan{.verb = verb,
            .method = request.method,
            .title = std::move(order.title),
            .document = order.product.document.empty() ? source.method.document : order.product.document,
            .distro = source.distro.name};
  plan.root = request.root;
  plan.as_root = situation.host.root_user;
  plan.components = choice.components;
  if (const PackageReceipt* standing = packaged(situation, choice.product)) {
    plan.replaces = standing->id;
  }
  plan.packages = PackageWork{.manager = source.distro.manager,
                              .product = choice.product,
                              .version = choice.version.text(),
                              .cuda = choice.cuda,
                              .platform = source.platform,
                              .repository = source.url,
                              .packages = choice.packages,
                              .range = std::move(order.range),
                              .in_hand = order.in_hand};
  if (is_local(source.method)) {
    plan.packages->sha256 = request.sha256;
  } else if (request.key.empty()) {
    plan.packages->fingerprint = source.distro.repository.fingerprint;
  }
  plan.prerequisites = std::move(order.prerequisites);
  if (order.in_hand) {
    add_file_steps(request, source, order.product, plan);
  } else {
    Steps({request, source, choice, order.product}).fill(plan);
  }
  plan.notes = choice.notes;
  add_notes(request, source, plan);
  return plan;
}

}  // namespace

bool is_local(const Method& method) {
  return method.name.ends_with("-local");
}

const PackageReceipt* packaged(const Situation& situation, const std::string& product) {
  const auto found = std::find_if(situation.package_receipts.begin(), situation.package_receipts.end(),
                                  [&](const PackageReceipt& each) { return each.product == product; });
  return found == situation.package_receipts.end() ? nullptr : &*found;
}

Result<Plan> planned_packages(const Request& request, Verb verb, const Situation& situation) {
  if (verb == Verb::upgrade && situation.package_receipts.empty()) {
    return failure(Fault::usage, "nothing to upgrade: cudnn-install has installed no packages of cuDNN here",
                   "to install them, type: cudnn-install --method " + request.method);
  }
  const auto distro = distro_for(request, situation);
  const auto method = distro ? method_for(request, situation.recipes, distro->distro)
                             : Result<const Method*>(tl::unexpected(distro.error()));
  if (!method) {
    return tl::unexpected(method.error());
  }
  if (auto fits = system_fits(request, situation); !fits) {
    return tl::unexpected(fits.error());
  }
  auto order = request.compat ? compat_order(request, situation, distro->distro, **method)
                              : cudnn_order(request, verb, situation, distro->distro, **method);
  if (order && distro->fit != Fit::exact) {
    order->choice.notes.insert(order->choice.notes.begin(), distro->because);
  }
  return std::move(order).map(
      [&](PackageOrder&& decided) { return plan_of(request, verb, situation, std::move(decided)); });
}

}  // namespace cudnn_install
