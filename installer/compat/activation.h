// What makes one application use a forward-compatibility library: texts that ask the machine each time they are read,
// put the library first where it fits, and leave the system's driver alone where it does not.
#pragma once

#include <string>
#include <vector>

#include "compat/decision.h"

namespace cudnn_install {

struct Activation {
  std::string directory{};      // /usr/local/cuda-13.0/compat
  Version driver{};             // of the library in it
  Version cuda{};               // that it brings
  std::vector<int> branches{};  // of kernel drivers that it accepts
};
// The branches are the note's; without one, those that the tables name.
Activation activation_of(const CompatTables& tables, const CompatLibrary& library, const std::string& directory);

std::string shell_activation(const Activation& activation);  // to be sourced by sh, dash, bash, zsh
std::string tcl_activation(const Activation& activation);    // environment-modules, and Lmod too
std::string lua_activation(const Activation& activation);    // Lmod
std::string rpath_advice(const std::string& directory);

}  // namespace cudnn_install
