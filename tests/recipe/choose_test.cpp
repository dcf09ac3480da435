#include "recipe/embedded.h"
#include "recipe/recipe.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

struct Told {
  std::string name{};
  Fit fit{};
  bool operator==(const Told&) const = default;
};

Told chosen(const std::string& id, const std::string& version_id, const std::vector<std::string>& like = {}) {
  static const Recipes recipes = load_recipes(embedded_recipes()).value();
  const ChosenDistro choice = choose_distro(recipes, id, like, version_id);
  return {choice.distro.name, choice.fit};
}

Version version(std::string_view text) {
  return Version::parse(text).value();
}

Layout layout(std::string_view from, std::string_view until, std::vector<std::string> platforms = {}) {
  return {.from = version(from), .until = version(until), .platforms = std::move(platforms)};
}

}  // namespace

TEST_CASE("ID and VERSION_ID decide", "[choose]") {
  CHECK(chosen("ubuntu", "22.04") == Told{"ubuntu2204", Fit::exact});
  CHECK(chosen("debian", "12") == Told{"debian12", Fit::exact});
  CHECK(chosen("rhel", "9.4") == Told{"rhel9", Fit::exact});
  CHECK(chosen("rocky", "8.10") == Told{"rhel8", Fit::exact});
  CHECK(chosen("almalinux", "10.0") == Told{"rhel10", Fit::exact});
  CHECK(chosen("ol", "9.5", {"fedora"}) == Told{"rhel9", Fit::exact});
  CHECK(chosen("centos", "7", {"rhel", "fedora"}) == Told{"rhel7", Fit::exact});
  CHECK(chosen("fedora", "43") == Told{"fedora", Fit::exact});
  CHECK(chosen("sles", "15.6", {"suse"}) == Told{"sles15", Fit::exact});
  CHECK(chosen("opensuse-leap", "15.6", {"suse", "opensuse"}) == Told{"opensuse", Fit::exact});
  CHECK(chosen("opensuse-tumbleweed", "20261120") == Told{"opensuse", Fit::exact});
  CHECK(chosen("azurelinux", "3.0") == Told{"azurelinux3", Fit::exact});
  CHECK(chosen("amzn", "2023", {"fedora"}) == Told{"amzn2023", Fit::exact});
  CHECK(chosen("kylin", "V10") == Told{"kylin10", Fit::exact});
}

TEST_CASE("a version without a recipe takes the nearest before it", "[choose]") {
  CHECK(chosen("ubuntu", "26.04", {"debian"}) == Told{"ubuntu2404", Fit::like});
  CHECK(chosen("ubuntu", "23.10", {"debian"}) == Told{"ubuntu2204", Fit::like});
  CHECK(chosen("rhel", "11.0") == Told{"rhel10", Fit::like});
}

TEST_CASE("a rolling distro has no VERSION_ID and takes the newest", "[choose]") {
  CHECK(chosen("debian", "") == Told{"debian13", Fit::like});
}

TEST_CASE("ID_LIKE is the fall-back, its words in their order", "[choose]") {
  CHECK(chosen("pop", "22.04", {"ubuntu", "debian"}) == Told{"ubuntu2204", Fit::like});
  CHECK(chosen("raspbian", "12", {"debian"}) == Told{"debian12", Fit::like});
  CHECK(chosen("eurolinux", "9.4", {"rhel", "fedora", "centos"}) == Told{"rhel9", Fit::like});
}

TEST_CASE("what nothing fits is any Linux", "[choose]") {
  CHECK(chosen("arch", "") == Told{"generic", Fit::generic});
  CHECK(chosen("ubuntu", "16.04") == Told{"generic", Fit::generic});
  CHECK(chosen("", "") == Told{"generic", Fit::generic});
}

