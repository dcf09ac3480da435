#include "golden.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

#include "support/catch.h"

namespace cudnn_install {

namespace {

bool is_golden(const std::filesystem::path& path) {
  return path.filename().string().find('@') != std::string::npos;
}

void write(const std::filesystem::path& folder, const Texts& texts) {
  std::filesystem::create_directories(folder);
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

std::string page(const Result<Plan>& plan) {
  return plan ? to_text(*plan, Explain::yes) : rendered(plan.error()) + "\n";
}

void compare(const std::filesystem::path& folder, const Texts& texts) {
  const char* mode = std::getenv("CUDNN_INSTALL_GOLDEN");
  if (mode != nullptr && std::string_view(mode) == "write") {
    write(folder, texts);
  }
  for (const auto& [name, text] : texts) {
    INFO(name << " differs; if the new text is right: scripts/golden");
    CHECK(text == text_of(folder / name));
  }
  for (const auto& each : std::filesystem::directory_iterator(folder)) {
    if (is_golden(each.path())) {
      INFO(each.path() << " belongs to no recipe and no machine; to sweep it out: scripts/golden");
      CHECK(texts.contains(each.path().filename()));
    }
  }
}

}  // namespace cudnn_install
