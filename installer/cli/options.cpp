#include "cli/options.h"

#include <CLI/CLI.hpp>

namespace cudnn_install {

namespace {

constexpr const char* place_group = "Where";
constexpr const char* choice_group = "What";
constexpr const char* change_group = "How";
constexpr const char* output_group = "Output";

}  // namespace

void add_output_options(CLI::App& app, OutputOptions& options) {
  app.add_flag("--json", options.json, "Answer with one JSON record on standard output, errors too")
      ->group(output_group);
  app.add_flag("-q,--quiet", options.quiet, "Say nothing but the answer and errors")->group(output_group);
  app.add_flag("-v,--verbose", options.verbose, "Show the clause of the guide and the effective step beside each step")
      ->group(output_group);
  app.add_option("--log-file", options.log_file, "Append what happens to FILE (created readable by you alone)")
      ->type_name("FILE")
      ->group(output_group);
}

void add_place_options(CLI::App& app, PlaceOptions& options) {
  app.add_option("--prefix", options.prefix,
                 "CUDA directory; default: the /usr/local/cuda link, else the newest toolkit, else /usr/local/cuda")
      ->type_name("DIR")
      ->group(place_group);
  app.add_option("--root", options.root, "Root of another system; links are resolved as inside it")
      ->type_name("DIR")
      ->group(place_group);
}

void add_choice_options(CLI::App& app, ChoiceOptions& options) {
  app.add_option("--method", options.method, "Way of installing: tar")->type_name("METHOD")->group(choice_group);
  app.add_option("--cudnn", options.cudnn, "Version of cuDNN in 2, 3 or 4 parts, or latest")
      ->type_name("VERSION")
      ->group(choice_group);
  app.add_option("--cuda", options.cuda, "Version of CUDA; its major picks the variant of the archive")
      ->type_name("VERSION")
      ->group(choice_group);
  app.add_option("--arch", options.arch, "Platform: x86_64, sbsa, ppc64le or aarch64-jetson; default: this machine's")
      ->type_name("ARCH")
      ->group(choice_group);
  app.add_option("--distro", options.distro,
                 "Recipe of a distribution, as recipe list names it; default: this machine's")
      ->type_name("NAME")
      ->group(choice_group);
  app.add_option("--archive", options.archives, "Archive in hand, or its URL")
      ->allow_extra_args(false)
      ->type_name("FILE")
      ->group(choice_group);
  app.add_option("--sha256", options.sha256, "Digest that the archive must have; outranks the catalogue")
      ->type_name("HEX")
      ->group(choice_group);
  app.add_flag("--allow-unverified", options.allow_unverified, "Take an archive whose digest nobody vouches for")
      ->group(choice_group);
  app.add_option("--components", options.components,
                 "Parts, separated by commas: runtime, dev, static, samples; default: all that the archive holds")
      ->type_name("LIST")
      ->group(choice_group);
  app.add_option("--recipes", options.recipes, "Read the recipes from DIR instead of the built-in ones")
      ->type_name("DIR")
      ->group(choice_group);
  app.add_flag("--offline", options.offline, "Never use the network")->group(choice_group);
}

void add_show_options(CLI::App& app, ShowOptions& options) {
  app.add_option("--format", options.format, "Form of the plan: text, sh, json or dockerfile")
      ->type_name("FORMAT")
      ->group(output_group);
  app.add_flag("--explain", options.explain, "Show the documented and the effective plan with the clause of each step")
      ->group(output_group);
}

void add_change_options(CLI::App& app, ChangeOptions& options) {
  app.add_flag("-y,--yes", options.yes, "Do not ask whether to go on")->group(change_group);
  app.add_flag("--dry-run", options.dry_run, "Show the plan and do nothing")->group(change_group);
  app.add_option("--lock-timeout", options.lock_timeout,
                 "Seconds to wait for another run; 0: give up at once; default: 60")
      ->type_name("SECONDS")
      ->group(change_group);
  app.add_flag("--trust-prefix", options.trust_prefix, "Install below directories that others own or may write")
      ->group(change_group);
}

void add_license_option(CLI::App& app, ChangeOptions& options) {
  app.add_flag("--accept-license", options.accept_license,
               "Accept NVIDIA's cuDNN licence (or set CUDNN_INSTALL_ACCEPT_LICENSE=1)")
      ->group(change_group);
}

}  // namespace cudnn_install
