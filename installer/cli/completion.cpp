// completion bash | zsh | fish: made from the same definitions that parse the command line.
#include <memory>
#include <sstream>

#include "base/text.h"
#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/records.h"

namespace cudnn_install {

namespace {

std::vector<std::string> split(const std::string& text, char at) {
  std::vector<std::string> words;
  std::istringstream stream(text);
  for (std::string word; std::getline(stream, word, at);) {
    words.push_back(word);
  }
  return words;
}

std::string spaced(const std::vector<std::string>& words) {
  return joined(words, " ");
}

std::string flags_of(const CommandText& command) {
  std::vector<std::string> names;
  for (const OptionText& option : command.options) {
    for (const std::string& name : option.positional() ? std::vector<std::string>{} : split(option.names, ',')) {
      names.push_back(name);
    }
  }
  return spaced(names);
}

// The words that can stand first: "recipe" once, though it has three commands.
std::vector<std::string> first_words(const std::vector<CommandText>& commands) {
  std::vector<std::string> words;
  for (const CommandText& command : commands) {
    const std::string word = command.name.substr(0, command.name.find(' '));
    if (words.empty() || words.back() != word) {
      words.push_back(word);
    }
  }
  return words;
}

std::vector<std::string> second_words(const std::vector<CommandText>& commands, const std::string& first) {
  std::vector<std::string> words;
  for (const CommandText& command : commands) {
    if (command.name.rfind(first + " ", 0) == 0) {
      words.push_back(command.name.substr(first.size() + 1));
    }
  }
  return words;
}

std::string positional_values(const CommandText& command) {
  for (const OptionText& option : command.options) {
    if (option.positional()) {
      return spaced(offered_values(option.value));
    }
  }
  return "";
}

// The cases of `--option)` that complete values, for all commands at once: an option means the same everywhere.
std::string bash_values(const std::vector<CommandText>& commands) {
  std::string cases;
  std::vector<std::string> seen;
  for (const CommandText& command : commands) {
    for (const OptionText& option : command.options) {
      if (option.positional() || option.value.empty() || option.names == "--host" ||
          std::find(seen.begin(), seen.end(), option.names) != seen.end()) {
        continue;
      }
      seen.push_back(option.names);
      std::string answer = "COMPREPLY=()";
      if (option.value == "FILE" || option.value == "DIR") {
        answer = std::string("compopt -o filenames; mapfile -t COMPREPLY < <(compgen -") +
                 (option.value == "DIR" ? "d" : "f") + " -- \"$word\")";
      } else if (const auto values = offered_values(option.value); !values.empty()) {
        answer = "mapfile -t COMPREPLY < <(compgen -W '" + spaced(values) + "' -- \"$word\")";
      }
      cases += "    " + option.names + ") " + answer + "; return ;;\n";
    }
  }
  return cases;
}

std::string bash(const std::vector<CommandText>& commands) {
  std::string text =
      "# bash completion for cudnn-install\n"
      "_cudnn_install() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} command=install offered='' i\n"
      "  COMPREPLY=()\n"
      "  case $before in\n" +
      bash_values(commands) +
      "  esac\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case ${COMP_WORDS[i]} in\n";
  for (const std::string& word : first_words(commands)) {
    const auto parts = second_words(commands, word);
    text.append("      ").append(word).append(") command='").append(word).append("'");
    if (!parts.empty()) {
      text += "; case ${COMP_WORDS[i+1]} in " + parts[0];
      for (std::size_t i = 1; i < parts.size(); ++i) {
        text += "|" + parts[i];
      }
      text += ") [[ $((i + 1)) -lt $COMP_CWORD ]] && command=\"" + word + " ${COMP_WORDS[i+1]}\" ;; esac";
    }
    text += "; break ;;\n";
  }
  text += "    esac\n  done\n  case $command in\n";
  for (const CommandText& command : commands) {
    text += "    '" + command.name + "') offered='" + flags_of(command);
    const std::string values = positional_values(command);
    text += (values.empty() ? "" : " " + values) + "' ;;\n";
  }
  for (const std::string& word : first_words(commands)) {
    if (const auto parts = second_words(commands, word); !parts.empty()) {
      text += "    " + word + ") offered='" + spaced(parts) + "' ;;\n";
    }
  }
  text += "  esac\n  ((COMP_CWORD == 1)) && offered+=' " + spaced(first_words(commands)) +
          "'\n  mapfile -t COMPREPLY < <(compgen -W \"$offered\" -- \"$word\")\n"
          "  ((${#COMPREPLY[@]} == 0)) && [[ $command == 'recipe check' ]] && compopt -o default\n"
          "}\ncomplete -F _cudnn_install cudnn-install\n";
  return text;
}

// Inside '…' in zsh's _arguments: the brackets and the colon are its own.
std::string zsh_text(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\'') {
      safe += "'\\''";
    } else {
      safe += c == '[' || c == ']' || c == ':' ? std::string("\\") + c : std::string(1, c);
    }
  }
  return safe;
}

std::string zsh_action(const OptionText& option) {
  if (option.value.empty()) {
    return "";
  }
  const auto values = offered_values(option.value);
  std::string action = values.empty() ? " " : "(" + spaced(values) + ")";
  if (option.value == "FILE") {
    action = "_files";
  } else if (option.value == "DIR") {
    action = "_files -/";
  }
  return ":" + option.value + ":" + action;
}

