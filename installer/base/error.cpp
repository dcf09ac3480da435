#include "base/error.h"

#include <cerrno>
#include <cstring>
#include <utility>

#include "base/text.h"

namespace cudnn_install {

std::string_view name_of(Fault fault) {
  switch (fault) {
    case Fault::findings:
      return "findings";
    case Fault::usage:
      return "usage";
    case Fault::recipe:
      return "recipe";
    case Fault::archive:
      return "archive";
    case Fault::integrity:
      return "integrity";
    case Fault::network:
      return "network";
    case Fault::storage:
      return "storage";
    case Fault::permission:
      return "permission";
    case Fault::busy:
      return "busy";
    case Fault::conflict:
      return "conflict";
    case Fault::package_manager:
      return "package-manager";
    case Fault::interrupted:
      return "interrupted";
    case Fault::needs_settling:
      return "needs-settling";
    case Fault::unsupported:
      return "unsupported";
    case Fault::internal:
      return "internal";
  }
  return "internal";
}

Error during(Error error, std::string activity) {
  error.activities.push_back(std::move(activity));
  return error;
}

namespace {

std::string position(const Where& where) {
  std::string text = printable(where.file);
  if (where.line > 0) {
    text += ':' + std::to_string(where.line);
    if (where.column > 0) {
      text += ':' + std::to_string(where.column);
    }
  }
  return text + ": ";
}

// The source line with a caret below the column. Tabs in front of the column stay tabs, so that the caret stands right.
std::string quoted_line(const Where& where) {
  if (where.line <= 0 || where.source.empty()) {
    return {};
  }
  std::string number = std::to_string(where.line);
  const std::string margin(number.size() < 5 ? 5 - number.size() : 0, ' ');
  std::string text = '\n' + margin + number + " | " + printable(where.source);
  if (where.column > 0) {
    text += '\n' + margin + std::string(number.size(), ' ') + " | ";
    const std::string before = where.source.substr(0, static_cast<std::size_t>(where.column) - 1);
    for (const char c : before) {
      text += c == '\t' ? '\t' : ' ';
    }
    text += '^';
  }
  return text;
}

// For the lists of what needs settling, whose names have no control characters; elsewhere a line break may come from
// outside and is escaped.
std::string printable_lines(const std::string& text) {
  std::string shown;
  std::size_t start = 0;
  for (std::size_t end = text.find('\n'); end != std::string::npos; end = text.find('\n', start)) {
    shown += printable(std::string_view(text).substr(start, end - start)) + '\n';
    start = end + 1;
  }
  return shown + printable(std::string_view(text).substr(start));
}

}  // namespace

std::string rendered(const Error& error) {
  std::string text = error.where ? position(*error.where) : std::string();
  text += "error: " + (error.fault == Fault::needs_settling ? printable_lines(error.what) : printable(error.what));
  if (error.where) {
    text += quoted_line(*error.where);
  }
  for (const std::string& activity : error.activities) {
    text += "\n  while: " + printable(activity);
  }
  if (!error.hint.empty()) {
    text += "\n  hint: " + printable(error.hint);
  }
  return text;
}

Error system_error(int code, std::string what) {
  Error error{.fault = Fault::internal, .what = std::move(what) + ": " + std::strerror(code)};
  switch (code) {
    case ENOSPC:
    case EDQUOT:
    case EIO:
    case EFBIG:
      error.fault = Fault::storage;
      break;
    case EROFS:
    case EACCES:
    case EPERM:
      error.fault = Fault::permission;
      error.hint = code == EROFS ? "mount it for writing, or choose another place"
                                 : "run the command with sudo or as the owner, or choose another place";
      break;
    case ENOENT:
    case ENOTDIR:
    case EISDIR:
    case EEXIST:
    case ELOOP:
    case EXDEV:
    case EMLINK:
    case ENOTEMPTY:
    case EBUSY:
      error.fault = Fault::conflict;
      break;
    default:
      break;
  }
  return error;
}

}  // namespace cudnn_install
