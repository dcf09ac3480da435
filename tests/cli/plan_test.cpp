#include "payload.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

const std::vector<std::string> wanted = {"--archive", older_archive, "--sha256", digest_of(older_archive),
                                         "--cuda",    "12"};

std::vector<std::string> and_also(std::vector<std::string> more) {
  more.insert(more.end(), wanted.begin(), wanted.end());
  return more;
}

}  // namespace

TEST_CASE("plan and --dry-run answer the same and change nothing", "[plan_test]") {
  Bench bench;
  for (const std::vector<std::string>& form : std::vector<std::vector<std::string>>{
           {}, {"--format", "sh"}, {"--format", "json"}, {"--format", "dockerfile"}, {"--explain"}, {"--json"}}) {
    REQUIRE(bench.run("plan", and_also(form)) == 0);
    const std::string answer = bench.out();
    CHECK_FALSE(answer.empty());
    std::vector<std::string> dry = form;
    dry.emplace_back("--dry-run");
    REQUIRE(bench.run("install", and_also(dry)) == 0);
    CHECK(bench.out() == answer);
  }
  CHECK(std::filesystem::is_empty(bench.prefix));
  CHECK_FALSE(std::filesystem::exists(bench.scratch / "state"));
}

TEST_CASE("--json means --format json", "[plan_test]") {
  Bench bench;
  REQUIRE(bench.run("plan", and_also({"--json"})) == 0);
  const std::string answer = bench.out();
  REQUIRE(bench.run("plan", and_also({"--format", "json"})) == 0);
  CHECK(bench.out() == answer);
}

TEST_CASE("a form that is not known is refused with the nearest", "[plan_test]") {
  Bench bench;
  CHECK(bench.run("plan", and_also({"--format", "jsno"})) == 2);
  CHECK(bench.err() == "error: --format does not know 'jsno'\n  hint: it knows: text, sh, json, dockerfile\n");
  CHECK(bench.run("plan", and_also({"--format", "docker-file"})) == 2);
  CHECK(bench.err() == "error: --format does not know 'docker-file'\n  hint: did you mean 'dockerfile'?\n");
}

TEST_CASE("a plan for another machine is made from its record alone", "[plan_test]") {
  Console console;
  CHECK(console.run({"plan", "--host", SOURCE_DIR "/tests/hosts/ubuntu2204-sbsa.json", "--cudnn", "8.9.6.50", "--cuda",
                     "12", "--format", "text"}) == 0);
  CHECK(console.out.str().find("ubuntu2204") != std::string::npos);
  CHECK(console.out.str().find("linux-sbsa-8.9.6.50_cuda12") != std::string::npos);
  CHECK(console.run({"plan", "--host", "/no/such/host.json"}) == 2);
  CHECK(console.err.str() == "error: cannot read '/no/such/host.json'\n  hint: name a file that exists\n");
}

TEST_CASE("a malformed host record is 10", "[plan_test]") {
  const ScratchDirectory scratch;
  put(scratch / "host.json", "{");
  Console console;
  CHECK(console.run({"plan", "--host", scratch / "host.json"}) == 10);
}
