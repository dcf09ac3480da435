#include <fcntl.h>

#include "verify/installed_tree.h"

using namespace cudnn_install;

namespace {

using Lines = std::vector<std::string>;

// cuDNN 8 with a header, a library and its link.
struct Installed {
  InstalledTree tree;
  Receipt receipt;

  Installed() {
    tree.write("include/cudnn.h", "#define CUDNN_MAJOR 8\n");
    tree.write("lib64/libcudnn.so.8.9.6", "library");
    tree.link("lib64/libcudnn.so.8", "libcudnn.so.8.9.6");
    receipt.installations = {tree.installation({"include/cudnn.h", "lib64/libcudnn.so.8.9.6", "lib64/libcudnn.so.8"})};
  }
  [[nodiscard]] Lines damage(Depth depth = Depth::digest) const {
    return lines(damage_of(receipt, tree.prefix(), depth), tree.prefix());
  }
};

}  // namespace

TEST_CASE("a tree that is as recorded has no damage", "[damage]") {
  const Installed installed;
  CHECK(installed.damage(Depth::digest) == Lines{});
  CHECK(installed.damage(Depth::stat) == Lines{});
}

TEST_CASE("one changed byte is found by its digest, and by lstat where time or inode tell", "[damage]") {
  const Installed installed;
  const auto time = std::filesystem::last_write_time(installed.tree.at("lib64/libcudnn.so.8.9.6"));
  std::ofstream(installed.tree.at("lib64/libcudnn.so.8.9.6")) << "Library";
  CHECK(installed.damage() == Lines{"changed lib64/libcudnn.so.8.9.6: sha256 " + Sha256::of("Library").hex() +
                                    ", expected " + Sha256::of("library").hex()});
  CHECK(installed.damage(Depth::stat) == installed.damage());
  // when the time is put back
  std::filesystem::last_write_time(installed.tree.at("lib64/libcudnn.so.8.9.6"), time);
  // then lstat is deceived and the digest is not
  CHECK(installed.damage(Depth::stat) == Lines{});
  CHECK(installed.damage().size() == 1);
}

TEST_CASE("a file put in another's place is told by its inode, unless its bytes are the same", "[damage]") {
  const Installed installed;
  const std::string path = installed.tree.at("include/cudnn.h");
  const auto time = std::filesystem::last_write_time(path);
  std::filesystem::create_hard_link(path, path + ".first");  // its inode is not given to another
  std::filesystem::copy(path, path + ".new");
  std::filesystem::rename(path + ".new", path);
  std::filesystem::last_write_time(path, time);
  CHECK(installed.damage(Depth::stat) == Lines{});
  // when it holds something else
  std::ofstream(path + ".new") << "#define CUDNN_MAJOR 9\n";
  std::filesystem::rename(path + ".new", path);
  std::filesystem::last_write_time(path, time);
  CHECK(installed.damage(Depth::stat) ==
        Lines{"changed include/cudnn.h: sha256 " + Sha256::of("#define CUDNN_MAJOR 9\n").hex() + ", expected " +
              Sha256::of("#define CUDNN_MAJOR 8\n").hex()});
}

TEST_CASE("another size, mode, link target or type is named with what was expected", "[damage]") {
  const Installed installed;
  installed.tree.write("lib64/libcudnn.so.8.9.6", "short");
  ::chmod(installed.tree.at("include/cudnn.h").c_str(), 0600);
  installed.tree.link("lib64/libcudnn.so.8", "libcudnn.so.8.9.7");
  CHECK(installed.damage() ==
        Lines{"wrong-mode include/cudnn.h: mode 0600, expected 0644: chmod 0644 PREFIX/include/cudnn.h",
              "changed lib64/libcudnn.so.8.9.6: 5 bytes, expected 7",
              "wrong-link lib64/libcudnn.so.8: points to 'libcudnn.so.8.9.7', expected 'libcudnn.so.8.9.6'"});
}

TEST_CASE("a file where a link should be, a link where a file should be, and a pipe are of the wrong type",
          "[damage]") {
  const Installed installed;
  installed.tree.write("lib64/libcudnn.so.8", "library");
  installed.tree.link("lib64/libcudnn.so.8.9.6", "libcudnn.so.8");
  std::filesystem::remove(installed.tree.at("include/cudnn.h"));
  REQUIRE(::mkfifo(installed.tree.at("include/cudnn.h").c_str(), 0644) == 0);
  CHECK(installed.damage() == Lines{"wrong-type include/cudnn.h: a special file, expected a file",
                                    "wrong-type lib64/libcudnn.so.8.9.6: a link, expected a file",
                                    "wrong-type lib64/libcudnn.so.8: a file, expected a link"});
}

TEST_CASE("what is gone is missing, its directory too", "[damage]") {
  const Installed installed;
  std::filesystem::remove_all(installed.tree.at("include"));
  std::filesystem::remove(installed.tree.at("lib64/libcudnn.so.8"));
  CHECK(installed.damage() == Lines{"missing include/cudnn.h: not there", "missing lib64/libcudnn.so.8: not there"});
}

TEST_CASE("what a later installation covers is checked where it is kept", "[damage]") {
  // given cuDNN 9's header over cuDNN 8's, which is kept aside
  Installed installed;
  const InstalledTree& tree = installed.tree;
  tree.write(".cudnn-install/kept/1/0", content_of(tree.at("include/cudnn.h")));
  tree.write("include/cudnn.h", "#define CUDNN_MAJOR 9\n");
  Installation nine = tree.installation({"include/cudnn.h"});
  nine.paths[0].displaced = Kept{.entry = tree.recorded(".cudnn-install/kept/1/0").entry, .where = "kept/1/0"};
  installed.receipt.installations.push_back(nine);
  CHECK(installed.damage() == Lines{});
  // when the kept one is cut and the visible one is changed
  tree.write(".cudnn-install/kept/1/0", "x");
  tree.write("include/cudnn.h", "");
  // then each is told for itself
  CHECK(
      installed.damage() ==
      Lines{
          "changed .cudnn-install/kept/1/0: 1 bytes, expected 22 (kept aside for 'include/cudnn.h' of cudnn8 8.9.6.50)",
          "changed include/cudnn.h: 0 bytes, expected 22"});
  installed.receipt.installations[1].paths[0].displaced.reset();
  CHECK(installed.damage()[0] ==
        "missing include/cudnn.h: nothing was kept aside (kept aside for 'include/cudnn.h' of cudnn8 8.9.6.50)");
}

TEST_CASE("an unreadable file is told as such", "[damage]") {
  if (::geteuid() == 0) {
    WARN("skipped: root reads everything");
    return;
  }
  Installed installed;
  ::chmod(installed.tree.at("include/cudnn.h").c_str(), 0);
  installed.receipt.installations[0].paths[0].entry.mode = 0;
  CHECK(installed.damage() == Lines{"unreadable include/cudnn.h: Permission denied"});
}
