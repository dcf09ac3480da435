// The parts of `doctor`.
#pragma once

#include <string>
#include <vector>

#include "cli/cli.h"
#include "doctor/doctor.h"

namespace cudnn_install {

struct DoctorReport {
  std::string root = "/";
  std::vector<Diagnosis> findings{};  // that are there now
  std::vector<Diagnosis> mended{};    // by this run
};
std::string doctor_record(const DoctorReport& report);
// What --undo did.
std::string undone_record(const std::vector<std::string>& restored, const std::vector<std::string>& left);

// What receipts and the driver tell beyond what is observed: damaged installations, and compatibility libraries that
// the loader takes first and that do harm.
void add_damage(const std::string& root, const Context& context, Observed& observed);
void add_harmful_compat(const std::string& root, const std::string& recipes, Context& context, Observed& observed);

}  // namespace cudnn_install
