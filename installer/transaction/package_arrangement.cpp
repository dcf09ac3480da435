#include "transaction/package_arrangement.h"

#include <algorithm>
#include <utility>

#include "base/text.h"
#include "packages/openpgp.h"
#include "packages/rpm_repositories.h"
#include "packages/text_lines.h"
#include "system/signals.h"

namespace cudnn_install {

namespace {

constexpr std::uint32_t open_to_all = 0644;

class Arrangement {
 public:
  Arrangement(const Plan& plan, PackageRun& run) : work_(*plan.packages), run_(run), system_(run.system()) {}

  template <class Other>
  Result<void> operator()(const Other& /*step*/) {
    return {};
  }

  Result<void> operator()(const InstallPackageFile& step) {
    const auto file = step.url.empty() ? copied(step.file) : fetched(step.url);
    const auto package = file ? package_of(*file) : Result<PackageVersion>(tl::unexpected(file.error()));
    if (!package) {
      return tl::unexpected(package.error());
    }
    if (!step.url.empty()) {
      if (auto good = keyring_package_good(*file); !good) {
        return good;
      }
    } else if (!step.package.name.empty() && *package != step.package) {
      return failure(Fault::conflict, "'" + printable(step.file) + "' was replaced meanwhile", "run the command again");
    }
    return work_.in_hand ? Result<void>() : installed(*file, *package);  // else it waits in the cache for the commit
  }

  Result<void> operator()(const CopyKeyring& step) {
    return system_.only_match(step.from).and_then([&](const std::string& from) {
      return system_.text_of(from).and_then(
          [&](std::string bytes) { return put(step.to + "/" + file_name_of(from), "keyring", std::move(bytes)); });
    });
  }

  Result<void> operator()(const AddRepository& step) {
    const TextFile file = repository_file(system_.manager(), step.repository);
    return key_in_hand(step).and_then([&] { return put(file.path, "source", file.text); });
  }

  Result<void> operator()(const RefreshIndex& step) {
    return import_keys(step.source).and_then([&] {
      return system_.change(refresh_command(system_.manager(), step.source)).and_then([&](const Answer& answer) {
        return refreshed(system_.manager(), step.source, answer);
      });
    });
  }

 private:
  // --- files -----------------------------------------------------------------------------------------------------

  Result<void> put(const std::string& path, const std::string& role, std::string bytes) {
    auto before = system_.file(path);
    if (!before) {
      return tl::unexpected(before.error());
    }
    const SubjectState after{.value = std::move(bytes), .mode = open_to_all};
    const bool same = *before == after;
    return run_
        .declare({.kind = SubjectKind::file, .name = path, .role = role, .before = std::move(*before), .after = after})
        .and_then([&] { return same ? Result<void>() : system_.put(path, after); });
  }

  Result<void> key_in_hand(const AddRepository& step) {
    if (step.keyring.empty()) {
      return {};
    }
    const auto file = is_url(step.keyring) ? fetched(step.keyring) : Result<std::string>(step.keyring);
    auto bytes = !file                  ? Result<std::string>(tl::unexpected(file.error()))
                 : is_url(step.keyring) ? system_.text_of(*file)
                                        : own_file(step.keyring);
    if (!bytes) {
      return tl::unexpected(bytes.error());
    }
    const Keyring keyring = keyring_in(*bytes);
    if (keyring.keys.empty()) {
      return failure(Fault::integrity, "'" + printable(step.keyring) + "' holds no key",
                     "name the keyring or public key that the mirror is signed with");
    }
    return put(step.repository.key, "keyring", std::move(*bytes));
  }

  // A file of this system, not of the root's.
  Result<std::string> own_file(const std::string& path) {
    const PackageSystem here({.root = "/", .files = system_.files(), .processes = system_.processes()}, {});
    return here.text_of(path);
  }

  Result<std::string> in_cache(const std::string& name) {
    return system_.make_directory(package_cache).map([&] { return std::string(package_cache) + "/" + name; });
  }

  // Into the cache, so that nobody exchanges it between the digest and its use.
  Result<std::string> copied(const std::string& file) {
    auto place = in_cache(file_name_of(file));
    if (!place) {
      return place;
    }
    const auto digest = system_.copy_in(file, *place);
    if (!digest) {
      return tl::unexpected(digest.error());
    }
    if (work_.sha256 && *digest != *work_.sha256) {
      return failure(Fault::integrity,
                     "'" + printable(file) + "' has the sha256 " + digest->hex() + ", and " + work_.sha256->hex() +
                         " was promised",
                     "fetch it again, or correct --sha256 after asking where the file came from");
    }
    return place;
  }

  Result<std::string> fetched(const std::string& url) {
    auto place = in_cache(file_name_of(url));
    if (!place) {
      return place;
    }
    const Words words = web_file_command(system_.manager(), url, *place);
    if (words.empty()) {
      return failure(Fault::unsupported, system_.manager().speaks + " has no way to fetch '" + url + "'",
                     "fetch it by hand and name the file");
    }
    const auto answer = system_.change(words);
    if (!answer) {
      return tl::unexpected(answer.error());
    }
    if (answer->status != 0) {
      Error error = refused(system_.manager(), *answer, "fetch '" + url + "'");
      error.fault = error.fault == Fault::package_manager ? Fault::network : error.fault;
      return tl::unexpected(std::move(error));
    }
    return place;
  }

  // --- packages in hand --------------------------------------------------------------------------------------------

  Result<PackageVersion> package_of(const std::string& file) {
    return system_.ask(package_file_query(system_.manager(), file)).and_then([&](const Answer& answer) {
      return package_in_file(system_.manager(), answer);
    });
  }

