// compat install: the package by the system's own manager, or the same files from an archive, if the decision says that
// they help.
#include <memory>

#include "base/text.h"
#include "cli/change.h"
#include "cli/compat.h"
#include "cli/compat_archive.h"
#include "cli/compat_package.h"
#include "cli/compat_wish.h"
#include "cli/request.h"

namespace cudnn_install {

namespace {

struct InstallOptions {
  ChangeCommand command{};
  CompatWords words{};
};

// The CUDA that was said, else that of the toolkit which the usual link leads to.
Result<std::string> wanted_cuda(const std::string& typed, const Host& host) {
  if (!typed.empty()) {
    return typed;
  }
  const bool linked = !host.toolkits.empty() && host.toolkits.front().prefix == usual_toolkit;
  if (!linked || !host.toolkits.front().version || host.toolkits.front().version->size() < 2) {
    return failure(
        Fault::usage,
        std::string("there is no CUDA toolkit at ") + usual_toolkit + ", so it is not clear which CUDA is meant",
        "say --cuda X.Y");
  }
  return host.toolkits.front().version->first(2);
}

// "" stands for the system's own way over the network; of a file in hand its ending tells.
Result<std::string> wanted_method(const ChoiceOptions& choice, const Host& host) {
  std::string usual = host.package_manager == "apt" ? "apt-network" : "rpm-network";
  if (!choice.archives.empty()) {
    const std::string& file = choice.archives.front();
    usual = file.ends_with(".deb")       ? "deb-local"
            : file.ends_with(".rpm")     ? "rpm-local"
            : archive_kind(file).empty() ? ""
                                         : "tar";
    if (usual.empty()) {
      return failure(Fault::usage, "'" + printable(file) + "' is neither a .deb nor an .rpm, a .tar.xz or a .run",
                     "name a package cuda-compat-X-Y, an archive cuda_compat-… or a driver's runfile");
    }
  }
  const bool fits = choice.method.empty() || choice.method == usual ||
                    (choice.archives.empty() && choice.method.ends_with("-network"));
  return fits ? choice.method.empty() ? usual : choice.method
              : Result<std::string>(
                    failure(Fault::usage,
                            "forward-compatibility packages are not installed by the method '" + choice.method + "'",
                            "leave --method out, or take " + usual));
}

// Who takes a file has to say what tells that it is NVIDIA's, or that nothing does.
Result<void> trusted(const ChoiceOptions& choice) {
  if (choice.archives.empty() || !choice.sha256.empty() || choice.allow_unverified) {
    return {};
  }
  return failure(Fault::integrity,
                 "nothing tells whether '" + printable(choice.archives.front()) + "' holds NVIDIA's bytes",
                 "give the digest that its source names: --sha256 HEX; or take it as it is: --allow-unverified");
}

// The decision about the package in hand, from the library inside; its digest is from here on the one that was read.
Result<CompatWish> wish_in_hand(const PackageVersion& told, ChangeCommand& command, const CompatTables& tables,
                                CompatWords words, Context& context) {
  const auto request = request_from(command.choice, command.place);
  if (!request) {
    return tl::unexpected(request.error());
  }
  const auto package = package_in_hand(told, request->archives.front(), {.sha256 = request->sha256});
  if (!package) {
    return tl::unexpected(package.error());
  }
  words.in_hand = package->library;
  const auto asked = compat_questions(tables, words, context);
  auto wish = asked ? compat_wish(tables, *asked, *package) : Result<CompatWish>(tl::unexpected(asked.error()));
  if (wish && !request->sha256) {
    wish->notes.emplace_back("the package is taken without a digest: nothing tells whether these are NVIDIA's bytes");
  }
  command.choice.sha256 = package->sha256.hex();
  return wish;
}

Result<CompatWish> wish_for(ChangeCommand& command, const CompatTables& tables, CompatWords words, const Host& host,
                            Context& context) {
  if (!command.choice.archives.empty()) {
    const auto told = package_told(command.choice.archives.front(), context);
    if (!told) {
      return tl::unexpected(told.error());
    }
    if (!told->name.starts_with("cuda-repo-")) {
      return wish_in_hand(*told, command, tables, std::move(words), context);
    }
  }
  const auto cuda = wanted_cuda(words.cuda, host);
  if (!cuda) {
    return tl::unexpected(cuda.error());
  }
  words.cuda = *cuda;
  return compat_questions(tables, words, context).and_then([&](const CompatQuestions& asked) {
    return compat_wish(tables, asked);
  });
}

// Files that came from an archive lie where the package would put its own.
Result<void> free_of_files(const std::string& root, const Version& cuda) {
  const std::string place = "/usr/local/cuda-" + cuda.text() + "/compat";
  const auto state = prefix_state(root, place);
  const bool ours = state && state->receipt && !state->receipt->installations.empty();
  return !ours ? Result<void>()
               : failure(Fault::conflict, "'" + place + "' holds libraries that were installed from an archive",
                         "take them out first: cudnn-install compat uninstall --cuda " + cuda.text());
}

// From an archive in hand: its libraries as files, in the directory that the package would have them in.
Result<Outcome> install_files(ChangeCommand command, const CompatTables& tables, CompatWords words, Context& context) {
  const auto request = request_from(command.choice, command.place);
  const auto book = request ? recipe_book(command.choice.recipes, context) : tl::unexpected(request.error());
  const auto product = book ? compat_product(book->recipes) : tl::unexpected(book.error());
  if (!product) {
    return tl::unexpected(product.error());
  }
  const auto found = archive_in_hand(request->archives.front(), **product, {.sha256 = request->sha256});
  if (!found) {
    return tl::unexpected(found.error());
  }
  words.in_hand = found->library;
  const auto asked = compat_questions(tables, words, context);
  auto wish = asked ? compat_wish(tables, *asked, *found) : Result<CompatWish>(tl::unexpected(asked.error()));
  if (!wish) {
    return tl::unexpected(wish.error());
  }
  if (!found->archive.vouched) {
    wish->notes.emplace_back("the archive is taken without a digest: nothing tells whether these are NVIDIA's bytes");
  }
  command.choice.sha256 = found->archive.sha256.hex();
  command.place.prefix = filled_in((*product)->files.prefix, {{"cuda", wish->cuda->text()}});
  return run_change(
      command,
      {.look = {.choice = command.choice, .place = command.place}, .planner = plan_install, .compat = std::move(*wish)},
      context);
}

Result<Outcome> install(const InstallOptions& options, Context& context) {
  ChangeCommand command = options.command;
  const auto root = checked_root(command.place.root);
  const auto tables = compat_tables(command.choice.recipes, context);
  if (!root || !tables) {
    return tl::unexpected(!root ? root.error() : tables.error());
  }
  const Host host = probed_host(*root);
  const auto method = wanted_method(command.choice, host);
  if (!method) {
    return tl::unexpected(method.error());
  }
  command.choice.method = *method;
  if (auto good = trusted(command.choice); !good) {
    return tl::unexpected(good.error());
  }
  CompatWords words = options.words;
  words.cuda = command.choice.cuda;
  words.root = *root;
  words.recipes = command.choice.recipes;
  if (command.choice.method == "tar") {
    return install_files(std::move(command), *tables, std::move(words), context);
  }
  auto wish = wish_for(command, *tables, words, host, context);
  if (!wish) {
    return tl::unexpected(wish.error());
  }
  if (auto free = free_of_files(*root, *wish->cuda); !free) {
    return tl::unexpected(free.error());
  }
  return run_change(
      command,
      {.look = {.choice = command.choice, .place = command.place}, .planner = plan_install, .compat = std::move(*wish)},
      context);
}

}  // namespace

CompatPart compat_install(Definition& parent) {
  auto options = std::make_shared<InstallOptions>();
  Definition part = parent.nested("install", "Install the forward-compatibility package, if it helps here");
  add_machine_options(part, options->words, "What");
  add_compat_choice_options(part, options->command.choice);
  add_root_option(part, options->command.place);
  add_change_options(part, options->command.change);
  part.flag({.names = "--accept-license",
             .value = {},
             .text = "Accept NVIDIA's CUDA licence (or set CUDNN_INSTALL_ACCEPT_LICENSE=1)",
             .group = "How"},
            options->command.change.accept_license);
  add_show_options(part, options->command.show);
  add_output_options(part, options->command.output);
  return {part, [options](Context& context) { return install(*options, context); }};
}

}  // namespace cudnn_install
