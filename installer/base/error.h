// The one error value. Loaders collect many, actions return the first; only main() turns one into an exit code.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <tl/expected.hpp>

namespace cudnn_install {

// What kind of trouble it is; the value is the process's exit code. 0 is success. The table in README.md repeats this.
enum class Fault : int {
  findings = 1,    // doctor, audit: the check ran and found something
  usage = 2,       // the command line is wrong, or an answer that only a person can give is missing
  recipe = 10,     // a recipe, catalogue or host file is malformed
  archive = 11,    // the archive is malformed or unsafe
  integrity = 12,  // bytes are not what they were promised to be
  network = 13,
  storage = 14,  // full, quota, I/O error
  permission = 15,
  busy = 16,      // another run holds the lock
  conflict = 17,  // something that is not ours is in the way
  package_manager = 18,
  interrupted = 19,     // a signal arrived before the commit point; everything was rolled back
  needs_settling = 20,  // an open journal that cannot be carried on without a person
  unsupported = 21,     // not possible, or harmful, on this machine
  internal = 70,        // our bug
};

// Name used in --json ("integrity") and in tests.
std::string_view name_of(Fault fault);

// A place in a text file. Lines and columns count from 1; 0 = unknown. `source` is the whole line, for the caret.
struct Where {
  std::string file{};
  int line = 0;
  int column = 0;
  std::string source{};
  bool operator==(const Where&) const = default;
};

struct Error {
  Fault fault{};
  std::string what{};  // one lower-case sentence that quotes the thing: unknown key 'sha265' in archive
  std::string hint{};  // what the reader can do or type next; empty when we do not honestly know
  std::optional<Where> where{};
  std::vector<std::string> activities{};  // what was being done, innermost first: "stage libcudnn.so.9"
  bool operator==(const Error&) const = default;
};

// The same error, with one more outer activity.
Error during(Error error, std::string activity);

// The whole text shown to a person, several lines, no trailing newline; control characters escaped:
//   recipes/x.yaml:14:7: error: unknown key 'sha265' in archive
//      14 |       sha265: 0b1c
//         |       ^
//     while: …
//     hint: did you mean 'sha256'?
std::string rendered(const Error& error);

template <class T>
using Result = tl::expected<T, Error>;

inline tl::unexpected<Error> failure(Fault fault, std::string what, std::string hint = {}) {
  return tl::unexpected(Error{.fault = fault, .what = std::move(what), .hint = std::move(hint)});
}

// `what` followed by the text of errno value `code`; the fault follows from it (ENOSPC → storage, EACCES → permission
// …).
Error system_error(int code, std::string what);

}  // namespace cudnn_install
