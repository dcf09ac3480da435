#include "system/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "support/scratch.h"

using namespace cudnn_install;

namespace {

using Tree = std::vector<std::string>;

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text.data(), text.size()));
}

// Fault and text of a refusal, without the temporary directory's name.
template <class T>
std::string refusal(const Result<T>& result, const Scratch& scratch) {
  return result ? "no refusal"
                : std::string(name_of(result.error().fault)) + ": " + scratch.placeless(result.error().what);
}

}  // namespace

TEST_CASE("a descriptor is closed once, by its last owner", "[files]") {
  Descriptor first(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int number = first.number();
  Descriptor second(std::move(first));
  Descriptor third(open("/dev/null", O_RDONLY | O_CLOEXEC));
  const int replaced = third.number();
  third = std::move(second);
  CHECK(third.number() == number);
  CHECK((fcntl(replaced, F_GETFD) == -1 && errno == EBADF));
  CHECK(fcntl(number, F_GETFD) == FD_CLOEXEC);
  third.close();
  CHECK_FALSE(third.open());
  CHECK((fcntl(number, F_GETFD) == -1 && errno == EBADF));
}

TEST_CASE("looking tells what stands there and follows no link", "[files]") {
  const Scratch scratch;
  scratch.write("file", "four");
  scratch.link("link", "file");
  scratch.directory("directory");
  REQUIRE(mkfifo(scratch.at("pipe").c_str(), 0600) == 0);
  REQUIRE(chmod(scratch.at("file").c_str(), 04751) == 0);
  RealFiles files;
  const Directory here = scratch.open();
  const auto kind = [&](const std::string& name) { return files.look(here, name).value().value().kind; };
  CHECK(kind("file") == FileKind::file);
  CHECK(kind("link") == FileKind::link);
  CHECK(kind("directory") == FileKind::directory);
  CHECK(kind("pipe") == FileKind::other);
  CHECK(files.look(here, "absent").value() == std::nullopt);

  struct stat raw {};
  REQUIRE(lstat(scratch.at("file").c_str(), &raw) == 0);
  const Stat found = files.look(here, "file").value().value();
  CHECK(found.mode == 04751);
  CHECK(found.size == 4);
  CHECK(found.inode == raw.st_ino);
  CHECK(found.device == raw.st_dev);
  CHECK(found.links == 1);
  CHECK(found.mtime == raw.st_mtim.tv_sec * 1'000'000'000 + raw.st_mtim.tv_nsec);
  CHECK(refusal(files.look(here, std::string(300, 'x')), scratch).ends_with("File name too long"));
}

TEST_CASE("names are sorted and read anew each time", "[files]") {
  const Scratch scratch;
  scratch.write("b", "");
  scratch.write(".a", "");
  scratch.directory("c");
  RealFiles files;
  const Directory here = scratch.open();
  CHECK(files.names(here).value() == std::vector<std::string>{".a", "b", "c"});
  scratch.write("aa", "");
  CHECK(files.names(here).value() == std::vector<std::string>{".a", "aa", "b", "c"});
}

TEST_CASE("the target of a link is read, that of a file is refused", "[files]") {
  const Scratch scratch;
  scratch.link("link", "/somewhere/else");
  scratch.write("file", "");
  RealFiles files;
  CHECK(files.link_target(scratch.open(), "link").value() == "/somewhere/else");
  CHECK(refusal(files.link_target(scratch.open(), "file"), scratch).ends_with(": Invalid argument"));
}

TEST_CASE("a directory opens by its own name only, never through a link", "[files]") {
  const Scratch scratch;
  scratch.directory("directory");
  scratch.write("directory/inside", "");
  scratch.link("link", "directory");
  scratch.write("file", "");
  RealFiles files;
  const Directory here = scratch.open();
  const auto opened = files.open_directory(here, "directory");
  REQUIRE(opened);
  CHECK(opened->path == scratch.at("directory"));
  CHECK(files.names(*opened).value() == std::vector<std::string>{"inside"});
  CHECK(fcntl(opened->number(), F_GETFD) == FD_CLOEXEC);
  CHECK_FALSE(files.open_directory(here, "link"));
  CHECK_FALSE(files.open_directory(here, "file"));
  CHECK_FALSE(files.open_directory(here, "absent"));
}

TEST_CASE("only a regular file opens; a pipe without a writer does not hang", "[files]") {
  const Scratch scratch;
  scratch.write("file", "text");
  scratch.link("link", "file");
  scratch.directory("directory");
  REQUIRE(mkfifo(scratch.at("pipe").c_str(), 0600) == 0);
  RealFiles files;
  const Directory here = scratch.open();
  CHECK(files.open_file(here, "file"));
  CHECK_FALSE(files.open_file(here, "link"));
  CHECK_FALSE(files.open_file(here, "absent"));
  CHECK(refusal(files.open_file(here, "pipe"), scratch) == "conflict: 'HERE/pipe' is not a regular file");
  CHECK(refusal(files.open_file(here, "directory"), scratch) == "conflict: 'HERE/directory' is not a regular file");
}

TEST_CASE("a new file has the mode asked for, whatever the umask", "[files]") {
  const Scratch scratch;
  RealFiles files;
  const mode_t before = umask(077);
  const auto file = files.create_file(scratch.open(), "new", 0755);
  umask(before);
  REQUIRE(file);
  REQUIRE(files.write(*file, bytes_of("some ")));
  REQUIRE(files.write(*file, bytes_of("bytes")));
  REQUIRE(files.sync(file->number()));
  CHECK(files.look(scratch.open(), "new").value().value().mode == 0755);
  CHECK(scratch.tree() == Tree{"new = some bytes"});
}

TEST_CASE("a file is not created where anything stands, not even a link to nowhere", "[files]") {
  const Scratch scratch;
  scratch.write("file", "kept");
  scratch.directory("directory");
  scratch.link("dangling", "elsewhere");
  RealFiles files;
  for (const char* name : {"file", "directory", "dangling"}) {
    CHECK(refusal(files.create_file(scratch.open(), name, 0644), scratch) ==
          std::string("conflict: cannot create 'HERE/") + name + "': File exists");
  }
  CHECK(scratch.tree() == Tree{"dangling -> elsewhere", "directory/", "file = kept"});
}

TEST_CASE("a directory is made or taken as it is; a file or link in its place is refused", "[files]") {
  const Scratch scratch;
  scratch.directory("there", 0711);
  scratch.write("there/inside", "");
  scratch.write("file", "");
  scratch.link("link", "there");
  RealFiles files;
  const Directory here = scratch.open();
  CHECK(files.names(files.make_directory(here, "there", 0755).value()).value() == std::vector<std::string>{"inside"});
  CHECK(files.look(here, "there").value().value().mode == 0711);
  CHECK(files.names(files.make_directory(here, "new", 0700).value()).value().empty());
  CHECK(files.look(here, "new").value().value().mode == 0700);
  CHECK_FALSE(files.make_directory(here, "file", 0755));
  CHECK_FALSE(files.make_directory(here, "link", 0755));
}

TEST_CASE("a full disk is storage", "[files]") {
  const Descriptor full(open("/dev/full", O_WRONLY | O_CLOEXEC));
  const auto written = RealFiles().write(full, bytes_of("x"));
  REQUIRE_FALSE(written);
  CHECK(written.error().fault == Fault::storage);
  CHECK(written.error().what == "cannot write: No space left on device");
}

TEST_CASE("what cannot be synced by its nature is no error, a lost descriptor is", "[files]") {
  const Descriptor device(open("/dev/null", O_WRONLY | O_CLOEXEC));
  CHECK(RealFiles().sync(device.number()));
  CHECK_FALSE(RealFiles().sync(-1));
}

TEST_CASE("owner, mode and time are carried over", "[files]") {
  const Scratch scratch;
  RealFiles files;
  const auto file = files.create_file(scratch.open(), "file", 0600);
  REQUIRE(file);
  Stat like = files.look(scratch.open(), "file").value().value();
  like.mode = 0644;
  like.mtime = 1'700'000'000'123'456'789;
  if (geteuid() == 0) {
    like.owner = 4242;
    like.group = 4343;
  }
  REQUIRE(files.set_attributes(*file, like));
  const Stat found = files.look(scratch.open(), "file").value().value();
  CHECK(found.mode == like.mode);
  CHECK(found.mtime == like.mtime);
  CHECK(found.owner == like.owner);
  CHECK(found.group == like.group);
}

TEST_CASE("a link is made as told, never over what stands there", "[files]") {
  const Scratch scratch;
  scratch.write("file", "kept");
  RealFiles files;
  CHECK(files.make_link(scratch.open(), "link", "../anything"));
  CHECK(refusal(files.make_link(scratch.open(), "file", "x"), scratch) ==
        "conflict: cannot create the link 'HERE/file': File exists");
  CHECK(scratch.tree() == Tree{"file = kept", "link -> ../anything"});
}

TEST_CASE("a second name for a file, and for a link itself, never over what stands there", "[files]") {
  const Scratch scratch;
  scratch.directory("to");
  scratch.write("file", "bytes");
  scratch.link("link", "file");
  scratch.write("to/taken", "kept");
  RealFiles files;
  const Directory here = scratch.open();
  const Directory to = scratch.open("to");
  CHECK(files.hard_link(here, "file", to, "again"));
  CHECK(files.hard_link(here, "link", to, "link"));
  CHECK(files.look(to, "again").value().value().inode == files.look(here, "file").value().value().inode);
  CHECK_FALSE(files.hard_link(here, "file", to, "taken"));
  CHECK_FALSE(files.hard_link(here, "absent", to, "new"));
  CHECK(scratch.tree("to") == Tree{"again = bytes", "link -> file", "taken = kept"});
}

TEST_CASE("a rename takes the place of a file or link and does not write through it", "[files]") {
  const Scratch scratch;
  scratch.directory("stage");
  scratch.write("stage/a", "new a");
  scratch.write("stage/b", "new b");
  scratch.write("stage/c", "new c");
  scratch.write("a", "old a");
  scratch.write("precious", "untouched");
  scratch.link("b", "precious");
  scratch.directory("c");
  RealFiles files;
  const Directory here = scratch.open();
  const Directory stage = scratch.open("stage");
  CHECK(files.rename(stage, "a", here, "a"));
  CHECK(files.rename(stage, "b", here, "b"));
  CHECK_FALSE(files.rename(stage, "c", here, "c"));
  CHECK_FALSE(files.rename(stage, "absent", here, "a"));
  CHECK(scratch.tree() == Tree{"a = new a", "b = new b", "c/", "precious = untouched", "stage/", "stage/c = new c"});
}

TEST_CASE("removing what is absent is fine, a directory is not removed as a file", "[files]") {
  const Scratch scratch;
  scratch.write("file", "");
  scratch.write("target", "kept");
  scratch.link("link", "target");
  scratch.directory("directory");
  RealFiles files;
  const Directory here = scratch.open();
  CHECK(files.remove(here, "file"));
  CHECK(files.remove(here, "link"));
  CHECK(files.remove(here, "absent"));
  CHECK_FALSE(files.remove(here, "directory"));
  CHECK(scratch.tree() == Tree{"directory/", "target = kept"});
}

TEST_CASE("only an empty directory is removed; a full or absent one is fine, a file is refused", "[files]") {
  const Scratch scratch;
  scratch.directory("empty");
  scratch.directory("full");
  scratch.write("full/file", "kept");
  scratch.write("file", "kept");
  RealFiles files;
  const Directory here = scratch.open();
  CHECK(files.remove_directory(here, "empty"));
  CHECK(files.remove_directory(here, "full"));
  CHECK(files.remove_directory(here, "absent"));
  CHECK_FALSE(files.remove_directory(here, "file"));
  CHECK(scratch.tree() == Tree{"file = kept", "full/", "full/file = kept"});
}

TEST_CASE("starting to write back changes nothing that can be seen", "[files]") {
  const Scratch scratch;
  RealFiles files;
  const auto file = files.create_file(scratch.open(), "file", 0644);
  REQUIRE(file);
  REQUIRE(files.write(*file, bytes_of("text")));
  files.start_writing_back(*file, 0, 4);
  CHECK(scratch.tree() == Tree{"file = text"});
}
