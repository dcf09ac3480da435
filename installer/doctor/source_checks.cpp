// Entries in the lists of sources and repositories that contradict each other, lead nowhere, or switch the checks off.
#include <algorithm>
#include <array>

#include "doctor/nvidia.h"
#include "doctor/parts.h"
#include "packages/text_lines.h"

namespace cudnn_install {

namespace {

std::string plain_suite(const std::string& suite) {
  return suite == "./" ? "/" : suite;
}

bool same_target(const AptSource& one, const AptSource& other) {
  const auto shared_address = std::ranges::any_of(one.uris, [&](const std::string& uri) {
    return std::ranges::any_of(other.uris,
                               [&](const std::string& each) { return plain_address(each) == plain_address(uri); });
  });
  return shared_address && std::ranges::any_of(one.suites, [&](const std::string& suite) {
           return std::ranges::any_of(other.suites,
                                      [&](const std::string& each) { return plain_suite(each) == plain_suite(suite); });
         });
}

std::vector<std::string> signers(const AptSource& source) {
  std::string words = source.option("signed-by");
  std::ranges::replace(words, ',', ' ');
  std::vector<std::string> sorted = words_of(words);
  std::ranges::sort(sorted);
  return sorted;
}

// How good an entry's key is: the best entry stays.
int worth(const Observed& observed, const AptSource& source) {
  int points = 0;
  for (const std::string& file : keyring_files(source.option("signed-by"))) {
    const auto found = observed.keyrings.find(file);
    if (found == observed.keyrings.end()) {
      continue;
    }
    const bool lives = std::ranges::any_of(found->second.keyring.keys, [&](const OpenPgpKey& key) {
      return !key.bound_by_sha1 && !observed.retired.contains(key.fingerprint);
    });
    const bool packaged = file == "/usr/share/keyrings/cuda-archive-keyring.gpg";
    points += (usable(found->second) ? 4 : 0) + (lives ? 2 : 0) + (packaged ? 1 : 0);
  }
  return points;
}

// An entry with one address and one suite can be switched off for the sake of another.
bool is_single(const AptSource& source) {
  return source.uris.size() == 1 && source.suites.size() == 1;
}

int line_of_signer(const AptSource& source) {
  const auto found = source.options.find("signed-by");
  return found == source.options.end() ? source.line : found->second.line;
}

Diagnosis conflict_of(const Observed& observed, const AptSource& kept, const AptSource& other) {
  const bool one_has_none = signers(kept).empty() || signers(other).empty();
  Diagnosis found{.id = "signed-by-conflict", .severity = Severity::error};
  found.what = "'" + other.uris.front() + "' stands in two entries with different values of Signed-By: apt" +
               (one_has_none ? " before 3.0" : "") + " then reads no source at all";
  found.evidence = {evidence_at(observed, kept.file, line_of_signer(kept)),
                    evidence_at(observed, other.file, line_of_signer(other))};
  found.remedy = "keep one of the two; the key of " + kept.file + " is the better one";
  if (is_single(other)) {
    found.fix = edit_of(observed, other.file, with_source_off(observed.files.at(other.file).text, other));
  }
  return found;
}

constexpr std::array<const char*, 4> apt_switches = {"trusted", "allow-insecure", "allow-weak",
                                                     "allow-downgrade-to-insecure"};
constexpr std::array<const char*, 3> rpm_switches = {"gpgcheck", "pkg_gpgcheck", "sslverify"};

bool says_yes(const std::string& value) {
  const std::string word = lower_case(trimmed(value));
  return word == "yes" || word == "true" || word == "with" || word == "on" || word == "enable" || word == "1" ||
         word == "force";
}

// Whether apt would find a key for the entry once it checks again.
bool has_key(const Observed& observed, const AptSource& source) {
  if (!source.option("signed-by").empty()) {
    return worth(observed, source) >= 4;
  }
  return std::ranges::any_of(observed.keyrings, [&](const auto& each) {
    const auto& [path, keyring] = each;
    return path.starts_with("/etc/apt/trusted.gpg") && usable(keyring) &&
           std::ranges::any_of(keyring.keyring.keys, [](const OpenPgpKey& key) { return key.is(current_deb_key); });
  });
}

void add_apt_switches(const Observed& observed, const AptSource& source, std::vector<Diagnosis>& found) {
  for (const char* name : apt_switches) {
    if (!says_yes(source.option(name))) {
      continue;
    }
    Diagnosis one{.id = "checks-off", .severity = Severity::error};
    one.what =
        std::string("'") + name + "' makes apt take packages that nobody signed from '" + source.uris.front() + "'";
    one.evidence = {evidence_at(observed, source.file, source.options.at(name).line)};
    if (has_key(observed, source)) {
      one.remedy = "take the option out: the key is there";
      one.fix = edit_of(observed, source.file, without_option(observed.files.at(source.file).text, source, name));
    } else {
      one.remedy =
          "install the key of this repository first (NVIDIA's package cuda-keyring brings it), then take the "
          "option out";
      one.command = "apt-get install cuda-keyring";
    }
    found.push_back(std::move(one));
  }
}

void add_rpm_switches(const Observed& observed, const RpmRepository& repository, std::vector<Diagnosis>& found) {
  for (const char* name : rpm_switches) {
    if (!repository.fields.contains(name) || !switched_off(repository.field(name))) {
      continue;
    }
    Diagnosis one{.id = "checks-off", .severity = Severity::error};
    one.what = std::string("'") + name + "' is off for the repository '" + repository.name + "': " +
               (name == std::string("sslverify") ? "anybody on the way can answer for the server"
                                                 : "packages that nobody signed are installed");
    one.evidence = {evidence_at(observed, repository.file, repository.fields.at(name).line)};
    one.remedy = std::string("set ") + name + "=1";
    if (name != std::string("sslverify") && repository.keys().empty()) {
      one.remedy += ", and name the key: gpgkey=" + repository.addresses().front() + "/D42D0685.pub";
    } else {
      one.fix = edit_of(observed, repository.file,
                        with_field(observed.files.at(repository.file).text, repository, name, "1"));
    }
    found.push_back(std::move(one));
  }
}

std::string gone_folder(const Observed& observed, const std::vector<std::string>& addresses) {
  std::string gone;
  for (const std::string& address : addresses) {
    const std::string folder = local_folder(address);
    if (folder.empty() || observed.folders.contains(folder)) {
      return {};
    }
    gone = folder;
  }
  return gone;
}

Diagnosis stale(const std::string& folder, const Evidence& evidence) {
  return {.id = "stale-local-repository",
          .severity = Severity::error,
          .what = "the local repository '" + folder + "' is gone, and each refresh fails for it",
          .evidence = {evidence},
          .remedy = "switch the entry off, or install the local repository's package again"};
}

Diagnosis for_another(const Observed& observed, const std::string& address, const Evidence& evidence) {
  const std::string distro = distro_in(address);
  Diagnosis found{.id = "wrong-suite", .severity = Severity::warning};
  found.what = "'" + address + "' is for " + distro + ", and this system is " + observed.distro;
  found.evidence = {evidence};
  found.remedy = local_folder(address).empty()
                     ? "use the repository of " + observed.distro +
                           (share_a_key(distro, observed.distro) ? "" : ", which has a key of its own")
                     : "install the local repository for " + observed.distro;
  return found;
}

bool is_for_another(const Observed& observed, const std::string& address) {
  const std::string distro = distro_in(address);
  return is_nvidias(address) && !observed.distro.empty() && distro != observed.distro &&
         observed.distros.contains(distro);
}

bool can_be_renamed(const Observed& observed, const std::string& address) {
  return local_folder(address).empty() && share_a_key(distro_in(address), observed.distro);
}

}  // namespace

std::vector<Diagnosis> signed_by_conflicts(const Observed& observed) {
  std::vector<Diagnosis> found;
  for (std::size_t one = 0; one < observed.apt.size(); ++one) {
    for (std::size_t other = one + 1; other < observed.apt.size(); ++other) {
      const AptSource& first = observed.apt[one];
      const AptSource& second = observed.apt[other];
      if (matters(first) && matters(second) && same_target(first, second) && signers(first) != signers(second)) {
        const bool first_stays = worth(observed, first) >= worth(observed, second);
        found.push_back(conflict_of(observed, first_stays ? first : second, first_stays ? second : first));
      }
    }
  }
  return found;
}

std::vector<Diagnosis> stale_local_repositories(const Observed& observed) {
  std::vector<Diagnosis> found;
  for (const AptSource& source : observed.apt) {
    if (const std::string folder = matters(source) ? gone_folder(observed, source.uris) : ""; !folder.empty()) {
      found.push_back(stale(folder, evidence_at(observed, source.file, source.line)));
      found.back().fix = edit_of(observed, source.file, with_source_off(observed.files.at(source.file).text, source));
    }
  }
  for (const RpmRepository& repository : observed.rpm) {
    const std::string folder = matters(repository) ? gone_folder(observed, repository.addresses()) : "";
    if (!folder.empty()) {
      found.push_back(stale(folder, evidence_at(observed, repository.file, repository.fields.at("baseurl").line)));
      const std::string& text = observed.files.at(repository.file).text;
      found.back().fix = edit_of(observed, repository.file, with_field(text, repository, "enabled", "0"));
    }
  }
  return found;
}

std::vector<Diagnosis> wrong_suites(const Observed& observed) {
  std::vector<Diagnosis> found;
  for (const AptSource& source : observed.apt) {
    for (const std::string& uri : source.uris) {
      if (!source.enabled || !is_for_another(observed, uri)) {
        continue;
      }
      found.push_back(for_another(observed, uri, evidence_at(observed, source.file, source.line)));
      if (can_be_renamed(observed, uri)) {
        const std::string& text = observed.files.at(source.file).text;
        found.back().fix =
            edit_of(observed, source.file,
                    with_address(text, source, "/repos/" + distro_in(uri) + "/", "/repos/" + observed.distro + "/"));
      }
    }
  }
  for (const RpmRepository& repository : observed.rpm) {
    for (const std::string& uri : repository.addresses()) {
      if (!repository.enabled() || !is_for_another(observed, uri)) {
        continue;
      }
      const int line = repository.fields.at("baseurl").line;
      found.push_back(for_another(observed, uri, evidence_at(observed, repository.file, line)));
      if (can_be_renamed(observed, uri)) {
        const std::pair<std::string, std::string> names = {"/repos/" + distro_in(uri) + "/",
                                                           "/repos/" + observed.distro + "/"};
        const std::string text = with_field_part(observed.files.at(repository.file).text, repository, "baseurl", names);
        found.back().fix = edit_of(observed, repository.file, with_field_part(text, repository, "gpgkey", names));
      }
    }
  }
  return found;
}

std::vector<Diagnosis> checks_off(const Observed& observed) {
  std::vector<Diagnosis> found;
  for (const AptSource& source : observed.apt) {
    if (matters(source)) {
      add_apt_switches(observed, source, found);
    }
  }
  for (const RpmRepository& repository : observed.rpm) {
    if (matters(repository)) {
      add_rpm_switches(observed, repository, found);
    }
  }
  return found;
}

}  // namespace cudnn_install
