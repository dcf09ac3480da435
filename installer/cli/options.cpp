#include "cli/options.h"

namespace cudnn_install {

namespace {

constexpr const char* place_group = "Where";
constexpr const char* choice_group = "What";
constexpr const char* change_group = "How";
constexpr const char* output_group = "Output";

// What the archive is, where its name does not tell.
void add_identity(Definition& definition, ChoiceOptions& options) {
  definition.text({.names = "--cudnn",
                   .value = "VERSION",
                   .text = "Version of cuDNN in 2, 3 or 4 parts, or latest",
                   .group = choice_group},
                  options.cudnn);
  definition.text({.names = "--cuda",
                   .value = "VERSION",
                   .text = "Version of CUDA; its major picks the variant of the archive",
                   .group = choice_group},
                  options.cuda);
  definition.text({.names = "--arch",
                   .value = "ARCH",
                   .text = "Platform: x86_64, sbsa, ppc64le or aarch64-jetson; default: this machine's",
                   .group = choice_group},
                  options.arch);
}

void add_archive(Definition& definition, ChoiceOptions& options) {
  definition.texts({.names = "--archive",
                    .value = "FILE",
                    .text = "Archive or local installer in hand, or its URL",
                    .group = choice_group},
                   options.archives);
  definition.text({.names = "--sha256",
                   .value = "HEX",
                   .text = "Digest that the archive must have; outranks the catalogue",
                   .group = choice_group},
                  options.sha256);
  definition.flag({.names = "--allow-unverified",
                   .value = {},
                   .text = "Take an archive whose digest nobody vouches for",
                   .group = choice_group},
                  options.allow_unverified);
}

// Of the methods that install packages.
void add_packages(Definition& definition, ChoiceOptions& options) {
  definition.text({.names = "--repository",
                   .value = "URL",
                   .text = "Mirror of the tree that holds the network repositories; default: NVIDIA's own",
                   .group = choice_group},
                  options.repository);
  definition.text({.names = "--repository-key",
                   .value = "FILE",
                   .text = "Public key that the mirror is signed with, or its URL; default: NVIDIA's key",
                   .group = choice_group},
                  options.repository_key);
  definition.flag({.names = "--no-pin",
                   .value = {},
                   .text = "Let upgrades of the system change the version of the packages",
                   .group = choice_group},
                  options.no_pin);
}

void add_recipes(Definition& definition, ChoiceOptions& options) {
  definition.text({.names = "--recipes",
                   .value = "DIR",
                   .text = "Read the recipes from DIR instead of the built-in ones",
                   .group = choice_group},
                  options.recipes);
}

}  // namespace

void add_output_options(Definition& definition, OutputOptions& options) {
  definition.flag({.names = "--json",
                   .value = {},
                   .text = "Answer with one JSON record on standard output, errors too",
                   .group = output_group},
                  options.json);
  definition.flag(
      {.names = "-q,--quiet", .value = {}, .text = "Say nothing but the answer and errors", .group = output_group},
      options.quiet);
  definition.flag({.names = "-v,--verbose",
                   .value = {},
                   .text = "Show the clause of the guide and the effective step beside each step",
                   .group = output_group},
                  options.verbose);
  definition.text({.names = "--log-file",
                   .value = "FILE",
                   .text = "Append what happens to FILE (created readable by you alone)",
                   .group = output_group},
                  options.log_file);
}

void add_place_options(Definition& definition, PlaceOptions& options) {
  definition.text(
      {.names = "--prefix",
       .value = "DIR",
       .text = "CUDA directory; default: the /usr/local/cuda link, else the newest toolkit, else /usr/local/cuda",
       .group = place_group},
      options.prefix);
  add_root_option(definition, options);
}

void add_root_option(Definition& definition, PlaceOptions& options) {
  definition.text({.names = "--root",
                   .value = "DIR",
                   .text = "Root of another system; links are resolved as inside it",
                   .group = place_group},
                  options.root);
}

void add_choice_options(Definition& definition, ChoiceOptions& options) {
  definition.text({.names = "--method",
                   .value = "METHOD",
                   .text = "Way of installing: tar, deb-local, rpm-local, apt-network or rpm-network",
                   .group = choice_group},
                  options.method);
  add_identity(definition, options);
  definition.text({.names = "--distro",
                   .value = "NAME",
                   .text = "Recipe of a distribution, as recipe list names it; default: this machine's",
                   .group = choice_group},
                  options.distro);
  add_archive(definition, options);
  definition.text(
      {.names = "--components",
       .value = "LIST",
       .text = "Parts, separated by commas: runtime, dev, static, samples; default: all that the archive holds; of "
               "packages runtime, dev, samples",
       .group = choice_group},
      options.components);
  add_packages(definition, options);
  add_recipes(definition, options);
  definition.flag({.names = "--offline", .value = {}, .text = "Never use the network", .group = choice_group},
                  options.offline);
}

void add_compat_choice_options(Definition& definition, ChoiceOptions& options) {
  options.method.clear();
  definition.text(
      {.names = "--method",
       .value = "METHOD",
       .text = "Way of installing: apt-network or rpm-network; default: that of this system, or of the file",
       .group = choice_group},
      options.method);
  definition.texts({.names = "--archive",
                    .value = "FILE",
                    .text = "In hand: a package cuda-compat-X-Y, a local installer of CUDA, an archive "
                            "cuda_compat-*.tar.xz, or a driver's runfile",
                    .group = choice_group},
                   options.archives);
  definition.text(
      {.names = "--sha256", .value = "HEX", .text = "Digest that the file must have", .group = choice_group},
      options.sha256);
  definition.flag({.names = "--allow-unverified",
                   .value = {},
                   .text = "Take a file whose digest nobody vouches for",
                   .group = choice_group},
                  options.allow_unverified);
  definition.text({.names = "--cuda",
                   .value = "VERSION",
                   .text = "CUDA that is to run; default: that of the toolkit at /usr/local/cuda",
                   .group = choice_group},
                  options.cuda);
  definition.text({.names = "--arch",
                   .value = "ARCH",
                   .text = "Platform: x86_64 or sbsa; default: this machine's",
                   .group = choice_group},
                  options.arch);
  definition.text({.names = "--distro",
                   .value = "NAME",
                   .text = "Recipe of a distribution, as recipe list names it; default: this machine's",
                   .group = choice_group},
                  options.distro);
  add_packages(definition, options);
  add_recipes(definition, options);
}

void add_archive_options(Definition& definition, ChoiceOptions& options) {
  add_archive(definition, options);
  add_identity(definition, options);
  add_recipes(definition, options);
}

void add_show_options(Definition& definition, ShowOptions& options) {
  definition.text({.names = "--format",
                   .value = "FORMAT",
                   .text = "Form of the plan: text, sh, json or dockerfile",
                   .group = output_group},
                  options.format);
  definition.flag({.names = "--explain",
                   .value = {},
                   .text = "Show the documented and the effective plan with the clause of each step",
                   .group = output_group},
                  options.explain);
}

void add_change_options(Definition& definition, ChangeOptions& options) {
  definition.flag({.names = "-y,--yes", .value = {}, .text = "Do not ask whether to go on", .group = change_group},
                  options.yes);
  definition.flag({.names = "--dry-run", .value = {}, .text = "Show the plan and do nothing", .group = change_group},
                  options.dry_run);
  definition.text({.names = "--lock-timeout",
                   .value = "SECONDS",
                   .text = "Seconds to wait for another run; 0: give up at once; default: 60",
                   .group = change_group},
                  options.lock_timeout);
  definition.flag({.names = "--trust-prefix",
                   .value = {},
                   .text = "Install below directories that others own or may write",
                   .group = change_group},
                  options.trust_prefix);
}

void add_license_option(Definition& definition, ChangeOptions& options) {
  definition.flag({.names = "--accept-license",
                   .value = {},
                   .text = "Accept NVIDIA's cuDNN licence (or set CUDNN_INSTALL_ACCEPT_LICENSE=1)",
                   .group = change_group},
                  options.accept_license);
}

}  // namespace cudnn_install