TEST_CASE("the choice says why", "[choose]") {
  const Recipes recipes = load_recipes(embedded_recipes()).value();
  CHECK(choose_distro(recipes, "ubuntu", {"debian"}, "22.04").because == "ID=ubuntu VERSION_ID=22.04");
  CHECK(choose_distro(recipes, "ubuntu", {"debian"}, "26.04").because ==
        "no recipe names ID=ubuntu VERSION_ID=26.04; 'ubuntu2404' is the nearest before it");
  CHECK(choose_distro(recipes, "pop", {"ubuntu"}, "22.04").because ==
        "no recipe names ID=pop VERSION_ID=22.04; 'ubuntu2204' is used because of ID_LIKE=ubuntu");
  CHECK(choose_distro(recipes, "arch", {}, "").because ==
        "no recipe names ID=arch without VERSION_ID; the tar method works on every Linux with glibc");
}

TEST_CASE("even without recipes there is a distro that offers tar", "[choose]") {
  const ChosenDistro choice = choose_distro(Recipes(), "ubuntu", {}, "22.04");
  CHECK(choice.distro == Distro{.name = "generic", .title = "any Linux", .methods = {"tar"}});
}

TEST_CASE("recipes are found by name, products by major", "[choose]") {
  const Recipes recipes = load_recipes(embedded_recipes()).value();
  CHECK(find_distro(recipes, "debian12")->title == "Debian 12");
  CHECK(find_distro(recipes, "debian") == nullptr);
  CHECK(find_method(recipes, "tar")->section == "1.3.1");
  CHECK(find_method(recipes, "zip") == nullptr);
  CHECK(find_product(recipes, 9)->name == "cudnn9");
  CHECK(find_product(recipes, 7) == nullptr);
}

TEST_CASE("a layout holds from its first version to all that begin with its last", "[choose]") {
  const Product product{.layouts = {layout("8.3", "8"), layout("8.0", "8.2"), layout("8.0", "8.2", {"linux-ppc64le"})}};
  CHECK(find_layout(product, version("8.9.6.50")) == &product.layouts[0]);
  CHECK(find_layout(product, version("8.3.1.22")) == &product.layouts[0]);
  CHECK(find_layout(product, version("8.2.4.15"), "linux-x86_64") == &product.layouts[1]);
  CHECK(find_layout(product, version("8.2.4.15"), "linux-ppc64le") == &product.layouts[2]);
  CHECK(find_layout(product, version("8.9.6.50"), "linux-ppc64le") == &product.layouts[0]);
  CHECK(find_layout(product, version("9.0.0.312")) == nullptr);
  CHECK(find_layout(product, version("7.6.5.32")) == nullptr);
}

TEST_CASE("old archives are laid out in their own way, or refused", "[choose]") {
  const Recipes recipes = load_recipes(embedded_recipes()).value();
  const Product& product = *find_product(recipes, 8);
  const Version old = version("8.2.4.15");
  CHECK(names_of(*find_layout(product, old, "linux-x86_64")) ==
        std::map<std::string, std::string>{{"include", "include"}, {"lib", "lib64"}});
  CHECK(names_of(*find_layout(product, old, "linux-ppc64le")) ==
        std::map<std::string, std::string>{{"include", "targets/ppc64le-linux/include"},
                                           {"lib", "targets/ppc64le-linux/lib"}});
  CHECK(find_layout(product, old, "linux-sbsa")->refused ==
        "where the archives for sbsa keep their files is only known from cuDNN 8.3 on");
}

TEST_CASE("each file of an archive belongs to one component", "[choose]") {
  const Recipes recipes = load_recipes(embedded_recipes()).value();
  const Product& product = *find_product(recipes, 8);
  const Layout& today = *find_layout(product, version("8.9.6.50"));
  CHECK(component_of(product, today, "lib/libcudnn.so.8") == "runtime");
  CHECK(component_of(product, today, "lib/libcudnn_ops_infer.so.8.9.6") == "runtime");
  CHECK(component_of(product, today, "lib/libcudnn.so") == "dev");
  CHECK(component_of(product, today, "include/cudnn_version_v8.h") == "dev");
  CHECK(component_of(product, today, "lib/libcudnn_ops_infer_static_v8.a") == "static");
  CHECK(component_of(product, today, "LICENSE").empty());
  CHECK(component_of(product, today, "lib64/libcudnn.so.8").empty());
  CHECK(component_of(product, *find_layout(product, version("8.2.4.15")), "lib64/libcudnn.so.8") == "runtime");
}
