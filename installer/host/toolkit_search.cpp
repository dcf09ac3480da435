#include "host/toolkit_search.h"

#include <algorithm>

namespace cudnn_install {

CudaToolkit toolkit_at(const RootView& view, const std::string& prefix, const std::string& resolved) {
  static constexpr std::size_t header_start = 256U << 10U;
  CudaToolkit toolkit{.prefix = prefix, .resolved = resolved};
  const auto found = [&](std::optional<Version> version, const char* source) {
    toolkit.version = std::move(version);
    toolkit.source = toolkit.version ? source : "";
    return toolkit.version.has_value();
  };
  if (found(version_in_json(view.text(resolved + "/version.json")), "version.json") ||
      found(version_in_txt(view.text(resolved + "/version.txt")), "version.txt") ||
      found(version_in_header(view.text(resolved + "/include/cuda.h", header_start)), "cuda.h")) {
    return toolkit;
  }
  const std::size_t name = resolved.rfind("/cuda-");
  if (name != std::string::npos) {
    const Result<Version> version = Version::parse(resolved.substr(name + 6));
    found(version ? std::optional(*version) : std::nullopt, "name");
  }
  return toolkit;
}

std::vector<CudaToolkit> toolkits_of_root(const RootView& view) {
  std::vector<std::string> prefixes;
  for (const std::string& name : view.names("/usr/local")) {
    if (name.starts_with("cuda-")) {
      prefixes.push_back("/usr/local/" + name);
    }
  }
  prefixes.emplace_back("/opt/cuda");
  // Real directories before links to them: cuda-12 often leads to cuda-12.4.
  std::stable_partition(prefixes.begin(), prefixes.end(),
                        [&](const std::string& prefix) { return view.resolved(prefix) == prefix; });
  prefixes.insert(prefixes.begin(), usual_toolkit);
  std::vector<CudaToolkit> toolkits;
  for (const std::string& prefix : prefixes) {
    const std::optional<std::string> resolved = view.resolved(prefix);
    const auto known = [&](const CudaToolkit& toolkit) { return toolkit.resolved == resolved; };
    if (!resolved || !view.is_directory(*resolved) || std::any_of(toolkits.begin(), toolkits.end(), known)) {
      continue;
    }
    CudaToolkit toolkit = toolkit_at(view, prefix, *resolved);
    if (toolkit.version) {  // else an empty directory, or one that holds cuDNN alone
      toolkits.push_back(std::move(toolkit));
    }
  }
  const bool has_link = !toolkits.empty() && toolkits.front().prefix == usual_toolkit;
  std::stable_sort(toolkits.begin() + (has_link ? 1 : 0), toolkits.end(),
                   [](const CudaToolkit& left, const CudaToolkit& right) { return *left.version > *right.version; });
  return toolkits;
}

}  // namespace cudnn_install
