#include "cli/commands.h"

namespace cudnn_install {

std::vector<Subcommand> subcommands() {
  return {
      {"install", "Install cuDNN; what is done when no command is named", add_install},
      {"upgrade", "Install a newer cuDNN and keep the present one for rollback", add_upgrade},
      {"rollback", "Bring back the version that the last upgrade replaced", add_rollback},
      {"uninstall", "Remove what was installed and bring back what it displaced", add_uninstall},
      {"plan", "Show what install would do, and do nothing", add_plan},
      {"status", "Say what is installed, and where", add_status},
      {"verify", "Hold what is installed against its receipt", add_verify},
      {"switch", "Choose which of several installed versions the plain names lead to", add_switch},
      {"doctor", "Say what is wrong with repositories, keys and libraries here, and mend it", add_doctor},
      {"releases", "List the releases of cuDNN that the catalogue knows", add_releases},
      {"package", "Unpack an archive and say which deb and rpm packages it becomes", add_package},
      {"host", "Say what this machine is", add_host},
      {"compat", "Say which CUDA this driver runs and by which compatibility, and activate it safely", add_compat},
      {"recipe", "List, check and explain recipes", add_recipe},
      {"completion", "Print a completion script for bash, zsh or fish", add_completion},
      {"man", "Print the manual page", add_man},
  };
}

}  // namespace cudnn_install
