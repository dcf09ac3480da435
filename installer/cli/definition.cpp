#include "cli/definition.h"

#include <CLI/CLI.hpp>

namespace cudnn_install {

namespace {

// An unset variable of a script must not mean "the default": --prefix "$DIR".
std::string objection(const std::string& value) {
  return value.empty() ? "is empty" : "";
}

}  // namespace

void Definition::flag(const OptionText& option, bool& value) {
  app_.add_flag(option.names, value, option.text)->group(option.group);
}

void Definition::text(const OptionText& option, std::string& value) {
  app_.add_option(option.names, value, option.text)
      ->type_name(option.value)
      ->group(option.group)
      ->required(option.positional())
      ->check(objection);
}

void Definition::texts(const OptionText& option, std::vector<std::string>& values) {
  CLI::Option* added = app_.add_option(option.names, values, option.text);
  added->type_name(option.value)->group(option.group)->required(option.positional())->check(objection);
  if (!option.positional()) {
    added->allow_extra_args(false);  // else one --archive would swallow every word behind it
  }
}

void Definition::optional(const OptionText& option, std::string& value) {
  app_.add_option(option.names, value, option.text)->type_name(option.value)->group(option.group)->check(objection);
}

Definition Definition::nested(const std::string& name, const std::string& sentence) {
  return Definition(*app_.add_subcommand(name, sentence));
}

bool Definition::chosen() const {
  return app_.parsed();
}

}  // namespace cudnn_install
