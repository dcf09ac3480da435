// Whose file is it? What to say to dpkg and rpm, and how to read their answers. Pure: the caller runs the commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cudnn_install {

struct Owner {
  std::string path{};
  std::string package{};
};

// Argument vectors that ask for the owners of absolute paths; `root` is "/" or another system's root (paths without
// it).
std::vector<std::string> dpkg_owner_query(const std::string& root, const std::vector<std::string>& paths);
std::vector<std::string> rpm_owner_query(const std::string& root, const std::vector<std::string>& paths);
// Reads the standard output; what nobody owns is not in the answer. rpm is asked with one path a line in the same
// order.
std::vector<Owner> dpkg_owners(std::string_view out);
std::vector<Owner> rpm_owners(std::string_view out, const std::vector<std::string>& paths);

}  // namespace cudnn_install
