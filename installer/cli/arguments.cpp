#include "cli/arguments.h"

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include <CLI/CLI.hpp>

#include "base/text.h"

namespace cudnn_install {

namespace {

struct Definitions {
  CLI::App app{"Puts NVIDIA cuDNN on a machine by the ways that NVIDIA documents, and proves that it works.",
               "cudnn-install"};
  std::map<std::string, Run> runs{};
};

// The answer is shared because each Run refers to the options that live with its App.
std::shared_ptr<Definitions> definitions() {
  auto all = std::make_shared<Definitions>();
  all->app.set_help_flag("-h,--help", "Print this help and exit");
  all->app.set_version_flag("--version", "cudnn-install " + tool_version(), "Print the version and exit");
  all->app.require_subcommand(0, 1);
  all->app.footer(
      "Without a command, install is meant:\n"
      "  cudnn-install --method tar --archive cudnn-linux-x86_64-8.9.6.50_cuda12-archive.tar.xz\n"
      "cudnn-install COMMAND --help tells the options of a command.");
  for (const Subcommand& subcommand : subcommands()) {
    CLI::App* app = all->app.add_subcommand(subcommand.name, subcommand.sentence);
    Definition definition(*app);
    all->runs[subcommand.name] = subcommand.add(definition);
  }
  return all;
}

std::vector<const CLI::App*> children(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

std::vector<std::string> option_names(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_snames()) {
      names.push_back("-" + name);
    }
    for (const std::string& name : option->get_lnames()) {
      names.push_back("--" + name);
    }
  }
  return names;
}

bool takes_value(const CLI::App& app, const std::string& argument) {
  const std::vector<const CLI::App*> commands = children(app);
  return std::any_of(commands.begin(), commands.end(), [&](const CLI::App* command) {
    const CLI::Option* option = command->get_option_no_throw(argument);
    return option != nullptr && option->get_expected_max() > 0 && option->get_type_size() > 0;
  });
}

// The command first, whatever stood before it; install where none is named.
std::vector<std::string> with_command(const Definitions& all, std::vector<std::string> arguments) {
  static const std::vector<std::string> of_the_tool = {"-h", "--help", "--version"};
  if (!arguments.empty() && std::find(of_the_tool.begin(), of_the_tool.end(), arguments.front()) != of_the_tool.end()) {
    return arguments;
  }
  auto word = arguments.begin();
  while (word != arguments.end() && word->rfind('-', 0) == 0 && *word != "--") {
    word += takes_value(all.app, *word) && word + 1 != arguments.end() ? 2 : 1;
  }
  if (word != arguments.end() && *word != "--") {
    std::rotate(arguments.begin(), word, word + 1);
    return arguments;
  }
  arguments.insert(arguments.begin(), "install");
  return arguments;
}

const CLI::App& innermost(const CLI::App& app) {
  const std::vector<CLI::App*> named = app.get_subcommands();
  return named.empty() ? app : innermost(*named.front());
}

std::string full_name(const CLI::App& app) {
  return app.get_parent() == nullptr ? app.get_name() : full_name(*app.get_parent()) + " " + app.get_name();
}

tl::unexpected<Error> unknown_command(const CLI::App& parent, const std::string& word) {
  std::vector<std::string> names;
  for (const CLI::App* child : children(parent)) {
    names.push_back(child->get_name());
  }
  const std::string near = nearest(word, names);
  return failure(Fault::usage, "unknown command '" + word + "'",
                 near.empty() ? "run: " + full_name(parent) + " --help" : "did you mean '" + near + "'?");
}

tl::unexpected<Error> unexpected_argument(const CLI::App& app, const std::string& word) {
  const std::string help = "run: " + full_name(app) + " --help";
  if (word.rfind('-', 0) != 0) {
    return failure(Fault::usage, "unexpected argument '" + word + "' to '" + app.get_name() + "'", help);
  }
  const std::string near = nearest(word.substr(0, word.find('=')), option_names(app));
  return failure(Fault::usage, "unknown option '" + word + "' of '" + app.get_name() + "'",
                 near.empty() ? help : "did you mean '" + near + "'?");
}

// CLI11 says which option is meant in the first word of its message: "--prefix: 1 required DIR missing".
Error usage_error(const CLI::App& app, const CLI::ParseError& thrown) {
  const std::string message = thrown.what();
  const std::string help = "run: " + full_name(app) + " --help";
  const std::string name = message.substr(0, message.find_first_of(": "));
  const CLI::Option* option = app.get_option_no_throw(name);
  if (option != nullptr && thrown.get_name() == "RequiredError") {
    return {.fault = Fault::usage, .what = "'" + app.get_name() + "' needs " + name, .hint = help};
  }
  if (option != nullptr && thrown.get_name() == "ArgumentMismatch") {
    const std::string trouble = option->count() > 1 ? "is given more than once" : "needs a value";
    return {.fault = Fault::usage, .what = "option '" + name + "' " + trouble, .hint = help};
  }
  if (option != nullptr && thrown.get_name() == "ValidationError") {
    return {.fault = Fault::usage, .what = "option '" + name + "'" + message.substr(name.size() + 1), .hint = help};
  }
  return {.fault = Fault::usage, .what = "in the arguments of '" + app.get_name() + "': " + message, .hint = help};
}

Result<Parsed> outcome_of_parse(const std::shared_ptr<Definitions>& all) {
  const CLI::App& app = innermost(all->app);
  if (const std::vector<std::string> left = app.remaining(); !left.empty()) {
    const bool is_command = !children(app).empty() && left.front().rfind('-', 0) != 0;
    return is_command ? unknown_command(app, left.front()) : unexpected_argument(app, left.front());
  }
  if (!children(app).empty()) {
    return failure(Fault::usage, "'" + app.get_name() + "' needs a command", "run: " + full_name(app) + " --help");
  }
  Parsed answer;
  const std::string command = all->app.get_subcommands().front()->get_name();
  answer.run = [all, run = all->runs.at(command)](Context& context) { return run(context); };
  const CLI::Option* log = app.get_option_no_throw("--log-file");
  answer.log_file = log != nullptr && log->count() > 0 ? log->results().front() : "";
  return answer;
}

void collect(const CLI::App& app, const std::string& name, std::vector<CommandText>& into) {
  const std::vector<const CLI::App*> nested = children(app);
  for (const CLI::App* child : nested) {
    collect(*child, (name.empty() ? "" : name + " ") + child->get_name(), into);
  }
  if (!nested.empty()) {
    return;
  }
  CommandText command{.name = name, .sentence = app.get_description(), .options = {}};
  for (const CLI::Option* option : app.get_options()) {
    const bool flag = option->get_expected_max() == 0 || option->get_type_size() == 0;
    command.options.push_back({.names = option->get_name(option->get_positional(), true),
                               .value = flag ? "" : option->get_type_name(),
                               .text = option->get_description(),
                               .group = option->get_group()});
  }
  into.push_back(std::move(command));
}

void let_extras_through(CLI::App& app) {
  app.allow_extras();
  for (CLI::App* child : app.get_subcommands([](CLI::App*) { return true; })) {
    let_extras_through(*child);
  }
}

}  // namespace

