#include "cli/request.h"

#include <chrono>

#include "console.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::string refusal(const ChoiceOptions& choice, const PlaceOptions& place = {}) {
  const auto request = request_from(choice, place);
  return request ? "no refusal" : rendered(request.error());
}

ChoiceOptions with_arch(const std::string& arch) {
  ChoiceOptions choice;
  choice.arch = arch;
  return choice;
}

Host with_toolkits(std::vector<CudaToolkit> toolkits) {
  Host host;
  host.toolkits = std::move(toolkits);
  return host;
}

}  // namespace

TEST_CASE("every option reaches the request", "[request_test]") {
  ChoiceOptions choice;
  choice.cudnn = "8.9.6";
  choice.cuda = "12.2";
  choice.arch = "sbsa";
  choice.distro = "ubuntu2204";
  choice.archives = {"file:///tmp/a.tar.xz"};
  choice.sha256 = std::string(64, 'A');
  choice.allow_unverified = true;
  choice.components = "dev,runtime,dev";
  const auto request = request_from(choice, {.prefix = "/opt/cuda", .root = "/"});
  REQUIRE(request);
  CHECK(request->method == "tar");
  CHECK(request->cudnn->text() == "8.9.6");
  CHECK_FALSE(request->latest);
  CHECK(request->cuda->text() == "12.2");
  CHECK(request->arch == "sbsa");
  CHECK(request->distro == "ubuntu2204");
  CHECK(request->archives == std::vector<std::string>{"/tmp/a.tar.xz"});
  CHECK(request->sha256->hex() == std::string(64, 'a'));
  CHECK(request->allow_unverified);
  CHECK(request->components == std::vector<std::string>{"dev", "runtime"});
  CHECK(request->root == "/");
  CHECK(request->prefix_given);
}

TEST_CASE("latest is a word, not a version", "[request_test]") {
  ChoiceOptions choice;
  choice.cudnn = "latest";
  const auto request = request_from(choice, {});
  REQUIRE(request);
  CHECK(request->latest);
  CHECK_FALSE(request->cudnn.has_value());
  CHECK_FALSE(request->prefix_given);
}

TEST_CASE("words that are not known are refused with the nearest", "[request_test]") {
  CHECK(refusal(with_arch("sbsaa")) == "error: --arch does not know 'sbsaa'\n  hint: did you mean 'sbsa'?");
  CHECK(refusal(with_arch("amd64")) == "error: --arch does not know 'amd64'\n  hint: NVIDIA calls it x86_64");
  CHECK(refusal(with_arch("arm64")) ==
        "error: --arch does not know 'arm64'\n  hint: servers are sbsa, Jetson modules aarch64-jetson");
  ChoiceOptions components;
  components.components = "runtime,docs";
  CHECK(refusal(components) ==
        "error: --components does not know 'docs'\n  hint: it knows: runtime, dev, static, samples");
  components.components = "runtime,";
  CHECK(refusal(components) == "error: --components does not know ''\n  hint: it knows: runtime, dev, static, samples");
}

TEST_CASE("a way of the guide that is not here yet is unsupported, another word is a mistake", "[request_test]") {
  ChoiceOptions choice;
  choice.method = "windows-zip";
  const auto later = request_from(choice, {});
  REQUIRE_FALSE(later);
  CHECK(later.error().fault == Fault::unsupported);
  CHECK(rendered(later.error()) ==
        "error: method 'windows-zip' is not part of this build yet\n  hint: the tar method fits every Linux: --method "
        "tar");
  choice.method = "deb-lokal";
  CHECK(refusal(choice) == "error: unknown method 'deb-lokal'\n  hint: did you mean 'deb-local'?");
}

TEST_CASE("a mirror and its key are for the network methods, and checked", "[request_test]") {
  ChoiceOptions choice;
  choice.repository = "https://mirror.example/repos";
  CHECK(refusal(choice) == "error: --repository is for the methods apt-network and rpm-network");
  choice.method = "apt-network";
  choice.no_pin = true;
  choice.repository_key = "https://mirror.example/key.asc";
  const auto request = request_from(choice, {});
  REQUIRE(request);
  CHECK(request->repository == "https://mirror.example/repos");
  CHECK(request->key == "https://mirror.example/key.asc");
  CHECK_FALSE(request->pin);
  choice.repository_key = "http://mirror.example/key.asc";
  CHECK(refusal(choice) ==
        "error: --repository-key 'http://mirror.example/key.asc' is http to another machine\n"
        "  hint: take https; http is for this machine alone: http://127.0.0.1:8000");
  choice.repository_key = "/no/such/key";
  CHECK(refusal(choice) ==
        "error: --repository-key '/no/such/key' is no file\n"
        "  hint: name the keyring or public key that the mirror is signed with");
  choice.repository = "file:///srv/repos";
  CHECK(refusal(choice) == "error: --repository 'file:///srv/repos' is no https URL");
}

