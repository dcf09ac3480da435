#include <algorithm>

#include "builders.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

const std::string file = archive_name("8.9.6.50", "12");

// The lines from the first instruction on.
std::string instructions(const Plan& plan) {
  const std::string text = to_dockerfile(plan);
  return text.substr(std::min(text.find("COPY"), text.find("ADD")));
}

}  // namespace

TEST_CASE("a plan becomes one COPY and one RUN", "[dockerfile]") {
  World world;

  CHECK(to_dockerfile(*world.holding("8.9.6.50").install()) ==
        "# cuDNN 8.9.6.50 for CUDA 12 into /usr/local/cuda\n"
        "# The commands are those of the cuDNN Installation Guide 8.9.6.\n"
        "# 1.1.1, driver, satisfied: driver 535.104.05, loaded\n"
        "# 1.1.2, toolkit, satisfied: CUDA 12.2.140 in /usr/local/cuda\n"
        "# 1.1.3, zlib, satisfied: libz.so.1 is there\n"
        "COPY " +
            file +
            " /tmp/cudnn-install/\n"
            "RUN set -eu; umask 022; \\\n"
            "    printf '%s\\n' '" +
            digest_of(file).hex() + "  /tmp/cudnn-install/" + file +
            "' | sha256sum -c -; \\\n"
            "    tar -xf /tmp/cudnn-install/" +
            file +
            " -C /tmp/cudnn-install; \\\n"
            "    cp /tmp/cudnn-install/cudnn-linux-x86_64-8.9.6.50_cuda12-archive/include/cudnn*.h "
            "/usr/local/cuda/include; \\\n"
            "    cp -P /tmp/cudnn-install/cudnn-linux-x86_64-8.9.6.50_cuda12-archive/lib/libcudnn* "
            "/usr/local/cuda/lib64; \\\n"
            "    chmod a+r /usr/local/cuda/include/cudnn*.h /usr/local/cuda/lib64/libcudnn*; \\\n"
            "    rm -rf /tmp/cudnn-install\n");
}

TEST_CASE("an archive that is still to be fetched is added by its URL", "[dockerfile]") {
  World world;
  const std::string newest = archive_name("9.19.0.56", "12");
  const std::string lines = instructions(*world.install());

  CHECK(lines.substr(0, lines.find('\n')) == "ADD https://download.example/" + newest + " /tmp/cudnn-install/");
  CHECK(lines.find("tar -xf /tmp/cudnn-install/" + newest) != std::string::npos);
}

TEST_CASE("only the file's name is looked for in the build context, and odd names are quoted", "[dockerfile]") {
  World world;
  world.holding("8.9.6.50").request.archives = {"/home/ada/my $archive \"1\".tar.xz"};
  world.request.sha256 = digest_of("x");
  const std::string lines = instructions(*world.install());

  CHECK(lines.substr(0, lines.find('\n')) == R"(COPY ["my \\$archive \"1\".tar.xz", "/tmp/cudnn-install/"])");
}

TEST_CASE("what was kept aside cannot come back in an image", "[dockerfile]") {
  World world;
  world.receipt = Receipt{
      .installations = {installed_over(installed("8.9.6.50", "12", {"lib64/libcudnn.so"}), {"lib64/libcudnn.so"})}};

  CHECK(to_dockerfile(*world.uninstall()) ==
        "# cuDNN 8.9.6.50 for CUDA 12 out of /usr/local/cuda\n"
        "# An image keeps no older files that could be brought back: build it from another base.\n");
}
