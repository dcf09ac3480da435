// Keyrings that are not there, that apt cannot read, that have another form than their name says, and keys that no
// verifier accepts any longer.
#include <algorithm>

#include "doctor/nvidia.h"
#include "doctor/parts.h"
#include "packages/text_lines.h"

namespace cudnn_install {

namespace {

// A keyring that an entry of NVIDIA's names, with the place where it does.
struct Use {
  std::string path{};
  Evidence evidence{};
  const AptSource* apt = nullptr;
};

std::vector<Use> uses(const Observed& observed) {
  std::vector<Use> found;
  for (const AptSource& source : observed.apt) {
    for (const std::string& file : keyring_files(source.option("signed-by"))) {
      if (matters(source)) {
        found.push_back({file, evidence_at(observed, source.file, source.options.at("signed-by").line), &source});
      }
    }
  }
  for (const RpmRepository& repository : observed.rpm) {
    for (const std::string& address : repository.keys()) {
      if (const std::string file = key_file(address); matters(repository) && !file.empty()) {
        found.push_back({file, evidence_at(observed, repository.file, repository.fields.at("gpgkey").line), nullptr});
      }
    }
  }
  return found;
}

bool is_used(const Observed& observed, const std::string& path) {
  const std::vector<Use> all = uses(observed);
  return std::ranges::find(all, path, &Use::path) != all.end();
}

bool is_trusted_for_all(const std::string& path) {
  return path.starts_with("/etc/apt/trusted.gpg");
}

bool has_nvidias_key(const ObservedKeyring& keyring) {
  return std::ranges::any_of(keyring.keyring.keys, [](const OpenPgpKey& key) {
    return key.is(retired_key) || key.is(current_deb_key) || key.is(current_rpm_key) ||
           std::ranges::any_of(key.users, [](const std::string& user) {
             return lower_case(user).find("nvidia.com") != std::string::npos;
           });
  });
}

// Keyrings that apt asks for NVIDIA's packages: those that an entry names, and of those that hold for all the ones with
// a key of NVIDIA's.
std::vector<std::string> asked_by_apt(const Observed& observed) {
  std::vector<std::string> paths;
  for (const Use& use : uses(observed)) {
    if (use.apt != nullptr && std::ranges::find(paths, use.path) == paths.end()) {
      paths.push_back(use.path);
    }
  }
  for (const auto& [path, keyring] : observed.keyrings) {
    if (is_trusted_for_all(path) && has_nvidias_key(keyring)) {
      paths.push_back(path);
    }
  }
  std::erase_if(paths, [&](const std::string& path) { return !observed.keyrings.contains(path); });
  return paths;
}

// The places that name the keyring, after the keyring itself.
std::vector<Evidence> evidence_of(const Observed& observed, const std::string& path, const std::string& what) {
  std::vector<Evidence> found = {{.file = path, .line = 0, .text = what}};
  for (const Use& use : uses(observed)) {
    if (use.path == path) {
      found.push_back(use.evidence);
    }
  }
  return found;
}

std::string octal(std::uint32_t mode) {
  std::string digits;
  for (int shift = 9; shift >= 0; shift -= 3) {
    digits += static_cast<char>('0' + (mode >> static_cast<unsigned>(shift) & 7U));
  }
  return digits;
}

FileEdit edit(const ObservedFile& file, std::optional<FileText> after) {
  return {.path = file.real, .before = FileText{.text = file.text, .mode = file.mode}, .after = std::move(after)};
}

// The key that a local repository carries for its users to copy.
const ObservedKeyring* carried_key(const Observed& observed, const AptSource& source) {
  for (const std::string& uri : source.uris) {
    const std::string folder = local_folder(uri);
    for (const auto& [path, keyring] : observed.keyrings) {
      const bool inside = !folder.empty() && path.starts_with(folder + "/") && path.ends_with("-keyring.gpg");
      if (inside && keyring.keyring.form == KeyringForm::binary) {
        return &keyring;
      }
    }
  }
  return nullptr;
}

std::string name_of_key(const OpenPgpKey& key) {
  std::string name =
      key.fingerprint.size() < 16 ? key.fingerprint : key.fingerprint.substr(key.fingerprint.size() - 16);
  std::ranges::transform(name, name.begin(), [](char c) { return c >= 'a' ? static_cast<char>(c - 'a' + 'A') : c; });
  return name + (key.users.empty() ? "" : " (" + key.users.front() + ")");
}

// Keys in the other of the two forms than the name promises.
Diagnosis wrong_form(const Observed& observed, const std::string& path, const ObservedKeyring& held) {
  const bool tolerated = observed.distro == "debian13" && !is_trusted_for_all(path);
  const std::string effect = tolerated ? ": only apt 3 reads it" : ", and apt does not read it";
  Diagnosis found{.id = "keyring-format", .severity = tolerated ? Severity::warning : Severity::error};
  if (path.ends_with(".asc")) {
    found.what = "the keyring '" + path + "' is binary under a name for text" + effect;
    found.remedy = "write it as text";
    found.fix = {edit(held.file, FileText{.text = armored(held.keyring.binary), .mode = held.file.mode})};
  } else {
    found.what = "the keyring '" + path + "' is text under a name for a binary one" + effect;
    found.remedy = "take the armor off";
    found.fix = {edit(held.file, FileText{.text = held.keyring.binary, .mode = held.file.mode})};
  }
  return found;
}

Diagnosis no_keyring(const std::string& path, const ObservedKeyring& held) {
  if (held.keyring.form == KeyringForm::keybox) {
    return {.id = "keyring-format",
            .severity = Severity::error,
            .what = "'" + path + "' is no keyring that apt reads: GnuPG keeps such databases for itself",
            .remedy = "export the key from it",
            .command = "gpg --no-default-keyring --keyring " + held.file.real + " --export > NEW.gpg"};
  }
  return {.id = "keyring-format",
          .severity = Severity::error,
          .what = "'" + path + "' is no keyring",
          .remedy = "fetch the key again"};
}

// The keyring without one of its keys; nothing where it was the only one.
std::optional<FileText> without_key(const ObservedKeyring& keyring, const OpenPgpKey& key) {
  if (keyring.keyring.keys.size() == 1) {
    return std::nullopt;
  }
  std::string binary = keyring.keyring.binary;
  binary.erase(key.begin, key.end - key.begin);
  const bool armor = keyring.keyring.form == KeyringForm::armored;
  return FileText{.text = armor ? armored(binary) : binary, .mode = keyring.file.mode};
}

Diagnosis retired_in_rpm(const RpmKey& held, const OpenPgpKey& key) {
  return {.id = "retired-key",
          .severity = Severity::warning,
          .what = "rpm still trusts the key " + name_of_key(key) + ", which its owner has withdrawn",
          .evidence = {{.file = "rpm's database", .line = 0, .text = held.package}},
          .remedy = "take it out of rpm's database",
          .command = "rpm -e " + held.package};
}

// Red Hat's family from 9 on, and apt with sqv, refuse such keys; others warn, or will.
bool refuses_sha1(const Observed& observed) {
  return observed.distro == "debian13" || observed.distro == "rhel9" || observed.distro == "rhel10" ||
         observed.distro == "fedora";
}

}  // namespace

std::vector<Diagnosis> missing_keyrings(const Observed& observed) {
  std::vector<Diagnosis> found;
  for (const Use& use : uses(observed)) {
    if (observed.keyrings.contains(use.path)) {
      continue;
    }
    Diagnosis one{.id = "missing-keyring",
                  .severity = Severity::error,
                  .what = "the keyring '" + use.path + "' is named and not there, so no signature can be checked",
                  .evidence = {use.evidence}};
    if (const ObservedKeyring* key = use.apt != nullptr ? carried_key(observed, *use.apt) : nullptr; key != nullptr) {
      one.remedy = "copy the key that the local repository carries, as the guide says";
      one.command = "cp " + key->file.real + " " + use.path;
      one.fix = {{.path = use.path, .before = {}, .after = FileText{.text = key->file.text, .mode = 0644}}};
    } else {
      one.remedy =
          "bring the key back: NVIDIA's package cuda-keyring holds it, and a local repository's folder its own";
      one.command = use.apt != nullptr ? "apt-get install --reinstall cuda-keyring" : "";
    }
    found.push_back(std::move(one));
  }
  return found;
}

std::vector<Diagnosis> unreadable_keyrings(const Observed& observed) {
  std::vector<Diagnosis> found;
  for (const std::string& path : asked_by_apt(observed)) {
    const ObservedFile& file = observed.keyrings.at(path).file;
    if (!file.closed.empty()) {
      found.push_back({.id = "unreadable-keyring",
                       .severity = Severity::error,
                       .what = "apt's own user cannot enter '" + file.closed + "', so it has no key",
                       .evidence = evidence_of(observed, path, "below " + file.closed),
                       .remedy = "let everybody pass",
                       .command = "chmod a+rx " + file.closed});
    } else if ((file.mode & 0004U) == 0) {
      const std::uint32_t mode = file.mode | 0444U;
      found.push_back({.id = "unreadable-keyring",
                       .severity = Severity::error,
                       .what = "apt's own user cannot read the keyring '" + path + "', so it has no key",
                       .evidence = evidence_of(observed, path, "mode " + octal(file.mode)),
                       .remedy = "let everybody read it",
                       .command = "chmod a+r " + file.real,
                       .fix = {edit(file, FileText{.text = file.text, .mode = mode})}});
    }
  }
  return found;
}

std::vector<Diagnosis> keyring_formats(const Observed& observed) {
  std::vector<Diagnosis> found;
  for (const std::string& path : asked_by_apt(observed)) {
    const ObservedKeyring& held = observed.keyrings.at(path);
    const KeyringForm wanted = path.ends_with(".asc") ? KeyringForm::armored : KeyringForm::binary;
    if (held.file.text.empty() || held.keyring.form == wanted) {
      continue;
    }
    const bool has_keys = held.keyring.form == KeyringForm::armored || held.keyring.form == KeyringForm::binary;
    found.push_back(has_keys ? wrong_form(observed, path, held) : no_keyring(path, held));
    found.back().evidence = evidence_of(observed, path, std::to_string(held.file.text.size()) + " bytes");
  }
  return found;
}

std::vector<Diagnosis> retired_keys(const Observed& observed) {
  std::vector<Diagnosis> found;
  for (const auto& [path, held] : observed.keyrings) {
    for (const OpenPgpKey& key : held.keyring.keys) {
      if (!observed.retired.contains(key.fingerprint)) {
        continue;
      }
      const bool last = held.keyring.keys.size() == 1;
      const bool used = is_used(observed, path);
      Diagnosis one{
          .id = "retired-key",
          .severity = last && used ? Severity::error : Severity::warning,
          .what = "the keyring '" + path + "' holds the key " + name_of_key(key) + ", which its owner has withdrawn",
          .evidence = evidence_of(observed, path, key.fingerprint)};
      if (last && used) {
        one.remedy = "the entry needs the new key: NVIDIA's package cuda-keyring brings it";
        one.command = "apt-get install cuda-keyring";
      } else {
        one.remedy = last ? "remove the keyring" : "take the key out of the keyring";
        one.fix = {edit(held.file, without_key(held, key))};
      }
      found.push_back(std::move(one));
    }
  }
  for (const RpmKey& held : observed.rpm_keys) {
    for (const OpenPgpKey& key : held.keyring.keys) {
      if (observed.retired.contains(key.fingerprint)) {
        found.push_back(retired_in_rpm(held, key));
      }
    }
  }
  return found;
}

std::vector<Diagnosis> sha1_keys(const Observed& observed) {
  std::vector<Diagnosis> found;
  for (const auto& [path, held] : observed.keyrings) {
    if (!is_used(observed, path) && !(is_trusted_for_all(path) && has_nvidias_key(held))) {
      continue;
    }
    for (const OpenPgpKey& key : held.keyring.keys) {
      if (key.bound_by_sha1) {
        found.push_back({.id = "sha1-key",
                         .severity = refuses_sha1(observed) ? Severity::error : Severity::warning,
                         .what = "the key " + name_of_key(key) + " in '" + path +
                                 "' is bound to its name by SHA-1 alone, which newer verifiers refuse",
                         .evidence = evidence_of(observed, path, key.fingerprint),
                         .remedy = "only its owner can bind it anew: fetch the repository's present key, or a newer "
                                   "local repository"});
      }
    }
  }
  return found;
}

}  // namespace cudnn_install
