#include <algorithm>

#include "base/text.h"
#include "plan/parts.h"

namespace cudnn_install {
namespace {

Result<Version> wanted_cuda(const Request& request, const Situation& situation) {
  const auto told = told_cuda(request, situation);
  return told ? Result<Version>(*told)
              : failure(Fault::usage,
                        "no CUDA toolkit at '" + printable(situation.prefix.requested) +
                            "' or elsewhere here, so the variant cannot be chosen",
                        "say for which CUDA: --cuda 12");
}

Choice chosen(const Catalogue::Match& match) {
  Choice choice{.wanted = {.version = match.version,
                           .cuda = match.artifact.cuda,
                           .platform = match.artifact.platform,
                           .location = match.artifact.url,
                           .sha256 = match.artifact.sha256,
                           .trust = "catalogue"}};
  choice.notes.push_back("the archive is to be fetched from " + match.artifact.url);
  return choice;
}

}  // namespace

Result<std::string> wanted_platform(const Request& request, const Host& host) {
  if (request.arch) {
    return platform_named(*request.arch);
  }
  if (host.platform.empty()) {
    return failure(Fault::unsupported, "there is no cuDNN for '" + printable(host.machine) + "'",
                   "to plan for another machine, say which: --arch x86_64");
  }
  return host.platform;
}

std::optional<Version> told_cuda(const Request& request, const Situation& situation) {
  if (request.cuda) {
    return request.cuda;
  }
  if (situation.prefix.cuda) {
    return situation.prefix.cuda;
  }
  std::optional<Version> newest;
  for (const CudaToolkit& toolkit : situation.host.toolkits) {
    if (toolkit.version && (!newest || *newest < *toolkit.version)) {
      newest = toolkit.version;
    }
  }
  return newest;
}

Result<Choice> archive_from_catalogue(const Request& request, const Situation& situation,
                                      const std::optional<Version>& prefix) {
  const auto platform = wanted_platform(request, situation.host);
  if (!platform) {
    return tl::unexpected(platform.error());
  }
  const auto cuda = wanted_cuda(request, situation);
  if (!cuda) {
    return tl::unexpected(cuda.error());
  }
  if (prefix && !situation.catalogue.newest(prefix)) {
    return failure(Fault::usage, "the catalogue knows no cuDNN " + prefix->text(),
                   "to see what it knows, type: cudnn-install releases; or give a file: --archive FILE");
  }
  std::optional<Error> refused;
  auto versions = situation.catalogue.versions();
  std::reverse(versions.begin(), versions.end());
  for (const Version& version : versions) {
    if (prefix && !version.starts_with(*prefix)) {
      continue;
    }
    const auto match = situation.catalogue.archive(version, *platform, *cuda);
    if (!match) {
      return tl::unexpected(match.error());
    }
    const std::optional<Catalogue::Match>& found = *match;
    if (!found) {
      continue;
    }
    Choice choice = chosen(*found);
    auto wanted = with_layout(choice.wanted, situation.recipes);
    if (wanted) {
      choice.wanted = std::move(*wanted);
      return choice;
    }
    if (!refused) {
      refused = wanted.error();
    }
  }
  if (refused) {
    return tl::unexpected(*refused);
  }
  return failure(Fault::unsupported,
                 "the catalogue has no cuDNN" + (prefix ? " " + prefix->text() : std::string()) + " for CUDA " +
                     std::to_string(cuda->major()) + " on " + shown_platform(*platform),
                 "another --cudnn or --cuda may exist: cudnn-install releases");
}

}  // namespace cudnn_install
