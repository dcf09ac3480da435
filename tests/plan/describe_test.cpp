#include "builders.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("a plan as text names archive, needs, steps and notes", "[describe]") {
  World world;
  world.holding("8.9.6.50").host.zlib = false;
  world.prefix.no_exec = true;

  CHECK(to_text(*world.install(), Explain::no) ==
        "cuDNN 8.9.6.50 for CUDA 12 into /usr/local/cuda\n"
        "  archive     cudnn-linux-x86_64-8.9.6.50_cuda12-archive.tar.xz\n"
        "  sha256      " +
            digest_of(archive_name("8.9.6.50", "12")).hex() +
            " (catalogue)\n"
            "  platform    x86_64\n"
            "  components  runtime, dev, static\n"
            "  recipe      ubuntu2204, method tar after the cuDNN Installation Guide 8.9.6\n"
            "\n"
            "needed first:\n"
            "  satisfied  driver   driver 535.104.05, loaded (1.1.1)\n"
            "  satisfied  toolkit  CUDA 12.2.140 in /usr/local/cuda (1.1.2)\n"
            "  to do      zlib     run: sudo apt-get install zlib1g (1.1.3)\n"
            "\n"
            "steps:\n"
            "  1. unpack cudnn-linux-x86_64-8.9.6.50_cuda12-archive.tar.xz\n"
            "  2. copy include/cudnn*.h to /usr/local/cuda/include\n"
            "  3. copy lib/libcudnn* to /usr/local/cuda/lib64, links as links\n"
            "  4. set mode a+r on /usr/local/cuda/include/cudnn*.h, /usr/local/cuda/lib64/libcudnn*\n"
            "\n"
            "notes:\n"
            "  - '/usr/local/cuda' is on a file system that is mounted noexec: the loader will refuse the libraries "
            "there\n");
}

TEST_CASE("an explained plan holds both plans, each step with its clause", "[describe]") {
  World world;
  world.holding("8.9.6.50").host.root_user = true;
  world.receipt = Receipt{.installations = {installed("8.9.5.30", "12", {"lib64/libcudnn.so.8.9.5"})}};
  const std::string text = to_text(*world.install(), Explain::yes);

  CHECK(text.substr(text.find("steps as documented")) ==
        "steps as documented:\n"
        "  1. unpack cudnn-linux-x86_64-8.9.6.50_cuda12-archive.tar.xz (1.3.1 step 2)\n"
        "  2. remove 1 name of the older build [added: names of cuDNN 8.9.5.30, which is replaced]\n"
        "       /usr/local/cuda/lib64/libcudnn.so.8.9.5\n"
        "  3. copy include/cudnn*.h to /usr/local/cuda/include (1.3.1 step 3)\n"
        "  4. copy lib/libcudnn* to /usr/local/cuda/lib64, links as links (1.3.1 step 3)\n"
        "  5. set mode a+r on /usr/local/cuda/include/cudnn*.h, /usr/local/cuda/lib64/libcudnn* (1.3.1 step 3)\n"
        "\n"
        "steps as performed, all or none:\n"
        "  1. remove 1 name of the older build [added: names of cuDNN 8.9.5.30, which is replaced]\n"
        "       /usr/local/cuda-12.2/targets/x86_64-linux/lib/libcudnn.so.8.9.5\n"
        "  2. place from cudnn-linux-x86_64-8.9.6.50_cuda12-archive.tar.xz: include/cudnn*.h to "
        "/usr/local/cuda-12.2/targets/x86_64-linux/include, lib/libcudnn* to "
        "/usr/local/cuda-12.2/targets/x86_64-linux/lib (1.3.1 step 2, step 3)\n"
        "  3. refresh the loader's cache (ldconfig) for /usr/local/cuda-12.2/targets/x86_64-linux/lib [added: only "
        "where the loader's configuration names the directory]\n");
}

TEST_CASE("what is done after the documented steps is shown without being asked", "[describe]") {
  World world;
  world.holding("8.9.6.50").host.root_user = true;
  const std::string text = to_text(*world.install(), Explain::no);

  CHECK(text.substr(text.find("and after them")) ==
        "and after them:\n"
        "  1. refresh the loader's cache (ldconfig) for /usr/local/cuda-12.2/targets/x86_64-linux/lib [added: only "
        "where the loader's configuration names the directory]\n");
}

TEST_CASE("a removal lists its paths", "[describe]") {
  World world;
  world.receipt =
      Receipt{.installations = {installed_over(
                  installed("8.9.6.50", "12", {"lib64/libcudnn.so", "lib64/libcudnn.so.8"}), {"lib64/libcudnn.so"})}};

  CHECK(to_text(*world.uninstall(), Explain::no) ==
        "cuDNN 8.9.6.50 for CUDA 12 out of /usr/local/cuda\n"
        "\n"
        "steps:\n"
        "  1. remove 1 name\n"
        "       /usr/local/cuda-12.2/targets/x86_64-linux/lib/libcudnn.so.8\n"
        "  2. bring back 1 name from kept files\n"
        "       /usr/local/cuda-12.2/targets/x86_64-linux/lib/libcudnn.so\n");
}

TEST_CASE("names from outside cannot speak to the terminal", "[describe]") {
  Plan plan;
  plan.title = "cuDNN into /tmp/\x1b[2J";
  plan.notes = {"a\nb"};

  CHECK(to_text(plan, Explain::no) == "cuDNN into /tmp/\\x1b[2J\n\nnotes:\n  - a\\x0ab\n");
}
