// The record of `package --json`: all that packaging/ knows of an archive.
#pragma once

#include <string>

#include "plan/package_plan.h"

namespace cudnn_install {

std::string package_record(const PackagePlan& plan, const Payload& payload, const std::string& directory);

}  // namespace cudnn_install