  // The package that brings keyring and source comes by TLS alone: its keyring must hold NVIDIA's key and no other.
  Result<void> keyring_package_good(const std::string& file) {
    if (work_.fingerprint.empty()) {
      return {};
    }
    const std::string folder = std::string(package_cache) + "/unpacked";
    const auto unpacked = system_.ask({"dpkg-deb", "--extract", file, folder});
    if (!unpacked || unpacked->status != 0) {
      return unpacked ? failure(Fault::archive, "'" + file + "' cannot be unpacked") : tl::unexpected(unpacked.error());
    }
    std::string wanted = lower_case(work_.fingerprint);
    std::vector<std::string> found;
    const std::string keyrings = folder + "/usr/share/keyrings";
    for (const std::string& name : system_.names_in(keyrings)) {
      const auto bytes = system_.text_of(keyrings + "/" + name);
      if (!bytes) {
        return tl::unexpected(bytes.error());
      }
      for (const OpenPgpKey& key : keyring_in(*bytes).keys) {
        found.push_back(key.fingerprint);
      }
    }
    const bool good =
        !found.empty() && std::all_of(found.begin(), found.end(), [&](const auto& key) { return key == wanted; });
    return good ? Result<void>()
                : failure(Fault::integrity,
                          "the keyring in '" + file_name_of(file) + "' holds " +
                              (found.empty() ? "no key" : "the key " + found.front()) + ", not NVIDIA's " + wanted,
                          "a mirror with a key of its own is told with --repository-key");
  }

  Result<void> installed(const std::string& file, const PackageVersion& package) {
    const auto now = system_.packages({package.name});
    if (!now) {
      return tl::unexpected(now.error());
    }
    const auto found = now->find(package.name);
    Subject subject{.kind = SubjectKind::package, .name = package.name, .role = "installer"};
    subject.before = found == now->end() ? std::nullopt : std::optional(found->second);
    const bool there = subject.before && subject.before->value == package.version;
    subject.after = there ? subject.before : SubjectState{.value = package.version};
    if (auto declared = run_.declare(subject); !declared || there) {
      return declared;
    }
    const auto changes = system_.simulated(file_simulation_command(system_.manager(), {file}));
    if (!changes) {
      return tl::unexpected(changes.error());
    }
    for (const SimulatedChange& change : *changes) {
      if (change.name != package.name) {
        return failure(Fault::conflict, "'" + file_name_of(file) + "' would also change " + printable(change.name));
      }
    }
    return system_.carry_out(file_install_command(system_.manager(), {file}),
                             "install " + package.name + " " + package.version);
  }

  // --- keys of rpm -------------------------------------------------------------------------------------------------

  // zypper takes whatever key a repository offers unless it knows the right one before; dnf would ask for each.
  Result<void> import_keys(const std::string& source) {
    if (uses_dpkg(system_.manager())) {
      return {};
    }
    const std::string folder = system_.manager().speaks == "zypper" ? "/etc/zypp/repos.d" : "/etc/yum.repos.d";
    for (const std::string& name : system_.names_in(folder)) {
      const std::string path = folder + "/" + name;
      const auto text = name.ends_with(".repo") ? system_.text_of(path) : Result<std::string>("");
      if (!text) {
        return tl::unexpected(text.error());
      }
      for (const RpmRepository& repository : rpm_repositories(path, *text)) {
        if (auto done = repository.name == source ? import(repository) : Result<void>(); !done) {
          return done;
        }
      }
    }
    return {};
  }

  Result<void> import(const RpmRepository& repository) {
    for (const std::string& key : repository.keys()) {
      constexpr std::string_view scheme = "file://";
      const std::string place = key.starts_with(scheme) ? key.substr(scheme.size()) : key;
      const auto answer = system_.change(key_import_command(system_.manager(), place));
      if (!answer) {
        return tl::unexpected(answer.error());
      }
      if (answer->status != 0) {
        return failure(is_url(place) ? Fault::network : Fault::integrity,
                       "the key '" + printable(place) + "' of '" + repository.file + "' cannot be taken: rpm says '" +
                           printable(answer->err.substr(0, answer->err.find('\n'))) + "'");
      }
    }
    return expected_keys();
  }

  // A new key's name tells the end of its fingerprint.
  Result<void> expected_keys() {
    const auto keys = system_.keys();
    if (!keys) {
      return tl::unexpected(keys.error());
    }
    const std::string wanted = lower_case(work_.fingerprint);
    for (const std::string& key : *keys) {
      const auto& before = run_.journal().keys_before;
      if (std::find(before.begin(), before.end(), key) != before.end()) {
        continue;
      }
      const std::string end = key.substr(0, key.rfind('-')).substr(key.find('-', 4) + 1);
      if (!wanted.empty() && (end.size() < 8 || !wanted.ends_with(end))) {
        return failure(Fault::integrity, "the repository's key is " + printable(key) + ", not NVIDIA's " + wanted,
                       "a mirror with a key of its own is told with --repository-key");
      }
      Subject subject{.kind = SubjectKind::key, .name = key, .role = "keyring"};
      subject.after = SubjectState{.value = "set"};
      if (auto declared = run_.declare(std::move(subject)); !declared) {
        return declared;
      }
    }
    return {};
  }

  const PackageWork& work_;
  PackageRun& run_;
  const PackageSystem& system_;
};

}  // namespace

Result<void> arrange(const Plan& plan, PackageRun& run) {
  Arrangement arrangement(plan, run);
  for (const PlannedStep& step : plan.effective) {
    if (interrupted()) {
      return failure(Fault::interrupted, "interrupted before the packages were touched: nothing was changed");
    }
    if (auto done = std::visit(arrangement, step.step); !done) {
      return done;
    }
  }
  return {};
}

}  // namespace cudnn_install
