// Parts of the decision that more than one of its files needs.
#pragma once

#include "compat/decision.h"

namespace cudnn_install {

// What the driver does by itself: backward, minor-version, or unsupported with the reason.
CompatAnswer host_answer(const CompatTables& tables, const CompatQuestion& question);
// What programs must do without: table 4 and its surroundings, and the three of section 2.2.
std::vector<std::string> forward_limits(const CompatTables& tables, const Version& package);
std::vector<std::string> minor_limits(const CompatTables& tables, const CompatQuestion& question,
                                      const Version& driver_cuda);
// The package that would serve, if any: of the CUDA that is wanted, else the next newer one. The reasons why others do
// not are added to `refused`.
std::optional<PackageOffer> offered_package(const CompatTables& tables, const CompatQuestion& question,
                                            std::vector<std::string>& refused);
// "" if the brand is one that forward compatibility serves, or is not known.
std::string brand_refusal(const CompatTables& tables, const CompatQuestion& question, const std::vector<int>& accepted);
// "" if libcuda of that branch still drives the GPU, or if the GPU is not known.
std::string generation_refusal(const CompatTables& tables, const CompatQuestion& question, int branch);
// What a forward answer takes for granted because it was not told.
std::vector<std::string> forward_assumptions(const CompatQuestion& question);
bool brand_is_known(const CompatQuestion& question);

// The answer for a given library.
CompatAnswer library_answer(const CompatTables& tables, const CompatQuestion& question, CompatAnswer without);
// Jetson boards have packages of their own.
CompatAnswer jetson_answer(const CompatTables& tables, const CompatQuestion& question);

}  // namespace cudnn_install
