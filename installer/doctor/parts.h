// What the files of checks share.
#pragma once

#include <string>
#include <vector>

#include "doctor/doctor.h"

namespace cudnn_install {

// source_checks.cpp
std::vector<Diagnosis> signed_by_conflicts(const Observed& observed);
std::vector<Diagnosis> stale_local_repositories(const Observed& observed);
std::vector<Diagnosis> wrong_suites(const Observed& observed);
std::vector<Diagnosis> checks_off(const Observed& observed);
// key_checks.cpp
std::vector<Diagnosis> missing_keyrings(const Observed& observed);
std::vector<Diagnosis> unreadable_keyrings(const Observed& observed);
std::vector<Diagnosis> keyring_formats(const Observed& observed);
std::vector<Diagnosis> retired_keys(const Observed& observed);
std::vector<Diagnosis> sha1_keys(const Observed& observed);
// library_checks.cpp
std::vector<Diagnosis> damaged_installations(const Observed& observed);
std::vector<Diagnosis> mixed_installations(const Observed& observed);
std::vector<Diagnosis> broken_links(const Observed& observed);
std::vector<Diagnosis> harmful_compat(const Observed& observed);

// Enabled, and of NVIDIA.
bool matters(const AptSource& source);
bool matters(const RpmRepository& repository);
// The files that Signed-By names; none where it holds fingerprints or a key itself.
std::vector<std::string> keyring_files(const std::string& signed_by);
// The file of a file: address; "" for others.
std::string key_file(const std::string& address);
// apt's own user, dnf and zypper can read it, and it has the form that its name promises.
bool usable(const ObservedKeyring& keyring);

Evidence evidence_at(const Observed& observed, const std::string& file, int line);
// The edit of a source file; nothing where its text stays.
std::vector<FileEdit> edit_of(const Observed& observed, const std::string& file, const std::string& text);

}  // namespace cudnn_install
