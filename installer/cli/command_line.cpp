#include <algorithm>
#include <exception>
#include <ostream>

#include "base/text.h"
#include "cli/arguments.h"
#include "cli/cli.h"
#include "cli/log.h"
#include "cli/records.h"

namespace cudnn_install {

namespace {

int code_of(Fault fault) {
  return static_cast<int>(fault);
}

// The work is done by now; a reader who went away or a full disk must still not look like success.
int with_output_checked(Context& context, int code) {
  context.out.flush();
  if (context.out.good()) {
    return code;
  }
  context.err << "error: cannot write the answer to standard output\n" << std::flush;
  return code_of(Fault::internal);
}

int told(const Error& error, bool json, Context& context) {
  context.err << rendered(error) << '\n' << std::flush;
  if (context.log) {
    context.log->trouble(error.what);
  }
  if (json) {
    context.out << error_record(error);
  }
  return with_output_checked(context, code_of(error.fault));
}

Result<Outcome> answered(const std::vector<std::string>& arguments, Context& context) {
  const Result<Parsed> line = parsed(arguments);
  if (!line) {
    return tl::unexpected(line.error());
  }
  if (!line->run) {
    return Outcome{.text = line->text, .record = text_record("text", line->text), .fault = {}};
  }
  if (!line->log_file.empty()) {
    auto log = Log::open(line->log_file);
    if (!log) {
      return tl::unexpected(log.error());
    }
    context.log = *log;
    std::string words = "cudnn-install " + tool_version() + ":";
    for (const std::string& argument : arguments) {
      words += " " + shell_word(argument);
    }
    context.log->line(words);
  }
  return line->run(context);
}

}  // namespace

std::string Context::variable(const std::string& name) const {
  const auto found = environment.find(name);
  return found == environment.end() ? "" : found->second;
}

std::string tool_version() {
  return CUDNN_INSTALL_VERSION;
}

int run_command_line(const std::vector<std::string>& arguments, Context& context) {
  const bool json = std::find(arguments.begin(), arguments.end(), "--json") != arguments.end();
  const Result<Outcome> outcome = answered(arguments, context);
  if (!outcome) {
    return told(outcome.error(), json, context);
  }
  const auto& [text, record, fault] = *outcome;
  context.out << (json && !record.empty() ? record : text);
  const int code = fault ? code_of(*fault) : 0;
  if (context.log) {
    context.log->line("exit " + std::to_string(code));
  }
  return with_output_checked(context, code);
}

}  // namespace cudnn_install
