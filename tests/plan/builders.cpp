#include "builders.h"

#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <fstream>

namespace cudnn_install {
namespace {

Method tar_method() {
  return {
      .name = "tar",
      .title = "Tar file installation",
      .document = "cuDNN Installation Guide 8.9.6",
      .section = "1.3.1",
      .prerequisites = {{"driver", {"1.1.1", ""}}, {"toolkit", {"1.1.2", ""}}, {"zlib", {"1.1.3", ""}}},
      .steps = {
          {UnpackTemplate{"${archive}"}, {"1.3.1", "step 2"}, ""},
          {CopyTemplate{"${include}/cudnn*.h", "${cuda}/include", Links::follow}, {"1.3.1", "step 3"}, ""},
          {CopyTemplate{"${lib}/libcudnn*", "${cuda}/lib64", Links::keep}, {"1.3.1", "step 3"}, ""},
          {ChmodTemplate{"a+r", {"${cuda}/include/cudnn*.h", "${cuda}/lib64/libcudnn*"}}, {"1.3.1", "step 3"}, ""}}};
}

Product product(int major) {
  const std::string number = std::to_string(major);
  Layout layout{.from = version(number + ".3"),
                .until = version(number + ".99"),
                .top = "cudnn-${platform}-${version}_cuda${variant}-archive",
                .include = "include",
                .library = "lib",
                .license = "LICENSE",
                .suffixes = {".tar.xz"}};
  return {.name = "cudnn" + number,
          .title = "NVIDIA cuDNN " + number,
          .major = major,
          .front = "libcudnn",
          .layouts = {layout},
          .components = {{"runtime", {"${lib}/libcudnn*.so.*"}},
                         {"dev", {"${include}/cudnn*.h", "${lib}/libcudnn*.so"}},
                         {"static", {"${lib}/libcudnn*.a"}}},
          .version_header = "${include}/cudnn_version.h"};
}

SourceText release_file(const std::string& release, const std::vector<std::string>& variants) {
  std::string text = "release: \"" + release + "\"\nartifacts:\n";
  for (const std::string platform : {"linux-x86_64", "linux-sbsa", "windows-x86_64"}) {
    for (const std::string& cuda : variants) {
      const std::string file = archive_name(release, cuda, platform);
      text += "  - file: " + file + "\n    component: cudnn\n    platform: " + platform + "\n    cuda: \"" + cuda +
              "\"\n    url: https://download.example/" + file + "\n    sha256: \"" + digest_of(file).hex() +
              "\"\n    size: 1000\n    verified: json\n";
    }
  }
  return {.file = "recipes/releases/" + release + ".yaml", .text = text};
}

}  // namespace

Recipes small_recipes() {
  Product eight = product(8);
  eight.layouts.push_back(
      {.from = version("8.0"), .until = version("8.2"), .refused = "their top directory is 'cuda'"});
  Distro ubuntu{.name = "ubuntu2204",
                .title = "Ubuntu 22.04",
                .match = {{"ubuntu", {version("22.04")}}},
                .family = PackageFamily::apt,
                .in_guide = true,
                .prerequisites = {{"zlib", "zlib1g"}},
                .methods = {"tar"}};
  Distro rhel{.name = "rhel7",
              .title = "RHEL 7",
              .match = {{"rhel", {version("7")}}},
              .family = PackageFamily::yum,
              .prerequisites = {{"zlib", "zlib"}},
              .methods = {"tar"}};
  Distro windows{.name = "windows", .title = "Windows", .refused = {{"tar", "it is for Linux"}}};
  Distro generic{.name = "generic", .title = "any Linux", .methods = {"tar"}};
  return {.distros = {ubuntu, rhel, windows, generic}, .methods = {tar_method()}, .products = {eight, product(9)}};
}

Catalogue small_catalogue() {
  return Catalogue({release_file("8.2.4.15", {"11.4"}), release_file("8.9.5.30", {"11", "12"}),
                    release_file("8.9.6.50", {"11", "12"}), release_file("9.19.0.56", {"12", "13"})});
}

Host small_host() {
  return {.os = {.id = "ubuntu", .id_like = {"debian"}, .version_id = "22.04", .pretty_name = "Ubuntu 22.04.5 LTS"},
          .machine = "x86_64",
          .platform = "linux-x86_64",
          .libc = {.kind = LibcKind::glibc, .version = version("2.35")},
          .toolkits = {{"/usr/local/cuda", "/usr/local/cuda-12.2", version("12.2.140"), "version.json"}},
          .driver = {.installed = version("535.104.05"), .loaded = version("535.104.05")},
          .package_manager = "apt",
          .zlib = true,
          .root_user = false,
          .user = "ada"};
}

PrefixFacts small_prefix() {
  return {.requested = "/usr/local/cuda",
          .resolved = "/usr/local/cuda-12.2",
          .exists = true,
          .file_system = "ext4",
          .cuda = version("12.2.140"),
          .include = "/usr/local/cuda-12.2/targets/x86_64-linux/include",
          .library = "/usr/local/cuda-12.2/targets/x86_64-linux/lib"};
}

Version version(const std::string& text) {
  return Version::parse(text).value();
}

Sha256 digest_of(const std::string& file) {
  return Sha256::of(std::string_view(file));
}

std::string archive_name(const std::string& release, const std::string& cuda, const std::string& platform) {
  return "cudnn-" + platform + "-" + release + "_cuda" + cuda + "-archive" +
         (platform.starts_with("windows") ? ".zip" : ".tar.xz");
}

World& World::holding(const std::string& release, const std::string& cuda) {
  const std::string file = archive_name(release, cuda);
  request.archives = {file};
  glance = ArchiveGlance{.top = file.substr(0, file.find(".tar"))};
  return *this;
}

Installation installed(const std::string& release, const std::string& cuda, const std::vector<std::string>& paths) {
  Installation installation{.id = release,
                            .product = "cudnn" + release.substr(0, 1),
                            .version = release,
                            .cuda = cuda,
                            .platform = "linux-x86_64",
                            .method = "tar",
                            .recipe = "ubuntu2204",
                            .components = {"runtime", "dev", "static"}};
  for (const std::string& path : paths) {
    installation.paths.push_back({.path = TargetPath::parse(path).value()});
  }
  return installation;
}

Installation installed_over(Installation installation, const std::vector<std::string>& over) {
  for (InstalledPath& each : installation.paths) {
    if (std::find(over.begin(), over.end(), each.path.text()) != over.end()) {
      each.displaced = Kept{.where = "kept/1"};
    }
  }
  return installation;
}

std::string told(const Result<Plan>& plan) {
  if (plan) {
    return "a plan";
  }
  const Error& error = plan.error();
  return std::string(name_of(error.fault)) + ": " + error.what + (error.hint.empty() ? "" : " (" + error.hint + ")");
}

std::vector<std::string> in_words(const std::vector<PlannedStep>& steps) {
  std::vector<std::string> words;
  words.reserve(steps.size());
  for (const PlannedStep& each : steps) {
    words.push_back(described(each.step));
  }
  return words;
}

Scratch::Scratch() {
  std::string name = (std::filesystem::temp_directory_path() / "plan-test-XXXXXX").string();
  directory_ = mkdtemp(name.data());
}

Scratch::~Scratch() {
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

void Scratch::write(const std::string& name, const std::string& text) const {
  std::filesystem::create_directories((directory_ / name).parent_path());
  std::ofstream(directory_ / name) << text;
}

std::pair<int, std::string> Scratch::run(const std::string& line) const {
  const std::string command = "cd '" + directory_.string() + "' && { " + line + "\n} 2>&1";
  FILE* pipe = popen(command.c_str(), "r");
  std::string out;
  for (int c = std::fgetc(pipe); c != EOF; c = std::fgetc(pipe)) {
    out += static_cast<char>(c);
  }
  const int status = pclose(pipe);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, out};
}

}  // namespace cudnn_install
