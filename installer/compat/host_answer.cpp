#include "compat/host_answer.h"

#include <algorithm>

namespace cudnn_install {

namespace {

Version version(const std::string& text) {
  return Version::parse(text).value_or(Version());
}

// The driver that a toolkit's row names for the system; where it names none, the first of its branch.
Version driver_of(const ToolkitRow& row, OperatingSystem os) {
  const std::optional<Version>& driver = os == OperatingSystem::windows ? row.windows_driver : row.linux_driver;
  return driver.value_or(version(std::to_string(row.branch)));
}

const Floor* floor_of(const CompatTables& tables, std::uint32_t major) {
  const auto found =
      std::ranges::find_if(tables.floors, [&](const Floor& floor) { return floor.major == static_cast<int>(major); });
  return found == tables.floors.end() ? nullptr : &*found;
}

const Version& minimum(const Floor& floor, OperatingSystem os) {
  return os == OperatingSystem::windows ? floor.windows_driver : floor.linux_driver;
}

std::string shown(const Version& cuda) {
  return cuda.size() == 0 ? "no CUDA of the tables" : "CUDA " + cuda.text();
}

// What the toolkit itself leaves out for this GPU, whatever the driver.
std::vector<std::string> toolkit_limits(const CompatTables& tables, const CompatQuestion& question) {
  const Generation* generation = question.gpu ? find_generation(tables, question.gpu->capability) : nullptr;
  if (generation == nullptr) {
    return {};
  }
  if (generation->last_cuda.size() > 0 && generation->last_cuda.major() < question.cuda.major()) {
    return {"toolkits of CUDA " + std::to_string(question.cuda.major()) + " build nothing for " + generation->name +
            " (" + question.gpu->capability.text() + "): its last is " + generation->last_cuda.text()};
  }
  if (question.cuda < generation->first_cuda) {
    return {"CUDA " + question.cuda.text() + " has no code for " + generation->name + ", which came with " +
            generation->first_cuda.text() + ": programs need PTX to run on it"};
  }
  return {};
}

void make_backward(const CompatTables& tables, const CompatQuestion& question, CompatAnswer& answer) {
  answer.verdict = Verdict::backward;
  answer.clause = "1";
  const bool pair = answer.driver_cuda == question.cuda;
  answer.reasons.push_back("driver " + question.driver.text() + " has all of CUDA " + answer.driver_cuda.text() +
                           (pair ? "" : ", which is newer than " + question.cuda.text()));
  answer.limits = toolkit_limits(tables, question);
  answer.actions.emplace_back("nothing: the driver serves by itself");
}

void make_minor(const CompatTables& tables, const CompatQuestion& question, const Floor& floor, CompatAnswer& answer) {
  answer.verdict = Verdict::minor_version;
  answer.clause = "2.1";
  answer.reasons.push_back("driver " + question.driver.text() + " is of " + shown(answer.driver_cuda) +
                           " and not below " + minimum(floor, question.os).text() + ", which all of CUDA " +
                           std::to_string(floor.major) + ".x ask for");
  answer.limits = minor_limits(tables, question, answer.driver_cuda);
  for (const std::string& limit : toolkit_limits(tables, question)) {
    answer.limits.push_back(limit);
  }
  const auto full = driver_of_cuda(tables, question.cuda, question.os);
  answer.actions.push_back("nothing, where the limits do not matter" +
                           (full ? "; else upgrade the driver to " + full->text() + " or newer" : std::string()));
}

std::string toolkit_advice(const CompatTables& tables, const CompatQuestion& question, const Version& driver_cuda) {
  if (driver_cuda.size() == 0) {
    return "the driver is older than every toolkit of the tables: upgrade it";
  }
  const Floor* floor = floor_of(tables, driver_cuda.major());
  const bool whole_major = floor != nullptr && minimum(*floor, question.os) <= question.driver;
  return "or use CUDA " + driver_cuda.text() +
         (whole_major ? ", or any " + std::to_string(driver_cuda.major()) +
                            ".x within the limits of minor-version compatibility"
                      : " or older");
}

void make_unsupported(const CompatTables& tables, const CompatQuestion& question, const Floor* floor,
                      CompatAnswer& answer) {
  answer.clause = "2.1";
  answer.reasons.push_back("driver " + question.driver.text() + " is of " + shown(answer.driver_cuda) +
                           ", older than CUDA " + question.cuda.text());
  const auto full = driver_of_cuda(tables, question.cuda, question.os);
  if (floor != nullptr) {
    answer.reasons.push_back("minor-version compatibility of CUDA " + std::to_string(floor->major) +
                             ".x begins with driver " + minimum(*floor, question.os).text());
    answer.actions.push_back(
        "upgrade the driver to " + minimum(*floor, question.os).text() + " or newer" +
        (full ? " (" + full->text() + " or newer for all of CUDA " + question.cuda.text() + ")" : ""));
  } else {
    answer.reasons.push_back("there is no minor-version compatibility in CUDA " +
                             std::to_string(question.cuda.major()) + ".x as far as the tables go");
    answer.actions.push_back(full ? "upgrade the driver to " + full->text() + " or newer"
                                  : "CUDA " + question.cuda.text() + " is in no table: look for its release notes");
  }
  answer.actions.push_back(toolkit_advice(tables, question, answer.driver_cuda));
}

}  // namespace

Version cuda_of_driver(const CompatTables& tables, const Version& driver, OperatingSystem os) {
  Version newest;
  for (const ToolkitRow& row : tables.toolkits) {
    if (!row.preview && driver_of(row, os) <= driver && newest < row.cuda) {
      newest = row.cuda;
    }
  }
  // Branches without a toolkit of their own report a CUDA all the same: 565 is 12.7.
  const Branch* branch = find_branch(tables, static_cast<int>(driver.major()));
  const bool without_toolkit = branch != nullptr && std::ranges::none_of(tables.toolkits, [&](const ToolkitRow& row) {
                                 return row.branch == branch->number;
                               });
  return without_toolkit && newest < branch->cuda ? branch->cuda : newest;
}

std::optional<Version> driver_of_cuda(const CompatTables& tables, const Version& cuda, OperatingSystem os) {
  std::optional<Version> oldest;
  for (const ToolkitRow& row : tables.toolkits) {
    if (!row.preview && row.cuda == cuda && (!oldest || driver_of(row, os) < *oldest)) {
      oldest = driver_of(row, os);
    }
  }
  return oldest;
}

std::vector<std::string> minor_limits(const CompatTables& tables, const CompatQuestion& question,
                                      const Version& driver_cuda) {
  std::vector<std::string> limits = {
      "features of CUDA " + question.cuda.text() + " that reach into the driver answer error 36",
      "PTX is compiled only up to what the driver of " + shown(driver_cuda) + " knows: newer PTX gives error 222",
      "build with an explicit -arch=sm_" +
          (question.gpu && question.gpu->capability.size() == 2
               ? std::to_string(question.gpu->capability.part(0)) + std::to_string(question.gpu->capability.part(1))
               : std::string("XX"))};
  if (question.cuda < tables.rules.nvrtc_since) {
    limits.push_back("NVRTC takes part from CUDA " + tables.rules.nvrtc_since.text() + " on only");
  }
  return limits;
}

CompatAnswer host_answer(const CompatTables& tables, const CompatQuestion& question) {
  CompatAnswer answer{.driver_cuda = cuda_of_driver(tables, question.driver, question.os)};
  if (const std::string refusal = generation_refusal(tables, question, static_cast<int>(question.driver.major()));
      !refusal.empty() && question.os == OperatingSystem::gnu_linux) {
    answer.clause = "1";
    answer.error = 100;
    answer.reasons.push_back(refusal);
    answer.actions.emplace_back("install a driver of a branch that still knows the GPU");
    return answer;
  }
  const Floor* floor = floor_of(tables, question.cuda.major());
  if (answer.driver_cuda.size() > 0 && question.cuda <= answer.driver_cuda) {
    make_backward(tables, question, answer);
  } else if (floor != nullptr && minimum(*floor, question.os) <= question.driver) {
    make_minor(tables, question, *floor, answer);
  } else {
    make_unsupported(tables, question, floor, answer);
  }
  return answer;
}

}  // namespace cudnn_install
