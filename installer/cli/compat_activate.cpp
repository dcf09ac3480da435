// compat activate | deactivate: for one application by a script or module file, or for all by a checked link.
#include <filesystem>
#include <memory>

#include "base/text.h"
#include "cli/compat.h"
#include "cli/options.h"
#include "cli/records.h"
#include "cli/request.h"
#include "compat/activation.h"
#include "host/root_view.h"
#include "system/resolve.h"
#include "transaction/compat_link.h"
#include "transaction/state_directory.h"

namespace cudnn_install {

namespace {

struct ActivateOptions {
  OutputOptions output{};
  CompatWords words{};
  std::string form = "sh";
  std::string to{};
  bool loader = false;
};

struct Candidate {
  CompatLibrary library{};
  std::string directory{};  // as the root sees it, every link followed
};

// The library that was named, else the newest of those that are installed.
Result<Candidate> candidate_of(const ActivateOptions& options, const std::string& root, const CompatQuestions& asked) {
  const RootView view(root);
  std::string name = options.words.library;
  if (name.empty()) {
    if (asked.installed.empty()) {
      return failure(Fault::usage, "no forward-compatibility library is installed here",
                     "install one first: cudnn-install compat install; or name one: --library FILE");
    }
    name = asked.installed.front().path;
  }
  std::error_code code;
  name = std::filesystem::absolute(name, code).lexically_normal().string();
  const auto real = view.resolved(view.is_directory(name) ? name + "/libcuda.so.1" : name);
  if (!real) {
    return failure(Fault::usage, "no library '" + name + "'", "name a libcuda, or the directory that it lies in");
  }
  auto library = compat_library(view.outside(*real));
  if (!library) {
    return tl::unexpected(library.error());
  }
  library->path = *real;
  return Candidate{.library = std::move(*library), .directory = real->substr(0, real->rfind('/'))};
}

// Beside a refusal, after which nothing else is to be done either: nothing at all.
std::string hint_of(const CompatAnswer& answer) {
  static constexpr std::string_view but = "nothing else";
  const std::string action = answer.actions.empty() ? "" : answer.actions.back();
  return action.starts_with(but) ? "nothing" + action.substr(but.size()) : action;
}

// What the library would do here; an error where that is harm.
Result<CompatAnswer> judged(const CompatTables& tables, const CompatQuestions& asked, const Candidate& candidate) {
  std::vector<CompatAnswer> answers;
  for (CompatQuestion question : asked.questions) {
    question.library = candidate.library;
    answers.push_back(decided(tables, question));
  }
  CompatAnswer answer = decisive(answers);
  if (answer.verdict == Verdict::harmful || answer.verdict == Verdict::unsupported) {
    return failure(Fault::unsupported,
                   "'" + candidate.library.path + "' is not activated: " + answer.reasons.front() +
                       (answer.error != 0 ? " (error " + std::to_string(answer.error) + ")" : ""),
                   hint_of(answer));
  }
  return answer;
}

Result<std::string> text_for(const std::string& form, const Activation& activation) {
  if (form == "sh") {
    return shell_activation(activation);
  }
  if (form == "tcl") {
    return tcl_activation(activation);
  }
  if (form == "lua") {
    return lua_activation(activation);
  }
  if (form == "rpath") {
    return rpath_advice(std::string(shared_directory) + "/" + shared_link);
  }
  return failure(Fault::usage, "unknown form '" + form + "' of an activation", "write sh, tcl, lua, rpath or shared");
}

Result<Outcome> written(const std::string& text, const std::string& to, const std::string& root, Context& context) {
  if (to.empty()) {
    return Outcome{.text = text, .record = text_record("activation", text), .fault = {}};
  }
  const auto path = checked_prefix(to, root);
  if (!path) {
    return tl::unexpected(path.error());
  }
  const std::size_t slash = path->rfind('/');
  const std::string folder = slash == 0 ? "/" : path->substr(0, slash);
  const auto directory = resolve(root, folder, Caution::strict);
  if (!directory || !directory->missing.empty()) {
    return directory ? failure(Fault::usage, "there is no directory '" + folder + "'")
                     : tl::unexpected(directory.error());
  }
  auto done = replace_file(context.files, directory->directory, path->substr(slash + 1), text);
  if (!done) {
    return tl::unexpected(done.error());
  }
  const std::string said = "wrote " + *path + "\n";
  return Outcome{.text = said, .record = text_record("written", *path), .fault = {}};
}

Result<Outcome> shared(const ActivateOptions& options, const std::string& root, const CompatAnswer& answer,
                       const Candidate& candidate, Context& context) {
  if (answer.verdict == Verdict::not_needed) {
    const std::string text = "not activated, since it is not needed: " + printable(answer.reasons.front()) + "\n";
    return Outcome{.text = text, .record = text_record("activation", text), .fault = {}};
  }
  const CompatPlace place{.root = root, .files = context.files, .processes = context.processes};
  auto done = set_compat_link(place, candidate.directory, options.loader ? LoaderUse::configured : LoaderUse::none);
  if (!done) {
    return tl::unexpected(done.error());
  }
  const std::string link = std::string(shared_directory) + "/" + shared_link;
  std::string text = link + " -> " + printable(candidate.directory) + "\n";
  text += options.loader ? "the loader takes it first; run cudnn-install compat check after every driver upgrade\n"
                         : "export LD_LIBRARY_PATH=" + link + "${LD_LIBRARY_PATH:+:$LD_LIBRARY_PATH}\n";
  for (const std::string& assumption : answer.assumed) {
    text += "assumed: " + printable(assumption) + "\n";
  }
  return Outcome{.text = text, .record = text_record("activation", text), .fault = {}};
}

Result<Outcome> run(const ActivateOptions& options, Context& context) {
  const auto root = checked_root(options.words.root);
  const auto tables = compat_tables(options.words.recipes, context);
  if (!root || !tables) {
    return tl::unexpected(!root ? root.error() : tables.error());
  }
  CompatWords words = options.words;
  words.library.clear();
  words.cuda_follows = words.cuda.empty();
  auto asked = compat_questions(*tables, words, context);
  if (!asked) {
    return tl::unexpected(asked.error());
  }
  const auto candidate = candidate_of(options, *root, *asked);
  if (!candidate) {
    return tl::unexpected(candidate.error());
  }
  for (CompatQuestion& question : asked->questions) {
    question.cuda = options.words.cuda.empty() ? cuda_of_library(*tables, candidate->library) : question.cuda;
  }
  const auto answer = judged(*tables, *asked, *candidate);
  if (!answer) {
    return tl::unexpected(answer.error());
  }
  if (options.form == "shared") {
    return shared(options, *root, *answer, *candidate, context);
  }
  const auto text = text_for(options.form, activation_of(*tables, candidate->library, candidate->directory));
  if (!text) {
    return tl::unexpected(text.error());
  }
  return written(*text, options.to, *root, context);
}

Result<Outcome> take_back(const std::string& typed_root, Context& context) {
  const auto root = checked_root(typed_root);
  if (!root) {
    return tl::unexpected(root.error());
  }
  const CompatPlace place{.root = *root, .files = context.files, .processes = context.processes};
  if (auto done = remove_compat_link(place); !done) {
    return tl::unexpected(done.error());
  }
  const std::string text = "the shared link is gone; the system's driver is used\n";
  return Outcome{.text = text, .record = text_record("activation", text), .fault = {}};
}

}  // namespace

CompatPart compat_activate(Definition& parent) {
  auto options = std::make_shared<ActivateOptions>();
  Definition part = parent.nested("activate", "Make applications use a forward-compatibility library where it fits");
  part.text({.names = "--form", .value = "FORM", .text = "For one application: sh, tcl, lua or rpath; for all: shared"},
            options->form);
  part.text({.names = "--library",
             .value = "FILE",
             .text = "The library or its directory; default: the newest that is installed"},
            options->words.library);
  part.text({.names = "--to", .value = "FILE", .text = "Write the script there; default: standard output"},
            options->to);
  part.flag({.names = "--loader", .value = {}, .text = "With shared: name the link in /etc/ld.so.conf.d too"},
            options->loader);
  part.text({.names = "--cuda", .value = "VERSION", .text = "CUDA that is wanted; default: the library's"},
            options->words.cuda);
  part.text({.names = "--driver", .value = "VERSION", .text = "Kernel driver; default: the one that is loaded here"},
            options->words.driver);
  part.text({.names = "--gpu",
             .value = "NAME",
             .text = "GPU by its name or compute capability; default: those that are here"},
            options->words.gpu);
  part.text({.names = "--root", .value = "DIR", .text = "Root of another system"}, options->words.root);
  part.text({.names = "--recipes", .value = "DIR", .text = "Read the recipes from DIR instead of the built-in ones"},
            options->words.recipes);
  add_output_options(part, options->output);
  return {part, [options](Context& context) { return run(*options, context); }};
}

CompatPart compat_deactivate(Definition& parent) {
  struct DeactivateOptions {
    OutputOptions output{};
    std::string root = "/";
  };
  auto options = std::make_shared<DeactivateOptions>();
  Definition part = parent.nested("deactivate", "Remove the shared link and the loader's file that names it");
  part.text({.names = "--root", .value = "DIR", .text = "Root of another system"}, options->root);
  add_output_options(part, options->output);
  return {part, [options](Context& context) { return take_back(options->root, context); }};
}

}  // namespace cudnn_install
