#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "base/text.h"
#include "plan/parts.h"

namespace cudnn_install {
namespace {

struct Identity {
  Version version{};
  std::string cuda{};
  std::string platform{};
};

constexpr std::array<std::pair<std::string_view, std::string_view>, 4> platforms = {{
    {"x86_64", "linux-x86_64"},
    {"sbsa", "linux-sbsa"},
    {"ppc64le", "linux-ppc64le"},
    {"aarch64-jetson", "linux-aarch64"},
}};

// cudnn-linux-x86_64-8.9.6.50_cuda12-archive; nothing for any other form.
std::optional<Identity> named_by_top(std::string_view top) {
  constexpr std::string_view head = "cudnn-";
  constexpr std::string_view tail = "-archive";
  if (!top.starts_with(head) || !top.ends_with(tail) || top.size() <= head.size() + tail.size()) {
    return std::nullopt;
  }
  top = top.substr(head.size(), top.size() - head.size() - tail.size());
  const auto variant = top.rfind("_cuda");
  const auto dash = top.rfind('-', variant);
  if (variant == std::string_view::npos || dash == std::string_view::npos) {
    return std::nullopt;
  }
  const auto version = Version::parse(top.substr(dash + 1, variant - dash - 1));
  const auto cuda = Version::parse(top.substr(variant + 5));
  if (!version || version->size() != 4 || !cuda) {
    return std::nullopt;
  }
  return Identity{.version = *version, .cuda = cuda->text(), .platform = std::string(top.substr(0, dash))};
}

Result<Identity> named_by_options(const Request& request, const std::string& file) {
  if (!request.cudnn || request.cudnn->size() != 4 || !request.cuda || !request.arch) {
    return failure(Fault::usage, "cannot tell which release '" + printable(file) + "' is",
                   "say it: --cudnn 8.9.6.50 (four parts) --cuda 12 --arch x86_64");
  }
  auto platform = platform_named(*request.arch);
  if (!platform) {
    return tl::unexpected(platform.error());
  }
  return Identity{
      .version = *request.cudnn, .cuda = std::to_string(request.cuda->major()), .platform = std::move(*platform)};
}

Result<void> refuse_other_kinds(const std::string& file, const std::optional<Catalogue::Match>& match,
                                const std::string& top) {
  const std::string platform = match ? match->artifact.platform : "";
  if (platform.starts_with("windows") || file.starts_with("cudnn-windows") || top.starts_with("cudnn-windows") ||
      file.ends_with(".zip")) {
    return failure(Fault::unsupported, "'" + printable(file) + "' is an archive for Windows",
                   "take the archive whose name begins with cudnn-linux");
  }
  if (match && match->artifact.component != "cudnn") {
    return failure(
        Fault::unsupported,
        "'" + printable(file) + "' holds " + match->artifact.component + ", and this method installs cudnn alone",
        "take the archive whose name begins with cudnn-linux");
  }
  return {};
}

Result<void> agrees(const Request& request, const Identity& found, const std::string& file) {
  const std::string is = "'" + printable(file) + "' is cuDNN " + found.version.text() + " for CUDA " + found.cuda +
                         " on " + shown_platform(found.platform);
  if (request.cudnn && !found.version.starts_with(*request.cudnn)) {
    return failure(Fault::usage, is + ", but --cudnn asks for " + request.cudnn->text(),
                   "drop --cudnn, or give the archive of " + request.cudnn->text());
  }
  const auto variant = Version::parse(found.cuda);
  if (request.cuda && variant && request.cuda->major() != variant->major()) {
    return failure(Fault::usage, is + ", but --cuda asks for " + request.cuda->text(),
                   "drop --cuda, or give the archive for CUDA " + std::to_string(request.cuda->major()));
  }
  if (!request.arch) {
    return {};
  }
  auto platform = platform_named(*request.arch);
  if (!platform) {
    return tl::unexpected(platform.error());
  }
  if (*platform != found.platform) {
    return failure(Fault::usage, is + ", but --arch asks for " + *request.arch,
                   "drop --arch, or give the archive for " + shown_platform(*platform));
  }
  return {};
}

// What was promised about the bytes; the transaction holds them against it.
Result<void> settle_trust(const Request& request, const std::optional<Catalogue::Match>& match, Wanted& wanted) {
  if (request.sha256) {
    wanted.sha256 = request.sha256;
    wanted.trust = "given";
  } else if (match) {
    wanted.sha256 = match->artifact.sha256;
    wanted.trust = "catalogue";
  } else if (request.allow_unverified) {
    wanted.trust = "unverified";
  } else {
    return failure(
        Fault::integrity,
        "'" + printable(file_name_of(wanted.location)) + "' is not in the catalogue, so its digest is unknown",
        "give the digest that its source names: --sha256 HEX; or take it as it is: --allow-unverified");
  }
  return {};
}

Result<Identity> identified(const Request& request, const std::optional<Catalogue::Match>& match,
                            const std::string& top) {
  const std::string file = file_name_of(request.archives.front());
  const auto by_top = named_by_top(top);
  if (!match) {
    return by_top ? Result<Identity>(*by_top) : named_by_options(request, file);
  }
  Identity listed_as{.version = match->version, .cuda = match->artifact.cuda, .platform = match->artifact.platform};
  if (by_top && (by_top->version != listed_as.version || by_top->platform != listed_as.platform ||
                 by_top->cuda != listed_as.cuda)) {
    return failure(Fault::integrity,
                   "'" + printable(file) + "' should be '" + match->artifact.file + "', but its top directory is '" +
                       printable(top) + "'",
                   "fetch it again from " + match->artifact.url);
  }
  return listed_as;
}

}  // namespace

Result<std::optional<Catalogue::Match>> promised(const Request& request, const Catalogue& catalogue) {
  if (request.sha256) {
    return catalogue.by_digest(*request.sha256);
  }
  return request.archives.empty() ? std::optional<Catalogue::Match>()
                                  : catalogue.by_file(file_name_of(request.archives.front()));
}

bool is_url(const std::string& location) {
  return location.starts_with("https://") || location.starts_with("http://");
}

std::string file_name_of(const std::string& location) {
  const std::string path = is_url(location) ? location.substr(0, location.find_first_of("?#")) : location;
  return path.substr(path.rfind('/') + 1);
}

Result<std::string> platform_named(const std::string& arch) {
  const auto* found =
      std::find_if(platforms.begin(), platforms.end(), [&](const auto& row) { return row.first == arch; });
  if (found == platforms.end()) {
    return failure(Fault::usage, "unknown architecture '" + printable(arch) + "'",
                   "take one of x86_64, sbsa (aarch64 servers), ppc64le, aarch64-jetson");
  }
  return std::string(found->second);
}

// What the archive may hold and what it must hold.
void name_members(Wanted& wanted, const Product& product, const Layout& layout) {
  for (const Component& component : product.components) {
    for (const std::string& glob : component.globs) {
      wanted.allowed.push_back(filled_in(glob, names_of(layout)));
    }
  }
  for (const std::string& stem : product.headers) {
    wanted.required.push_back(layout.include + "/" + stem + ".h");
  }
  for (const std::string& stem : product.libraries) {
    wanted.required.push_back(layout.library + "/" + stem + ".so." + std::to_string(wanted.version.major()));
  }
}

Result<Wanted> with_layout(Wanted wanted, const Recipes& recipes) {
  const Product* product = find_product(recipes, static_cast<int>(wanted.version.major()));
  if (product == nullptr) {
    return failure(Fault::unsupported, "no recipe knows cuDNN " + std::to_string(wanted.version.major()) +
                                           " (asked for " + wanted.version.text() + ")");
  }
  const Layout* layout = find_layout(*product, wanted.version, wanted.platform);
  const std::string which = "archives of cuDNN " + wanted.version.text() + " for " + shown_platform(wanted.platform);
  if (layout == nullptr) {
    return failure(Fault::unsupported,
                   "the recipe '" + product->name + "' does not say how " + which + " are laid out");
  }
  if (!layout->refused.empty()) {
    return failure(Fault::unsupported, which + " cannot be installed: " + layout->refused);
  }
  wanted.product = product->name;
  wanted.front = product->front;
  wanted.license = layout->license;
  wanted.version_header = filled_in(product->version_header, names_of(*layout));
  name_members(wanted, *product, *layout);
  if (wanted.top.empty()) {
    wanted.top = filled_in(
        layout->top, {{"version", wanted.version.text()}, {"platform", wanted.platform}, {"variant", wanted.cuda}});
  }
  return wanted;
}

Result<Choice> archive_in_hand(const Request& request, const Situation& situation) {
  const std::string& location = request.archives.front();
  const std::string file = file_name_of(location);
  const ArchiveGlance glance = situation.glance.value_or(ArchiveGlance{});
  const auto match = promised(request, situation.catalogue);
  if (!match) {
    return tl::unexpected(match.error());
  }
  if (auto kind = refuse_other_kinds(file, *match, glance.top); !kind) {
    return tl::unexpected(kind.error());
  }
  Choice choice{.wanted = {.top = glance.top, .location = location, .demo = glance.demo}};
  if (auto trust = settle_trust(request, *match, choice.wanted); !trust) {
    return tl::unexpected(trust.error());
  }
  const auto identity = identified(request, *match, glance.top);
  if (!identity) {
    return tl::unexpected(identity.error());
  }
  if (auto same = agrees(request, *identity, file); !same) {
    return tl::unexpected(same.error());
  }
  choice.wanted.version = identity->version;
  choice.wanted.cuda = identity->cuda;
  choice.wanted.platform = identity->platform;
  auto wanted = with_layout(std::move(choice.wanted), situation.recipes);
  if (!wanted) {
    return tl::unexpected(wanted.error());
  }
  choice.wanted = std::move(*wanted);
  if (choice.wanted.trust == "unverified") {
    choice.notes.emplace_back("the archive is taken without a digest: nothing tells whether these are NVIDIA's bytes");
  }
  return choice;
}

}  // namespace cudnn_install
