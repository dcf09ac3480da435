#include <sys/statvfs.h>

#include <algorithm>
#include <sstream>

#include "host/host.h"
#include "host/root_view.h"
#include "host/toolkit_search.h"

namespace cudnn_install {

namespace {

// The directory itself, or the nearest one above it that is there.
std::string nearest_existing(const RootView& view, std::string name) {
  while (!name.empty()) {
    if (const std::optional<std::string> resolved = view.resolved(name)) {
      return *resolved;
    }
    name.resize(std::min(name.rfind('/'), name.size() - 1));
  }
  return "/";
}

// mountinfo writes blanks and backslashes as \040 and the like.
std::string unescaped(const std::string& text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const std::string digits = text[i] == '\\' ? text.substr(i + 1, 3) : std::string();
    if (digits.size() == 3 && digits.find_first_not_of("01234567") == std::string::npos) {
      out += static_cast<char>((digits[0] - '0') * 64 + (digits[1] - '0') * 8 + (digits[2] - '0'));
      i += 3;
    } else {
      out += text[i];
    }
  }
  return out;
}

bool lies_below(const std::string& name, const std::string& mount_point) {
  return mount_point == "/" || name == mount_point || name.starts_with(mount_point + '/');
}

// 36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue
std::string file_system_of(const std::string& name) {
  std::istringstream lines(RootView("/").text("/proc/self/mountinfo"));
  std::string line;
  std::string best;
  std::size_t length = 0;
  while (std::getline(lines, line)) {
    std::istringstream words(line.substr(0, line.find(" - ")));
    std::string word;
    for (int i = 0; i < 5; ++i) {
      words >> word;
    }
    const std::string mount_point = unescaped(word);
    // A later line covers an earlier one at the same place.
    if (lies_below(name, mount_point) && mount_point.size() >= length && line.find(" - ") != std::string::npos) {
      length = mount_point.size();
      std::istringstream(line.substr(line.find(" - ") + 3)) >> best;
    }
  }
  return best;
}

std::string directory_in(const RootView& view, const std::string& prefix, const char* name) {
  const std::string plain = (prefix == "/" ? "" : prefix) + '/' + name;
  return view.resolved(plain).value_or(plain);
}

}  // namespace

PrefixFacts probed_prefix(const std::string& root, const std::string& prefix) {
  const RootView view(root);
  const std::optional<std::string> resolved = view.resolved(prefix);
  PrefixFacts facts{.requested = prefix, .resolved = resolved.value_or(prefix)};
  facts.exists = resolved && view.is_directory(*resolved);
  const std::string place = view.outside(nearest_existing(view, prefix));
  facts.file_system = file_system_of(place);
  struct statvfs status {};
  if (statvfs(place.c_str(), &status) == 0) {
    facts.read_only = (status.f_flag & ST_RDONLY) != 0;
    facts.no_exec = (status.f_flag & ST_NOEXEC) != 0;
  }
  if (facts.exists) {
    facts.cuda = toolkit_at(view, prefix, facts.resolved).version;
  }
  facts.include = directory_in(view, facts.resolved, "include");
  facts.library = directory_in(view, facts.resolved, "lib64");
  return facts;
}

}  // namespace cudnn_install
