// From the options as typed to what they mean.
#pragma once

#include <chrono>
#include <string>

#include "cli/cli.h"
#include "cli/options.h"
#include "plan/plan.h"

namespace cudnn_install {

// Checks every value; the prefix is left as typed (chosen_prefix), the method is checked against the ways of the guide.
Result<Request> request_from(const ChoiceOptions& choice, const PlaceOptions& place);

// "/" or an existing directory's absolute path, without a slash at its end.
Result<std::string> checked_root(const std::string& root);

// Absolute, without "." and ".."; relative ones count from the working directory, but not below another root.
Result<std::string> checked_prefix(const std::string& prefix, const std::string& root);

struct ChosenPrefix {
  std::string path{};
  std::string warning{};  // "" where there is nothing to say
};
// The prefix that was asked for, else the /usr/local/cuda link, else the newest toolkit, else /usr/local/cuda.
Result<ChosenPrefix> chosen_prefix(const PlaceOptions& place, const Host& host);

// Where package receipts and the index of prefixes live: CUDNN_INSTALL_STATE, else var/lib/cudnn-install below the root
// for root, else XDG_STATE_HOME/cudnn-install or ~/.local/state/cudnn-install.
Result<std::string> state_directory(const std::string& root, const Context& context);

// Where the receipts of packages are: they are the system's, whoever asks.
std::string package_state(const std::string& root, const Context& context);

Result<std::chrono::seconds> checked_lock_timeout(const std::string& text);

}  // namespace cudnn_install