std::string zsh_arguments(const CommandText& command) {
  std::string text = "_arguments -s";
  for (const OptionText& option : command.options) {
    if (option.positional()) {
      text += " '*" + zsh_action(option) + "'";
      continue;
    }
    for (const std::string& name : split(option.names, ',')) {
      const bool repeats = name == "--archive";
      text += std::string(" '") + (repeats ? "*" : "") + name + "[" + zsh_text(option.text) + "]" + zsh_action(option) +
              "'";
    }
  }
  return text;
}

std::string zsh(const std::vector<CommandText>& commands) {
  std::string text =
      "#compdef cudnn-install\n"
      "local command=${words[2]}\n"
      "if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then\n"
      "  compadd " +
      spaced(first_words(commands)) + "\n  return\nfi\n";
  for (const std::string& word : first_words(commands)) {
    if (const auto parts = second_words(commands, word); !parts.empty()) {
      text.append("if [[ $command == ").append(word).append(" ]]; then\n  if (( CURRENT == 3 )); then\n    compadd ");
      text.append(spaced(parts)).append("\n    return\n  fi\n  command=\"").append(word);
      text.append(" ${words[3]}\"\n  shift words\n  (( CURRENT-- ))\nfi\n");
    }
  }
  text += "if [[ $command != -* ]]; then\n  shift words\n  (( CURRENT-- ))\nfi\ncase $command in\n";
  for (const CommandText& command : commands) {
    text += std::string("  (") + (command.name == "install" ? "install|-*" : "'" + command.name + "'") + ") " +
            zsh_arguments(command) + " ;;\n";
  }
  return text + "esac\n";
}

std::string fish_condition(const std::vector<CommandText>& commands, const std::string& name) {
  const std::size_t space = name.find(' ');
  if (space != std::string::npos) {
    return "__fish_seen_subcommand_from " + name.substr(0, space) + "; and __fish_seen_subcommand_from " +
           name.substr(space + 1);
  }
  const std::string others = spaced(first_words(commands));
  const std::string seen = "__fish_seen_subcommand_from " + name;
  return name == "install" ? seen + "; or not __fish_seen_subcommand_from " + others : seen;
}

std::string fish_option(const OptionText& option) {
  std::string text;
  for (const std::string& name : split(option.names, ',')) {
    text += name.rfind("--", 0) == 0 ? " -l " + name.substr(2) : " -s " + name.substr(1);
  }
  const auto values = offered_values(option.value);
  if (option.value == "FILE") {
    text += " -r -F";
  } else if (option.value == "DIR") {
    text += " -x -a '(__fish_complete_directories)'";
  } else if (!option.value.empty()) {
    text += values.empty() ? " -x" : " -x -a '" + spaced(values) + "'";
  }
  return text + " -d " + shell_word(option.text);
}

std::string fish(const std::vector<CommandText>& commands) {
  std::string text = "# fish completion for cudnn-install\ncomplete -c cudnn-install -f\n";
  const std::string none = "not __fish_seen_subcommand_from " + spaced(first_words(commands));
  for (const CommandText& command : commands) {
    const std::size_t space = command.name.find(' ');
    const std::string first = command.name.substr(0, space);
    const std::string when = space == std::string::npos ? none : "__fish_seen_subcommand_from " + first;
    text += "complete -c cudnn-install -n '" + when + "' -a " +
            command.name.substr(space == std::string::npos ? 0 : space + 1) + " -d " + shell_word(command.sentence) +
            "\n";
    for (const OptionText& option : command.options) {
      const std::string condition = "complete -c cudnn-install -n '" + fish_condition(commands, command.name) + "'";
      if (!option.positional()) {
        text += condition + fish_option(option) + "\n";
      } else if (option.value == "FILE") {
        text += condition + " -F\n";
      } else if (const auto values = offered_values(option.value); !values.empty()) {
        text += condition + " -a '" + spaced(values) + "'\n";
      }
    }
  }
  for (const std::string& word : first_words(commands)) {
    if (!second_words(commands, word).empty()) {
      text.append("complete -c cudnn-install -n '").append(none).append("' -a ").append(word).append("\n");
    }
  }
  return text;
}

Result<Outcome> run(const std::string& shell) {
  const std::vector<CommandText> commands = command_texts();
  std::string script;
  if (shell == "bash") {
    script = bash(commands);
  } else if (shell == "zsh") {
    script = zsh(commands);
  } else if (shell == "fish") {
    script = fish(commands);
  } else {
    const std::string near = nearest(shell, offered_values("SHELL"));
    return failure(Fault::usage, "no completions for the shell '" + shell + "'",
                   near.empty() ? "there are some for: bash, zsh, fish" : "did you mean '" + near + "'?");
  }
  return Outcome{.text = script, .record = text_record("script", script), .fault = {}};
}

}  // namespace

Run add_completion(Definition& definition) {
  auto shell = std::make_shared<std::string>();
  definition.text({.names = "SHELL", .value = "SHELL", .text = "bash, zsh or fish"}, *shell);
  return [shell](Context&) { return run(*shell); };
}

}  // namespace cudnn_install