std::vector<CommandText> command_texts() {
  std::vector<CommandText> texts;
  collect(definitions()->app, "", texts);
  return texts;
}

std::vector<std::string> offered_values(const std::string& value_name) {
  static const std::map<std::string, std::vector<std::string>> values = {
      {"METHOD", {"tar", "deb-local", "rpm-local", "apt-network", "rpm-network"}},
      {"ARCH", {"x86_64", "sbsa", "ppc64le", "aarch64-jetson"}},
      {"FORMAT", {"text", "sh", "json", "dockerfile"}},
      {"LIST", {"runtime", "dev", "static", "samples"}},
      {"SHELL", {"bash", "zsh", "fish"}},
      {"OS", {"linux", "windows"}},
      {"FORM", {"sh", "tcl", "lua", "rpath", "shared"}},
      {"TABLE", {"text", "json", "markdown"}},
      {"GUIDE", {"installation", "compatibility"}},
  };
  const auto found = values.find(value_name);
  return found == values.end() ? std::vector<std::string>{} : found->second;
}

Result<Parsed> parsed(const std::vector<std::string>& arguments) {
  const std::shared_ptr<Definitions> all = definitions();
  let_extras_through(all->app);
  std::vector<std::string> words = with_command(*all, arguments);
  const std::string first = words.front();
  if (first.rfind('-', 0) != 0 && all->runs.count(first) == 0) {
    return unknown_command(all->app, first);
  }
  std::reverse(words.begin(), words.end());
  try {
    all->app.parse(words);
    return outcome_of_parse(all);
  } catch (const CLI::CallForHelp&) {
    return Parsed{.run = {}, .text = all->app.help(), .log_file = {}};
  } catch (const CLI::CallForVersion&) {
    return Parsed{.run = {}, .text = "cudnn-install " + tool_version() + "\n", .log_file = {}};
  } catch (const CLI::ParseError& thrown) {
    return tl::unexpected(usage_error(innermost(all->app), thrown));
  }
}

}  // namespace cudnn_install
