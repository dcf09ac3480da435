// The options that mean the same in every subcommand, as typed; request.h gives them their meaning.
#pragma once

#include <string>
#include <vector>

#include "cli/definition.h"

namespace cudnn_install {

struct OutputOptions {
  bool json = false;
  bool quiet = false;
  bool verbose = false;
  std::string log_file{};
};

struct PlaceOptions {
  std::string prefix{};  // "": not given
  std::string root = "/";
};

struct ChoiceOptions {
  std::string method = "tar";
  std::string cudnn{};
  std::string cuda{};
  std::string arch{};
  std::string distro{};
  std::vector<std::string> archives{};
  std::string sha256{};
  bool allow_unverified = false;
  std::string components{};
  std::string repository{};  // tree of a mirror; "": NVIDIA's own
  std::string repository_key{};
  bool no_pin = false;
  std::string recipes{};  // directory; "": the built-in ones
  bool offline = false;
};

struct ShowOptions {
  std::string format = "text";  // text | sh | json | dockerfile
  bool explain = false;
  std::string host{};  // record of another machine
};

struct ChangeOptions {
  bool yes = false;
  bool accept_license = false;
  bool trust_prefix = false;
  bool dry_run = false;
  bool drop_previous = false;
  std::string lock_timeout = "60";
};

void add_output_options(Definition& definition, OutputOptions& options);
void add_place_options(Definition& definition, PlaceOptions& options);
void add_root_option(Definition& definition, PlaceOptions& options);  // the part of it for what has no prefix
void add_choice_options(Definition& definition, ChoiceOptions& options);
void add_compat_choice_options(Definition& definition, ChoiceOptions& options);  // the method is left open
void add_archive_options(Definition& definition, ChoiceOptions& options);        // the part of it that tells an archive
void add_show_options(Definition& definition, ShowOptions& options);
void add_change_options(Definition& definition, ChangeOptions& options);
void add_license_option(Definition& definition, ChangeOptions& options);

}  // namespace cudnn_install
