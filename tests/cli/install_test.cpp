#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <regex>

#include "payload.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("install answers what it did, and a second run that it found it done", "[install_test]") {
  Bench bench;
  CHECK(bench.put_in(older_archive) == 0);
  CHECK(bench.out() == "installed demo payload of cuDNN 8.9.6.50 for CUDA 12 into " + bench.prefix + "\n");
  CHECK(bench.err().empty());
  CHECK(bench.put_in(older_archive) == 0);
  CHECK(bench.out() == "unchanged: demo payload of cuDNN 8.9.6.50 for CUDA 12 into " + bench.prefix + "\n");
}

TEST_CASE("install answers a record with --json", "[install_test]") {
  Bench bench;
  CHECK(bench.put_in(older_archive, {"--yes", "--quiet", "--json"}) == 0);
  std::string record = std::regex_replace(bench.out(), std::regex("\"id\": \"[0-9a-f]{32}\""), "\"id\": \"ID\"");
  record = std::regex_replace(record, std::regex("\"protection\": \"[a-z+]+\""), "\"protection\": \"WALLS\"");
  CHECK(record == "{\n  \"schema\": 1,\n  \"verb\": \"install\",\n  \"change\": \"made\",\n  \"prefix\": \"" +
                      bench.prefix +
                      "\",\n  \"id\": \"ID\",\n  \"version\": \"8.9.6.50\",\n  \"cuda\": \"12\",\n  \"paths\": 51,\n"
                      "  \"protection\": \"WALLS\",\n  \"kept_aside\": [],\n  \"packages\": [],\n  \"left\": []\n}\n");
}

TEST_CASE("without a terminal nothing is done unless --yes says so", "[install_test]") {
  Bench bench;
  CHECK(bench.put_in(older_archive, {"--quiet"}) == 2);
  CHECK(bench.err() == "error: no terminal to ask: go on?\n  hint: look at the plan with --dry-run, then add --yes\n");
  CHECK(std::filesystem::is_empty(bench.prefix));
}

TEST_CASE("at a terminal the plan is shown and asked about", "[install_test]") {
  Bench bench;
  bench.console.context.terminal = {.input = true, .errors = true, .width = 80};
  bench.console.in.str("n\n");
  CHECK(bench.put_in(older_archive, {}) == 2);
  CHECK(bench.err().find("steps:") != std::string::npos);
  CHECK(bench.err().find("go on? [y/N] error: not agreed to: nothing was done\n") != std::string::npos);
  CHECK(std::filesystem::is_empty(bench.prefix));
  bench.console.in.str("y\n");
  bench.console.in.clear();
  CHECK(bench.put_in(older_archive, {}) == 0);
}

TEST_CASE("the licence must be accepted, and the receipt says who did", "[install_test]") {
  Bench bench;
  const std::string archive = bench.licensed_archive();
  CHECK(bench.put_in(archive) == 2);
  CHECK(bench.err() ==
        "error: no terminal to ask: do you accept NVIDIA's cuDNN licence, "
        "'cudnn-linux-x86_64-8.9.6.50_cuda12-archive/LICENSE' in '" +
            archive + "'?\n  hint: read it, then add --accept-license or set CUDNN_INSTALL_ACCEPT_LICENSE=1\n");
  CHECK(std::filesystem::is_empty(bench.prefix));
  bench.console.context.environment["CUDNN_INSTALL_ACCEPT_LICENSE"] = "1";
  CHECK(bench.put_in(archive) == 0);
  CHECK(bench.out() == "installed cuDNN 8.9.6.50 for CUDA 12 into " + bench.prefix + "\n");
  CHECK(bench.run("status", {"--json"}) == 0);
  CHECK(bench.out().find("\"licence_accepted\": true") != std::string::npos);
  CHECK(text_in(bench.prefix + "/.cudnn-install/receipt.json").find("tester") != std::string::npos);
}

TEST_CASE("an archive that is not there, not a file or not an archive is refused", "[install_test]") {
  Bench bench;
  CHECK(bench.run("install", {"--yes", "--archive", bench.scratch / "none"}) == 2);
  CHECK(bench.err() == "error: no archive '" + (bench.scratch / "none") + "'\n  hint: name a file that exists\n");
  CHECK(bench.run("install", {"--yes", "--archive", bench.prefix}) == 2);
  CHECK(bench.err() == "error: the archive '" + bench.prefix + "' is not a file\n");
  put(bench.scratch / "page.tar.xz", "<html>please log in</html>");
  CHECK(bench.run("install", {"--yes", "--archive", bench.scratch / "page.tar.xz"}) == 11);
}

TEST_CASE("a wrong digest is 12 and leaves nothing", "[install_test]") {
  Bench bench;
  CHECK(bench.run("install", {"--yes", "--quiet", "--archive", older_archive, "--sha256", std::string(64, '0')}) == 12);
  CHECK(bench.run("status") == 0);
  CHECK(bench.out() == bench.prefix + "\n  nothing is installed here\n");
}

TEST_CASE("without an archive in hand the answer is where to fetch it and how to go on", "[install_test]") {
  Bench bench;
  CHECK(bench.run("install", {"--yes", "--arch", "x86_64", "--cudnn", "8.9.6.50", "--cuda", "12"}) == 13);
  const std::string file = "cudnn-linux-x86_64-8.9.6.50_cuda12-archive.tar.xz";
  CHECK(bench.err().find("/" + file + "' (sha256 ") != std::string::npos);
  CHECK(bench.err().find("hint: fetch it by hand, then run: cudnn-install install --archive " + file + " --prefix " +
                         bench.prefix + " --sha256 ") != std::string::npos);
}

TEST_CASE("a run that holds the lock makes another one busy", "[install_test]") {
  Bench bench;
  REQUIRE(bench.put_in(older_archive) == 0);
  const int lock = ::open((bench.prefix + "/.cudnn-install/lock").c_str(), O_RDWR | O_CLOEXEC);
  REQUIRE(lock >= 0);
  REQUIRE(::flock(lock, LOCK_EX | LOCK_NB) == 0);
  CHECK(bench.run("uninstall", {"--yes", "--lock-timeout", "0"}) == 16);
  ::close(lock);
  CHECK(bench.run("uninstall", {"--yes", "--lock-timeout", "0"}) == 0);
}

TEST_CASE("a prefix that everybody may write is a conflict, until it is trusted", "[install_test]") {
  Bench bench;
  REQUIRE(::chmod(bench.prefix.c_str(), 0777) == 0);
  CHECK(bench.put_in(older_archive) == 17);
  CHECK(bench.put_in(older_archive, {"--yes", "--quiet", "--trust-prefix"}) == 0);
}

TEST_CASE("upgrade keeps the old version and rollback brings it back", "[install_test]") {
  Bench bench;
  REQUIRE(bench.put_in(older_archive) == 0);
  CHECK(bench.put_in(newer_archive, {"--yes", "--quiet"}, "upgrade") == 0);
  CHECK(bench.out() == "upgraded to demo payload of cuDNN 8.9.7.29 for CUDA 12 into " + bench.prefix +
                           ", in place of 8.9.6.50 for CUDA 12\n");
  CHECK(bench.run("rollback", {"--yes", "--quiet"}) == 0);
  CHECK(bench.out() ==
        "went back to cuDNN 8.9.6.50 for CUDA 12 in " + bench.prefix + ", in place of 8.9.7.29 for CUDA 12\n");
  CHECK(bench.run("verify", {"--load"}) == 0);
}
