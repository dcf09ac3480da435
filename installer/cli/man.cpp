// man: the manual page in troff, made from the same definitions that parse the command line.
#include <algorithm>
#include <map>

#include "cli/arguments.h"
#include "cli/commands.h"
#include "cli/records.h"

namespace cudnn_install {

namespace {

// troff reads '-' as a hyphen, '\' as an escape, and a line that begins with '.' or ''' as a request.
std::string escaped(const std::string& text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\\') {
      safe += "\\e";
    } else if (c == '-') {
      safe += "\\-";
    } else {
      safe += (safe.empty() && (c == '.' || c == '\'')) ? std::string("\\&") + c : std::string(1, c);
    }
  }
  return safe;
}

std::string entry(const std::string& term, const std::string& text) {
  return ".TP\n" + term + "\n" + escaped(text) + "\n";
}

std::string bold(const std::string& text) {
  return "\\fB" + escaped(text) + "\\fR";
}

std::string term_of(const OptionText& option) {
  std::string names;
  std::size_t start = 0;
  while (start <= option.names.size()) {
    const std::size_t end = std::min(option.names.find(',', start), option.names.size());
    names += (start == 0 ? "" : ", ") + bold(option.names.substr(start, end - start));
    start = end + 1;
  }
  return option.value.empty() ? names : names + " \\fI" + escaped(option.value) + "\\fR";
}

std::string commands_section(const std::vector<CommandText>& commands) {
  std::string text = ".SH COMMANDS\n";
  for (const CommandText& command : commands) {
    std::string term = bold(command.name);
    std::string sentences = command.sentence + ".";
    std::string names;
    for (const OptionText& option : command.options) {
      if (option.positional()) {
        term += " \\fI" + escaped(option.names) + "\\fR";
        sentences += " " + option.names + ": " + option.text + ".";
      } else {
        names += (names.empty() ? "" : ", ") + option.names.substr(option.names.find("--"));
      }
    }
    text += entry(term, sentences) + ".br\nOptions: " + escaped(names) + ".\n";
  }
  return text;
}

std::string options_section(const std::vector<CommandText>& commands) {
  std::string text = ".SH OPTIONS\nAn option means the same in every command, but where one is named.\n";
  std::map<std::string, std::string> told;
  for (const CommandText& command : commands) {
    for (const OptionText& option : command.options) {
      if (option.positional() || told[option.names] == option.text) {
        continue;
      }
      const bool again = !told[option.names].empty();
      text += entry(term_of(option) + (again ? " (" + escaped(command.name) + ")" : ""), option.text + ".");
      told[option.names] = option.text;
    }
  }
  return text;
}

struct ExitCode {
  int code = 0;
  std::string text{};
};

std::vector<ExitCode> exit_codes() {
  const auto of = [](Fault fault, const char* text) { return ExitCode{static_cast<int>(fault), text}; };
  return {{0, "Done, or nothing was to be done."},
          of(Fault::findings, "A check ran and found something; verify: nothing is installed there."),
          of(Fault::usage, "The command line is wrong, or an answer that only a person can give is missing."),
          of(Fault::recipe, "A recipe, a release file or a host record is malformed."),
          of(Fault::archive, "The archive is malformed or unsafe."),
          of(Fault::integrity, "Bytes are not what they were promised to be; also what verify finds damaged."),
          of(Fault::network, "Something could not be fetched."),
          of(Fault::storage, "The disk or a quota is full, or reading or writing failed."),
          of(Fault::permission, "The caller may not do that."),
          of(Fault::busy, "Another run holds the lock."),
          of(Fault::conflict, "Something that is not ours is in the way."),
          of(Fault::package_manager, "The package manager failed."),
          of(Fault::interrupted, "A signal arrived in time: everything was rolled back."),
          of(Fault::needs_settling, "An interrupted run is still to be settled, and needs a person."),
          of(Fault::unsupported, "Not possible, or harmful, on this machine."),
          of(Fault::internal, "A mistake in cudnn-install itself, or the answer could not be written.")};
}

std::string exit_section() {
  std::string text = ".SH EXIT STATUS\n";
  for (const ExitCode& each : exit_codes()) {
    text += entry(bold(std::to_string(each.code)), each.text);
  }
  return text;
}

std::string environment_section() {
  return ".SH ENVIRONMENT\n" + entry(bold("CUDNN_INSTALL_ACCEPT_LICENSE"), "1: as --accept-license.") +
         entry(bold("CUDNN_INSTALL_STATE"),
               "Absolute path of the directory that holds the index of prefixes, instead of the ones under FILES.") +
         entry(bold("XDG_STATE_HOME"), "Where that directory is for users other than root.") +
         entry(bold("NO_COLOR"), "Not empty: no colours.") +
         entry(bold("CI") + ", " + bold("TERM"), "CI is set or TERM is dumb: plain lines instead of a progress bar.");
}

std::string files_section() {
  return ".SH FILES\n" +
         entry(
             "\\fIPREFIX\\fR" + escaped("/.cudnn-install/"),
             "The receipt of what is installed below the prefix, the lock, the journal of a run that is under way, and "
             "the files that were kept aside.") +
         entry(escaped("/var/lib/cudnn-install/"), "Index of prefixes (root).") +
         entry(escaped("~/.local/state/cudnn-install/"), "Index of prefixes (other users).");
}

std::string page() {
  const std::vector<CommandText> commands = command_texts();
  return R"(.TH CUDNN\-INSTALL 1 "" "cudnn\-install )" + escaped(tool_version()) +
         "\" \"User Commands\"\n"
         ".SH NAME\ncudnn\\-install \\- install NVIDIA cuDNN and prove that it works\n"
         ".SH SYNOPSIS\n.B cudnn\\-install\n[\\fICOMMAND\\fR] [\\fIOPTION\\fR]...\n"
         ".SH DESCRIPTION\n"
         "Puts NVIDIA cuDNN on a machine by the ways that NVIDIA documents. A run shows its plan, asks, and leaves "
         "either "
         "the old files or the new ones, whenever it is stopped. Without a command, \\fBinstall\\fR is meant.\n"
         ".PP\nThe answer goes to standard output; progress, questions and errors go to standard error.\n" +
         commands_section(commands) + options_section(commands) + exit_section() + environment_section() +
         files_section() +
         ".SH EXAMPLES\n.nf\n"
         "cudnn\\-install \\-\\-archive cudnn\\-linux\\-x86_64\\-8.9.6.50_cuda12\\-archive.tar.xz\n"
         "cudnn\\-install plan \\-\\-cudnn 8.9.6 \\-\\-cuda 12 \\-\\-format sh\n"
         "cudnn\\-install verify \\-\\-json\n.fi\n";
}

}  // namespace

Run add_man(Definition&) {
  return [](Context&) -> Result<Outcome> {
    const std::string text = page();
    return Outcome{.text = text, .record = text_record("page", text), .fault = {}};
  };
}

}  // namespace cudnn_install
