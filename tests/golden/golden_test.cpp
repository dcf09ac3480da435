// Every recipe on a neutral machine, and every recorded machine with the recipe that is chosen for it, against the
// texts in this folder. With CUDNN_INSTALL_GOLDEN=write in the environment the texts are written instead.
#include "golden.h"

#include "support/catch.h"

using namespace cudnn_install;

namespace {

const std::filesystem::path folder = std::filesystem::path(SOURCE_DIR) / "tests/golden";

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
    texts[distro.name + "@neutral.txt"] = page(plan);
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
    texts[name + ".txt"] = page(plan);
    if (plan) {
      texts[name + ".sh"] = to_shell(*plan);
      texts[name + ".json"] = to_json(*plan);
    }
  }
  return texts;
}

}  // namespace

TEST_CASE("every plan is as it was reviewed", "[golden]") {
  const Shelf shelf;
  Texts texts = texts_on_neutral(shelf);
  texts.merge(texts_on_hosts(shelf));
  compare(folder, texts);
}
