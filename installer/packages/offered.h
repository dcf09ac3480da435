// Which versions of a package the repositories have, where a plan leaves that open. Pure.
#pragma once

#include <string>
#include <vector>

#include "packages/answers.h"
#include "packages/package_manager_words.h"

namespace cudnn_install {

// Every version of one package; a lock that hides some of them is passed by. Read by offered_versions().
Words offered_query(const Manager& manager, const std::string& name);
// Oldest first where the manager sorts them, each once; none where no repository has the package.
std::vector<std::string> offered_versions(const Manager& manager, const std::string& name, const Answer& answer);

// What its maker calls it: 580.95.05 of 1:580.95.05-1.el9.
std::string upstream_version(const std::string& version);

}  // namespace cudnn_install
