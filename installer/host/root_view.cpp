#include "host/root_view.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>
#include <filesystem>
#include <system_error>

namespace cudnn_install {

namespace {

constexpr int most_links = 40;  // the kernel's own limit

// The parts of a name in reverse order, so that the next one is at the back.
void push_parts(std::vector<std::string>& parts, const std::string& name) {
  std::size_t end = name.size();
  while (end > 0) {
    const std::size_t slash = name.rfind('/', end - 1);
    const std::size_t first = slash == std::string::npos ? 0 : slash + 1;
    if (first < end) {
      parts.push_back(name.substr(first, end - first));
    }
    end = slash == std::string::npos ? 0 : slash;
  }
}

std::optional<std::string> link_text(const std::string& name) {
  std::array<char, PATH_MAX> buffer{};
  const ssize_t length = readlink(name.c_str(), buffer.data(), buffer.size());
  return length < 0 ? std::nullopt : std::optional(std::string(buffer.data(), static_cast<std::size_t>(length)));
}

bool has_type(const std::string& name, mode_t type) {
  struct stat status {};
  return stat(name.c_str(), &status) == 0 && (status.st_mode & S_IFMT) == type;
}

}  // namespace

RootView::RootView(const std::string& root) {
  std::array<char, PATH_MAX> buffer{};
  const char* real = realpath(root.c_str(), buffer.data());
  base_ = real == nullptr ? root : std::string(real);
  if (base_ == "/") {
    base_.clear();
  }
}

std::optional<std::string> RootView::resolved(const std::string& name) const {
  std::vector<std::string> parts;
  push_parts(parts, name);
  std::string at;
  int links = 0;
  while (!parts.empty()) {
    const std::string part = std::move(parts.back());
    parts.pop_back();
    if (part == ".") {
      continue;
    }
    if (part == "..") {
      at.resize(at.empty() ? 0 : at.rfind('/'));
      continue;
    }
    const std::size_t parent = at.size();
    at.append("/").append(part);
    const std::optional<std::string> target = link_text(base_ + at);
    if (!target) {
      continue;
    }
    at.resize(target->starts_with('/') ? 0 : parent);
    if (++links > most_links) {
      return std::nullopt;
    }
    push_parts(parts, *target);
  }
  const std::string found = at.empty() ? "/" : at;
  struct stat status {};
  return lstat(outside(found).c_str(), &status) == 0 ? std::optional(found) : std::nullopt;
}

std::string RootView::outside(const std::string& resolved_name) const {
  return base_ + resolved_name;
}

bool RootView::is_file(const std::string& name) const {
  const std::optional<std::string> real = resolved(name);
  return real && has_type(outside(*real), S_IFREG);
}

bool RootView::is_directory(const std::string& name) const {
  const std::optional<std::string> real = resolved(name);
  return real && has_type(outside(*real), S_IFDIR);
}

std::string RootView::text(const std::string& name, std::size_t limit) const {
  const std::optional<std::string> real = resolved(name);
  // Opening a FIFO would wait for a writer, and a device may act on being opened.
  if (!real || !has_type(outside(*real), S_IFREG)) {
    return {};
  }
  const int file = open(outside(*real).c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (file < 0) {
    return {};
  }
  // Piece by piece: files of /proc have no size to ask for.
  std::string bytes;
  std::size_t length = 0;
  ssize_t count = 1;
  while (count > 0 && length < limit) {
    bytes.resize(std::min(limit, length + 65536));
    count = read(file, bytes.data() + length, bytes.size() - length);
    length += count > 0 ? static_cast<std::size_t>(count) : 0;
  }
  bytes.resize(length);
  close(file);
  return bytes;
}

std::vector<std::string> RootView::names(const std::string& name) const {
  std::vector<std::string> found;
  const std::optional<std::string> real = resolved(name);
  if (!real) {
    return found;
  }
  std::error_code error;
  std::filesystem::directory_iterator entry(outside(*real), error);
  while (!error && entry != std::filesystem::directory_iterator()) {
    found.push_back(entry->path().filename().string());
    entry.increment(error);
  }
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace cudnn_install
