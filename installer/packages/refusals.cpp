// What a manager that failed says, in our words; and failures that it does not own up to by its exit status.
#include <algorithm>
#include <array>

#include "packages/answer_lines.h"
#include "packages/answers.h"
#include "packages/package_manager_words.h"
#include "packages/refusal_reasons.h"

namespace cudnn_install {

namespace {

// Of what was said, enough to know why.
constexpr std::size_t most_lines = 4000;

struct Line {
  std::string_view text;
  std::size_t at = 0;       // of the words that were looked for
  std::string_view next{};  // the line that follows
};

using Lines = std::vector<std::string_view>;

// stderr first: what is said there is meant. apt tells of a wait on stdout that may have ended well.
Lines lines_said(const Answer& answer) {
  Lines lines = answer_lines(answer.err);
  const Lines more = answer_lines(answer.out);
  lines.insert(lines.end(), more.begin(), more.end());
  lines.erase(std::remove_if(lines.begin(), lines.end(),
                             [](std::string_view line) { return line.starts_with("Waiting for cache lock"); }),
              lines.end());
  lines.resize(std::min(lines.size(), most_lines));
  return lines;
}

std::optional<Line> line_with(const Lines& lines, std::string_view words) {
  for (std::size_t i = 0; i < lines.size(); ++i) {
    if (const std::size_t at = lines[i].find(words); at != std::string_view::npos) {
      return Line{lines[i], at, i + 1 < lines.size() ? lines[i + 1] : std::string_view()};
    }
  }
  return std::nullopt;
}

bool is_number_of_key(std::string_view word) {
  return word.size() >= 8 && word.size() <= 64 &&
         word.find_first_not_of("0123456789ABCDEFabcdef") == std::string_view::npos;
}

// The first word behind the reason's that looks like a key's number: "NO_PUBKEY 04C5A7EC7FAE2C89".
std::string key_in(const Line& line) {
  for (std::string_view word : answer_words(line.text.substr(line.at))) {
    word = word.substr(word.starts_with("0x") ? 2 : 0);
    word = word.substr(0, std::min(word.find_last_not_of(",.:;)") + 1, word.size()));
    if (is_number_of_key(word)) {
      return " (key '" + std::string(word) + "')";
    }
  }
  return "";
}

// The manager's last word of any weight where no reason is known.
std::string_view last_word(const Lines& lines) {
  std::string_view last;
  for (const std::string_view line : lines) {
    const bool weighs = line.starts_with("E: ") || line.starts_with("Error") || line.starts_with("error") ||
                        line.starts_with("dpkg: error") || line.starts_with(">>> ") || line.starts_with("Failed ");
    last = weighs || last.empty() ? line : last;
  }
  return last;
}

// zypper's XML is shown as the text that it holds; a line that ends with a colon with the one that follows.
std::string shown(const Line& line) {
  if (line.text.starts_with('<')) {
    const std::string_view inner = line.text.substr(std::min(line.text.find('>') + 1, line.text.size()));
    return quoted_line(without_entities(inner.substr(0, inner.find("</"))));
  }
  const std::string_view next = line.next.substr(std::min(line.next.find_first_not_of(' '), line.next.size()));
  return line.text.ends_with(':') ? quoted_line(std::string(line.text) + " " + std::string(next))
                                  : quoted_line(line.text, line.at);
}

struct Reading {
  Fault fault = Fault::package_manager;
  std::string reason{};
  std::string hint{};
};

Reading reading_of(const Manager& manager, const Answer& answer) {
  const Lines lines = lines_said(answer);
  for (const RefusalReason& each : refusal_reasons()) {
    const auto found = line_with(lines, each.words);
    if (!found) {
      continue;
    }
    const auto better = each.shown.empty() ? std::nullopt : line_with(lines, each.shown);
    const Line line = better.value_or(*found);
    const std::string key = each.fault == Fault::integrity ? key_in(*found) : "";
    return {each.fault, std::string(each.reason) + key + "; " + manager.speaks + " says '" + shown(line) + "'",
            std::string(each.hint)};
  }
  const std::string_view last = last_word(lines);
  const std::string ended = manager.speaks + " ended with " + std::to_string(answer.status);
  return {Fault::package_manager, last.empty() ? ended : ended + " and says '" + quoted_line(last) + "'", ""};
}

// apt keeps an older index, dnf and zypper pass the source over, and all of them may end with 0.
bool is_stale(const Manager& manager, const Answer& answer) {
  constexpr std::array apt = {"Failed to fetch",
                              "signature verif",
                              "is not signed",
                              "no longer signed",
                              "GPG error",
                              "Some index files failed",
                              "does not have a Release file",
                              "no longer has a Release file"};
  constexpr std::array others = {"Ignoring repositories",     "Failed to download metadata",
                                 "Errors during downloading", "have not been refreshed",
                                 "Skipping repository",       "Disabling Repo",
                                 "Skipping this repo",        "has expired."};
  const Lines lines = lines_said(answer);
  const auto said = [&](const auto& words) {
    return std::any_of(words.begin(), words.end(),
                       [&](const char* each) { return line_with(lines, each).has_value(); });
  };
  const bool err =
      std::any_of(lines.begin(), lines.end(), [](std::string_view line) { return line.starts_with("Err:"); });
  return uses_dpkg(manager) ? err || said(apt) : said(others);
}

// zypper: 100 to 103 tell of patches, a reboot or a restart, 106 that another source was passed over.
bool ended_well(const Manager& manager, int status) {
  return status == 0 || (manager.speaks == "zypper" && ((status >= 100 && status <= 103) || status == 106));
}

// "Error in POSTIN scriptlet in rpm package NAME", "warning: %post(NAME-…) scriptlet failed, exit status 3".
std::optional<std::string> failed_script(const Answer& answer) {
  const Lines lines = lines_said(answer);
  for (const std::string_view words : {"scriptlet in rpm package ", "scriptlet failure in rpm package "}) {
    if (const auto found = line_with(lines, words); found) {
      return quoted_line(found->text.substr(found->at + words.size()));
    }
  }
  const auto found = line_with(lines, "scriptlet failed");
  return found ? std::optional(quoted_line(between(found->text, "(", ")"))) : std::nullopt;
}

}  // namespace

Error refused(const Manager& manager, const Answer& answer, const std::string& what) {
  Reading reading = reading_of(manager, answer);
  return Error{
      .fault = reading.fault, .what = "cannot " + what + ": " + reading.reason, .hint = std::move(reading.hint)};
}

Result<void> refreshed(const Manager& manager, const std::string& source, const Answer& answer) {
  if (answer.status == 0 && !is_stale(manager, answer)) {
    return {};
  }
  return tl::unexpected(refused(manager, answer, "refresh '" + source + "'"));
}

Result<void> carried_through(const Manager& manager, const Answer& answer, const std::string& what) {
  const auto script = failed_script(answer);
  const bool installed_all_the_same = ended_well(manager, answer.status) || answer.status == 107;
  if (!installed_all_the_same || (answer.status == 107 && manager.speaks != "zypper")) {
    return tl::unexpected(refused(manager, answer, what));
  }
  if (script || answer.status == 107) {
    return failure(Fault::package_manager,
                   what + ": it is in the database, but a script of package '" + script.value_or("?") + "' failed",
                   "see what the script wanted to do, then run the command again");
  }
  return {};
}

}  // namespace cudnn_install