TEST_CASE("one archive, a version of two parts, and an existing root are demanded", "[request_test]") {
  ChoiceOptions choice;
  choice.archives = {"a.tar.xz", "b.tar.xz"};
  CHECK(refusal(choice) == "error: the tar method takes one archive, found 2: 'a.tar.xz' and 'b.tar.xz'");
  choice = {};
  choice.cudnn = "8";
  CHECK(refusal(choice) ==
        "error: --cudnn '8' has one part, expected 2, 3 or 4\n"
        "  hint: for example: --cudnn 8.9, --cudnn 8.9.6.50 or --cudnn latest");
  CHECK(refusal({}, {.prefix = {}, .root = "/no/such/root"}) == "error: --root '/no/such/root' is not a directory");
}

TEST_CASE("the prefix is the one asked for, else the first toolkit's, else the usual one with a warning",
          "[request_test]") {
  const Host host = with_toolkits({{.prefix = "/usr/local/cuda", .resolved = "/usr/local/cuda-12.2"},
                                   {.prefix = "/usr/local/cuda-13.0", .resolved = "/usr/local/cuda-13.0"}});
  const auto asked_for = chosen_prefix({.prefix = "/opt/x/../cuda//", .root = "/"}, host);
  REQUIRE(asked_for);
  CHECK(asked_for->path == "/opt/cuda");
  const auto found = chosen_prefix({}, host);
  REQUIRE(found);
  CHECK(found->path == "/usr/local/cuda");
  CHECK(found->warning.empty());
  const auto usual = chosen_prefix({}, Host{});
  REQUIRE(usual);
  CHECK(usual->path == "/usr/local/cuda");
  CHECK(usual->warning == "no CUDA toolkit found; the prefix is /usr/local/cuda");
}

TEST_CASE("below another root the prefix must be absolute, and it is never the root directory", "[request_test]") {
  const auto relative = checked_prefix("cuda", "/mnt");
  REQUIRE_FALSE(relative);
  CHECK(rendered(relative.error()) ==
        "error: --prefix 'cuda' is not absolute, as it must be with --root\n"
        "  hint: name it as it is called inside '/mnt'");
  const auto top = checked_prefix("/usr/..", "/");
  REQUIRE_FALSE(top);
  CHECK(top.error().fault == Fault::usage);
}

TEST_CASE("the state directory follows CUDNN_INSTALL_STATE, the root and the user's home in that order",
          "[request_test]") {
  Console console;
  CHECK(rendered(state_directory("/", console.context).error()) ==
        "error: no place for the state: HOME is not set\n"
        "  hint: set HOME, XDG_STATE_HOME or CUDNN_INSTALL_STATE to an absolute path");
  console.context.environment["HOME"] = "/home/tester";
  CHECK(state_directory("/", console.context) == "/home/tester/.local/state/cudnn-install");
  console.context.environment["XDG_STATE_HOME"] = "relative/is/ignored";
  CHECK(state_directory("/", console.context) == "/home/tester/.local/state/cudnn-install");
  console.context.environment["XDG_STATE_HOME"] = "/state/";
  CHECK(state_directory("/", console.context) == "/state/cudnn-install");
  console.context.caller.root = true;
  CHECK(state_directory("/", console.context) == "/var/lib/cudnn-install");
  CHECK(state_directory("/mnt", console.context) == "/mnt/var/lib/cudnn-install");
  console.context.environment["CUDNN_INSTALL_STATE"] = "/elsewhere";
  CHECK(state_directory("/mnt", console.context) == "/elsewhere");
  console.context.environment["CUDNN_INSTALL_STATE"] = "here";
  CHECK(rendered(state_directory("/", console.context).error()) ==
        "error: CUDNN_INSTALL_STATE 'here' is not an absolute path");
}

TEST_CASE("the lock timeout is a whole number of seconds", "[request_test]") {
  CHECK(checked_lock_timeout("0") == std::chrono::seconds(0));
  CHECK(checked_lock_timeout("90") == std::chrono::seconds(90));
  for (const char* wrong : {"-1", "1.5", "", "90s", "86401"}) {
    REQUIRE_FALSE(checked_lock_timeout(wrong));
    CHECK(rendered(checked_lock_timeout(wrong).error()) ==
          "error: --lock-timeout '" + std::string(wrong) + "' is not a number of seconds from 0 to 86400");
  }
}
