// Every recipe on a neutral machine, and every recorded machine with the recipe that is chosen for it, against the
// texts in this folder. With CUDNN_INSTALL_GOLDEN=write in the environment the texts are written instead.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <string>

#include "plan/plan.h"
#include "recipe/embedded.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

const std::filesystem::path folder = std::filesystem::path(SOURCE_DIR) / "tests/golden";

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

Host neutral_host() {
  const Version cuda = Version::parse("12.2.140").value();
  return {.os = {.id = "neutral"},
          .machine = "x86_64",
          .platform = "linux-x86_64",
          .libc = {.kind = LibcKind::glibc, .version = Version::parse("2.17").value()},
          .toolkits = {{"/usr/local/cuda", "/usr/local/cuda-12.2", cuda, "version.json"}},
          .package_manager = "none",
          .user = "ada"};
}

PrefixFacts prefix_of(const Host& host) {
  PrefixFacts prefix{.requested = "/usr/local/cuda", .resolved = "/usr/local/cuda"};
  if (!host.toolkits.empty()) {
    prefix = {.requested = host.toolkits[0].prefix, .resolved = host.toolkits[0].resolved, .exists = true};
    prefix.cuda = host.toolkits[0].version;
  }
  prefix.include = prefix.resolved + "/include";
  prefix.library = prefix.resolved + "/lib64";
  return prefix;
}

// What somebody at such a machine would have in hand; nothing where no archive is made for it.
std::vector<std::string> archives_for(const Host& host, const PrefixFacts& prefix) {
  const std::uint32_t cuda = prefix.cuda ? prefix.cuda->major() : 12;
  if (host.platform.empty() || (host.jetson && cuda != 12)) {
    return {};
  }
  const std::string release = cuda >= 13    ? "9.19.0.56"
                              : cuda == 10  ? "8.7.0.84"
                              : host.jetson ? "8.9.5.30"
                                            : "8.9.6.50";
  return {"cudnn-" + host.platform + "-" + release + "_cuda" + std::to_string(cuda) + "-archive.tar.xz"};
}

// File name → text.
using Texts = std::map<std::string, std::string>;

struct Shelf {
  std::vector<SourceText> files = embedded_recipes();
  Recipes recipes = load_recipes(files).value();
  Catalogue catalogue = Catalogue(files);
};

Result<Plan> planned(const Shelf& shelf, const Host& host, const std::optional<std::string>& distro) {
  const PrefixFacts prefix = prefix_of(host);
  const std::optional<Receipt> nothing;
  Request request{.distro = distro, .archives = archives_for(host, prefix), .prefix = prefix.requested};
  return plan_install(
      request,
      {.recipes = shelf.recipes, .catalogue = shelf.catalogue, .host = host, .prefix = prefix, .receipt = nothing});
}

Texts texts_on_neutral(const Shelf& shelf) {
  Texts texts;
  for (const Distro& distro : shelf.recipes.distros) {
    const auto plan = planned(shelf, neutral_host(), distro.name);
    texts[distro.name + "@neutral.txt"] = plan ? to_text(*plan, Explain::yes) : rendered(plan.error()) + "\n";
  }
  return texts;
}

Texts texts_on_hosts(const Shelf& shelf) {
  Texts texts;
  for (const auto& each : std::filesystem::directory_iterator(std::filesystem::path(SOURCE_DIR) / "tests/hosts")) {
    if (each.path().extension() != ".json") {
      continue;
    }
    const auto host = host_from_json(text_of(each.path()), each.path().filename());
    REQUIRE(host.has_value());
    const std::string recipe =
        choose_distro(shelf.recipes, host->os.id, host->os.id_like, host->os.version_id).distro.name;
    const std::string name = recipe + "@" + each.path().stem().string();
    const auto plan = planned(shelf, *host, std::nullopt);
    texts[name + ".txt"] = plan ? to_text(*plan, Explain::yes) : rendered(plan.error()) + "\n";
    if (plan) {
      texts[name + ".sh"] = to_shell(*plan);
      texts[name + ".json"] = to_json(*plan);
    }
  }
  return texts;
}

bool is_golden(const std::filesystem::path& path) {
  return path.filename().string().find('@') != std::string::npos;
}

void write(const Texts& texts) {
  for (const auto& each : std::filesystem::directory_iterator(folder)) {
    if (is_golden(each.path())) {
      std::filesystem::remove(each.path());
    }
  }
  for (const auto& [name, text] : texts) {
    std::ofstream(folder / name) << text;
  }
}

}  // namespace

TEST_CASE("every plan is as it was reviewed", "[golden]") {
  const Shelf shelf;
  Texts texts = texts_on_neutral(shelf);
  texts.merge(texts_on_hosts(shelf));
  const char* mode = std::getenv("CUDNN_INSTALL_GOLDEN");
  if (mode != nullptr && std::string_view(mode) == "write") {
    write(texts);
  }

  for (const auto& [name, text] : texts) {
    INFO(name << " differs; if the new text is right: scripts/golden");
    CHECK(text == text_of(folder / name));
  }
}

TEST_CASE("no reviewed plan is left without a recipe or a machine", "[golden]") {
  const Shelf shelf;
  Texts texts = texts_on_neutral(shelf);
  texts.merge(texts_on_hosts(shelf));

  for (const auto& each : std::filesystem::directory_iterator(folder)) {
    if (is_golden(each.path())) {
      CHECK(texts.contains(each.path().filename()));
    }
  }
}
