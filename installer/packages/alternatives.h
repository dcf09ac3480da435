// The alternatives group of a library: what update-alternatives (Debian, SUSE) and alternatives (Red Hat) say of it,
// and what to say to them. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace cudnn_install {

struct VersionChoice {
  std::string path{};  // where the group's own link leads: /usr/include/cudnn_v8.h
  int priority = 0;
  std::vector<std::pair<std::string, std::string>> slaves{};  // name and where it leads, in the tool's order
};

enum class ChoiceMode { automatic, manual };
struct AlternativesGroup {
  std::string name{};
  std::string link{};  // /usr/include/cudnn.h; "" where the tool does not say
  ChoiceMode mode = ChoiceMode::automatic;
  std::string value{};                                             // the path that is chosen; "" if none is
  std::vector<std::pair<std::string, std::string>> slave_links{};  // name and link, where the tool says
  std::vector<VersionChoice> choices{};
};

// The answer to --query (Debian's program alone knows it) and to --display (all do, each in words of its own).
std::optional<AlternativesGroup> queried_alternatives(std::string_view out);
std::optional<AlternativesGroup> displayed_alternatives(std::string_view out, const std::string& name);

// The major version of cuDNN that a path of its group is of: 8 for /usr/include/cudnn_v8.h; 0 if its name does not say.
int cudnn_major_of(std::string_view path);
// The choice for a major version, of several the one with the highest priority; null if none is registered.
const VersionChoice* choice_of(const AlternativesGroup& group, int major);
const VersionChoice* chosen(const AlternativesGroup& group);
// The one that the automatic mode takes.
const VersionChoice* best_of(const AlternativesGroup& group);

}  // namespace cudnn_install
