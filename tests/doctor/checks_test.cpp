#include "doctor/doctor.h"
#include "doctor/nvidia.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

std::vector<std::string> ids(const std::vector<Diagnosis>& findings) {
  std::vector<std::string> found;
  for (const Diagnosis& finding : findings) {
    found.push_back(finding.id);
  }
  return found;
}

Observed with_list(const std::string& text) {
  const std::string path = "/etc/apt/sources.list.d/a.list";
  Observed observed;
  observed.files[path] = {.real = path, .text = text, .mode = 0644};
  observed.apt = apt_sources(path, text);
  return observed;
}

}  // namespace

TEST_CASE("NVIDIA's addresses are known by host, tree and folder, and others are not", "[checks_test]") {
  CHECK(is_nvidias("https://developer.download.nvidia.com/compute/cuda/repos/debian12/x86_64/"));
  CHECK(is_nvidias("https://mirror.example.org/compute/cuda/repos/rhel9/x86_64"));
  CHECK(is_nvidias("file:///var/cudnn-local-repo-ubuntu2204-8.9.6.50"));
  CHECK_FALSE(is_nvidias("https://nvidia.com.example.org/debian"));
  CHECK_FALSE(is_nvidias("http://mirror.example.org/debian"));
  CHECK_FALSE(is_nvidias("file:/srv/repo"));
  CHECK(distro_in("https://developer.download.nvidia.com/compute/cuda/repos/debian12/x86_64/") == "debian12");
  CHECK(distro_in("file:/var/cudnn-local-repo-ubuntu2004-8.9.6.50") == "ubuntu2004");
  CHECK(local_folder("file:///var/x/") == "/var/x");
  CHECK(local_folder("https://x/var") == "");
}

TEST_CASE("the key that NVIDIA withdrew is found in rpm's database by its whole fingerprint", "[checks_test]") {
  Observed observed;
  observed.retired.insert(std::string(retired_key));
  Keyring withdrawn;
  withdrawn.keys = {{.fingerprint = std::string(retired_key)}};
  Keyring namesake;
  namesake.keys = {{.fingerprint = "00000000000000000000000000000000" + std::string(retired_key.substr(32))}};
  observed.rpm_keys = {{"gpg-pubkey-7fa2af80-576258cd", withdrawn}, {"gpg-pubkey-7fa2af80-00000000", namesake}};
  const auto found = diagnosed(observed, {});
  REQUIRE(ids(found) == std::vector<std::string>{"retired-key"});
  CHECK(found[0].command == "rpm -e gpg-pubkey-7fa2af80-576258cd");
}

TEST_CASE("only what is asked for is looked at, and only entries that are switched on count", "[checks_test]") {
  const std::string line = "deb [trusted=yes] file:/var/cudnn-local-repo-debian12-8.9.6.50 /\n";
  CHECK(ids(diagnosed(with_list(line), {})) == std::vector<std::string>{"checks-off", "stale-local-repository"});
  CHECK(ids(diagnosed(with_list(line), {"checks-off"})) == std::vector<std::string>{"checks-off"});
  CHECK(diagnosed(with_list("# " + line), {}).empty());
}

TEST_CASE("the same library from a package and in the toolkit is a finding, with both places", "[checks_test]") {
  Observed observed;
  observed.toolkit_libraries = {
      {"/usr/local/cuda-12.2/lib64/libcudnn.so.8", "/usr/local/cuda-12.2/lib64/libcudnn.so.8.9.6"}};
  observed.system_libraries = {{"/usr/lib64/libcudnn.so.8", "/usr/lib64/libcudnn.so.8.9.7"},
                               {"/usr/lib64/libcudnn_ops_infer.so.8", ""}};
  const auto found = diagnosed(observed, {});
  REQUIRE(ids(found) == std::vector<std::string>{"mixed-installations", "broken-link"});
  CHECK(found[0].evidence[1] == Evidence{.file = "/usr/lib64/libcudnn.so.8", .line = 0, .text = "libcudnn.so.8.9.7"});
}
