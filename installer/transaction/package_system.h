// One system's package manager, its database and the small files around it: asked, and told what to do, for the plans
// of the package methods. Below another root everything runs by chroot.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "base/package_manager.h"
#include "base/sha256.h"
#include "packages/answers.h"
#include "packages/package_manager_words.h"
#include "receipt/package_receipt.h"
#include "system/files.h"
#include "system/processes.h"

namespace cudnn_install {

class PackageSystem {
 public:
  struct Place {
    std::string root = "/";
    Files& files;
    Processes& processes;
    int lock = -1;                     // held open by whatever changes the system
    std::chrono::seconds patience{0};  // while another package manager runs
  };
  PackageSystem(const Place& place, Manager manager) : place_(place), manager_(std::move(manager)) {}

  [[nodiscard]] const Manager& manager() const { return manager_; }
  [[nodiscard]] const std::string& root() const { return place_.root; }
  [[nodiscard]] Files& files() const { return place_.files; }
  [[nodiscard]] Processes& processes() const { return place_.processes; }

  // `unsupported` where the system does not have it.
  Result<void> present() const;
  // A question; and a change, whose command goes on to its end whatever happens to us, and is tried again while another
  // manager holds the locks.
  Result<Answer> ask(const Words& words) const;
  Result<Answer> change(const Words& words) const;
  // `what` as for carried_through().
  Result<void> carry_out(const Words& words, const std::string& what) const;
  Result<std::vector<SimulatedChange>> simulated(const Words& words) const;

  // By name; the value of a package that is not whole is no version.
  Result<std::map<std::string, SubjectState>> packages(const Words& names) const;
  Result<std::vector<std::string>> locks() const;  // names; none where the manager knows no locks
  Result<std::vector<std::string>> keys() const;   // of rpm's database
  Result<std::vector<std::string>> trouble() const;

  Result<std::optional<SubjectState>> file(const std::string& path) const;
  // The bytes of a file that others wrote; absent is an error.
  Result<std::string> text_of(const std::string& path) const;
  Result<void> put(const std::string& path, const std::optional<SubjectState>& state) const;
  Result<void> make_directory(const std::string& path) const;  // with what is missing on the way to it
  // The bytes of a file outside the root; answers the digest of what was written.
  Result<Sha256> copy_in(const std::string& from, const std::string& path) const;
  // With everything below it; absent: fine.
  Result<void> remove_all(const std::string& path) const;
  // The one file that `glob` (its last part) means.
  Result<std::string> only_match(const std::string& glob) const;
  // Its names, sorted; empty if there is no such directory.
  [[nodiscard]] std::vector<std::string> names_in(const std::string& directory) const;
  // All that was written below /etc, /usr and /var is on the disk.
  Result<void> sync() const;

 private:
  [[nodiscard]] Words in_root(const Words& words) const;

  Place place_;
  Manager manager_;
};

}  // namespace cudnn_install
