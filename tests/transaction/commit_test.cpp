#include "transaction/commit.h"

#include <sys/stat.h>

#include <cerrno>

#include "failing_files.h"
#include "support/scratch.h"
#include "transaction/settle.h"
#include "transaction/state_directory.h"
#include "transaction/transaction.h"

using namespace cudnn_install;

namespace {

using Tree = std::vector<std::string>;

const std::string state_id = "0123456789abcdef0123456789abcdef";

// Version 2 is installed, version 1 is kept for the rollback that every test here asks for.
class Machine {
 public:
  Machine() {
    for (const char* directory : {"prefix/include", "prefix/lib64", "prefix/.cudnn-install/kept/old"}) {
      scratch.directory(directory);
    }
    lay("lib64/libcudnn.so.8.2", "library 2");
    lay("lib64/libcudnn_ops.so.8.0", "part 2");
    lay("include/cudnn.h", "header 2");
    link("lib64/libcudnn.so.8", "libcudnn.so.8.2");
    keep("lib64/libcudnn.so.8.1", "library 1");
    keep("lib64/libcudnn_ops.so.8.0", "part 1");
    keep("include/cudnn.h", "header 1");
    const Receipt receipt{.id = state_id, .transaction = "old", .installations = {now}, .previous = before};
    scratch.write("prefix/.cudnn-install/receipt.json", to_json(receipt));
    scratch.write("prefix/.cudnn-install/id", state_id + "\n");
    plan.verb = Verb::rollback;
    plan.title = "back to 1";
    plan.root = scratch.path();
    plan.prefix = "/prefix";
    plan.replaces = now.id;
  }

  Result<Done> rollback(Files& files) {
    RealProcesses processes;
    return perform(plan, {.grace = {}, .state = scratch.at("state")}, {files, processes});
  }
  Result<std::vector<std::string>> settled(Files& files) {
    RealProcesses processes;
    return settle_open(plan, {.grace = {}, .state = scratch.at("state")}, {files, processes});
  }
  [[nodiscard]] bool has_journal() const {
    return std::filesystem::exists(scratch.at("prefix/.cudnn-install/journal"));
  }
  // As `ldconfig -n` does while both versions lie there.
  void turn_back() const {
    std::filesystem::remove(scratch.at("prefix/lib64/libcudnn.so.8"));
    scratch.link("prefix/lib64/libcudnn.so.8", "libcudnn.so.8.2");
  }
  [[nodiscard]] Tree include() const { return scratch.tree("prefix/include"); }
  [[nodiscard]] Tree library() const { return scratch.tree("prefix/lib64"); }
  [[nodiscard]] Tree kept() const {
    const bool there = std::filesystem::exists(scratch.at("prefix/.cudnn-install/kept"));
    return there ? scratch.tree("prefix/.cudnn-install/kept") : Tree();
  }
  [[nodiscard]] bool is_as_before() const {
    return include() == Tree{"cudnn.h = header 2"} &&
           library() == Tree{"libcudnn.so.8 -> libcudnn.so.8.2", "libcudnn.so.8.2 = library 2",
                             "libcudnn_ops.so.8.0 = part 2"} &&
           version() == "2" && kept().size() == 5 && !has_journal();
  }
  [[nodiscard]] bool is_rolled_back() const {
    return include() == Tree{"cudnn.h = header 1"} &&
           library() == Tree{"libcudnn.so.8 -> libcudnn.so.8.1", "libcudnn.so.8.1 = library 1",
                             "libcudnn_ops.so.8.0 = part 1"} &&
           version() == "1" && kept().empty() && !has_journal();
  }
  [[nodiscard]] std::string version() const {
    const auto receipt = receipt_from_json(scratch.text("prefix/.cudnn-install/receipt.json"), "receipt");
    return receipt && receipt->installations.size() == 1 ? receipt->installations[0].version : "none";
  }

  Scratch scratch{};
  Plan plan{};

 private:
  InstalledPath recorded(const std::string& path, const std::string& below, const std::string& name) {
    RealFiles files;
    return {.path = TargetPath::parse(path).value(),
            .entry = entry_at(files, scratch.open("prefix/" + below), name, Digest::computed).value().value()};
  }
  void lay(const std::string& path, const std::string& text) {
    scratch.write("prefix/" + path, text);
    const TargetPath target = TargetPath::parse(path).value();
    now.paths.push_back(recorded(path, target.directory(), target.name()));
  }
  void link(const std::string& path, const std::string& target) {
    scratch.link("prefix/" + path, target);
    const TargetPath place = TargetPath::parse(path).value();
    now.paths.push_back(recorded(path, place.directory(), place.name()));
    scratch.link("prefix/.cudnn-install/kept/old/link", "libcudnn.so.8.1");
    add_kept(path, "link");
  }
  void keep(const std::string& path, const std::string& text) {
    const std::string name = std::to_string(before.kept.size());
    scratch.write("prefix/.cudnn-install/kept/old/" + name, text);
    add_kept(path, name);
  }
  void add_kept(const std::string& path, const std::string& name) {
    before.installation.paths.push_back(recorded(path, ".cudnn-install/kept/old", name));
    before.kept.push_back({.entry = before.installation.paths.back().entry, .where = "kept/old/" + name});
  }

  Installation now{.id = "new", .product = "cudnn8", .front = "libcudnn", .version = "2"};
  Previous before{.installation = {.id = "old", .product = "cudnn8", .front = "libcudnn", .version = "1"}};
};

bool is_in_place(const std::string& path) {
  return path.ends_with("/include") || path.ends_with("/lib64");
}

}  // namespace

TEST_CASE("nothing refused: the previous version is back, and no trace of the way is left", "[commit]") {
  Machine machine;
  RealFiles files;
  const auto done = machine.rollback(files);
  REQUIRE(done);
  CHECK(done->change == Change::made);
  CHECK(machine.is_rolled_back());
}

TEST_CASE("where nothing can be moved into place it is found by an empty file, before the commit", "[commit]") {
  for (const char* verb : {"create_file", "rename", "remove"}) {
    for (const char* name : {"include", "lib64"}) {
      INFO(verb << " in " << name);
      Machine machine;
      RealFiles real;
      FailingFiles files(real, [&, count = 0](const Deed& deed) mutable {
        const bool probe = deed.verb == verb && deed.name.ends_with(".probe") &&
                           deed.directory.find(std::string("/") + name) != std::string::npos;
        return probe && ++count == 1 ? EXDEV : 0;
      });
      const auto done = machine.rollback(files);
      REQUIRE_FALSE(done);
      CHECK(done.error().fault == Fault::conflict);
      CHECK(done.error().activities.back().starts_with("try whether files can be put into '"));
      CHECK_FALSE(machine.has_journal());
      CHECK(machine.is_as_before());
      CHECK(machine.rollback(real));
      CHECK(machine.is_rolled_back());
    }
  }
}

TEST_CASE("a rename that is refused after the commit turns the journal round: the old files return", "[commit]") {
  for (const int code : {EIO, EACCES}) {
    for (int nth = 1; nth <= 4; ++nth) {
      INFO("rename " << nth);
      Machine machine;
      RealFiles real;
      FailingFiles files(real, [&, count = 0](const Deed& deed) mutable {
        return deed.verb == "rename" && is_in_place(deed.directory) && ++count == nth ? code : 0;
      });
      files.start_at_commit();
      const auto done = machine.rollback(files);
      REQUIRE_FALSE(done);
      CHECK(done.error().fault == (code == EIO ? Fault::storage : Fault::permission));
      CHECK(done.error().activities.back() == "back to 1; everything is as it was");
      CHECK(machine.is_as_before());
      CHECK(machine.rollback(real));
      CHECK(machine.is_rolled_back());
    }
  }
}

TEST_CASE("a removal that is refused after the commit turns it round as well", "[commit]") {
  Machine machine;
  RealFiles real;
  FailingFiles files(real, [](const Deed& deed) {
    return deed.verb == "remove" && deed.name == "libcudnn.so.8.2" && is_in_place(deed.directory) ? EIO : 0;
  });
  const auto done = machine.rollback(files);
  REQUIRE_FALSE(done);
  CHECK(done.error().fault == Fault::storage);
  CHECK(machine.is_as_before());
}

TEST_CASE("refused in both directions needs settling, and the next run goes on backwards", "[commit]") {
  for (int nth = 1; nth <= 4; ++nth) {
    INFO("from rename " << nth);
    Machine machine;
    RealFiles real;
    FailingFiles files(real, [&, count = 0](const Deed& deed) mutable {
      return deed.verb == "rename" && is_in_place(deed.directory) && ++count >= nth ? EIO : 0;
    });
    files.start_at_commit();
    const auto done = machine.rollback(files);
    REQUIRE_FALSE(done);
    if (machine.has_journal()) {
      CHECK(done.error().fault == Fault::needs_settling);
      CHECK(prefix_state(machine.scratch.path(), "/prefix").value().standstill == Standstill::open_journal);
      CHECK(machine.settled(real).value() == std::vector<std::string>{"took back 'back to 1', which was interrupted"});
    }
    CHECK(machine.is_as_before());
  }
}

TEST_CASE("where the journal itself cannot be turned, the next run goes on forwards", "[commit]") {
  Machine machine;
  RealFiles real;
  FailingFiles files(real, [count = 0](const Deed& deed) mutable {
    const bool turning = deed.verb == "create_file" && deed.name == "journal.tmp" && ++count == 2;
    const bool front = deed.verb == "rename" && deed.name == "libcudnn.so.8" && is_in_place(deed.directory);
    return turning || front ? EROFS : 0;
  });
  const auto done = machine.rollback(files);
  REQUIRE_FALSE(done);
  CHECK(done.error().fault == Fault::needs_settling);
  CHECK(machine.has_journal());
  CHECK(machine.settled(real).value() == std::vector<std::string>{"finished 'back to 1', which was interrupted"});
  CHECK(machine.is_rolled_back());
}

TEST_CASE("what cannot be made durable after the commit keeps the journal, and the next run goes on forwards",
          "[commit]") {
  for (const int nth : {2, 3, 4}) {  // the first one makes the journal's own name durable
    INFO("from sync " << nth);
    Machine machine;
    RealFiles real;
    FailingFiles files(
        real, [&, count = 0](const Deed& deed) mutable { return deed.verb == "sync" && ++count >= nth ? EIO : 0; });
    files.start_at_commit();
    const auto done = machine.rollback(files);
    REQUIRE_FALSE(done);
    CHECK(done.error().fault == Fault::needs_settling);
    CHECK(machine.has_journal());
    CHECK(machine.settled(real).value() == std::vector<std::string>{"finished 'back to 1', which was interrupted"});
    CHECK(machine.is_rolled_back());
  }
}

TEST_CASE("a receipt that there is no room for is found before the commit: nothing has changed", "[commit]") {
  Machine machine;
  RealFiles real;
  FailingFiles files(real, [](const Deed& deed) {
    return deed.verb == "create_file" && deed.name == "receipt.json.tmp" ? ENOSPC : 0;
  });
  const auto done = machine.rollback(files);
  REQUIRE_FALSE(done);
  CHECK(done.error().fault == Fault::storage);
  CHECK_FALSE(machine.has_journal());
  CHECK_FALSE(machine.is_rolled_back());
}

TEST_CASE("a receipt that cannot be put in place keeps the journal too", "[commit]") {
  Machine machine;
  RealFiles real;
  FailingFiles files(real,
                     [](const Deed& deed) { return deed.verb == "rename" && deed.name == "receipt.json" ? EIO : 0; });
  const auto done = machine.rollback(files);
  REQUIRE_FALSE(done);
  CHECK(done.error().fault == Fault::needs_settling);
  CHECK(machine.has_journal());
  CHECK(machine.settled(real).value() == std::vector<std::string>{"finished 'back to 1', which was interrupted"});
  CHECK(machine.is_rolled_back());
}

TEST_CASE("what cannot be cleaned up when the journal is gone is told, and left to the next run", "[commit]") {
  Machine machine;
  RealFiles real;
  FailingFiles files(real, [](const Deed& deed) { return deed.verb == "remove_directory" ? EIO : 0; });
  const auto done = machine.rollback(files);
  REQUIRE(done);
  CHECK(done->change == Change::made);
  CHECK_FALSE(machine.has_journal());
  CHECK(machine.settled(real));
  CHECK(machine.is_rolled_back());
}

TEST_CASE("a link that somebody turns back while the run goes on is turned again", "[commit]") {
  Machine machine;
  RealFiles real;
  FailingFiles files(real, [&](const Deed& deed) {
    if (deed.verb == "remove" && deed.name == "libcudnn.so.8.2" && is_in_place(deed.directory)) {
      machine.turn_back();
    }
    return 0;
  });
  CHECK(machine.rollback(files));
  CHECK(machine.is_rolled_back());
}

TEST_CASE("a link that somebody turns back after a crash is turned again, though the staged one is used up",
          "[commit]") {
  Machine machine;
  RealFiles real;
  FailingFiles files(real, [moved = false](const Deed& deed) mutable {
    const bool front = deed.verb == "rename" && deed.name == "libcudnn.so.8" && is_in_place(deed.directory);
    const int code = moved ? EIO : 0;
    moved = moved || front;
    return code;
  });
  const auto done = machine.rollback(files);
  REQUIRE_FALSE(done);
  CHECK(done.error().fault == Fault::needs_settling);
  machine.turn_back();
  CHECK(machine.settled(real).value() == std::vector<std::string>{"finished 'back to 1', which was interrupted"});
  CHECK(machine.is_rolled_back());
}

TEST_CASE("any call that fails leaves the old files, the new ones, or a journal that leads to one of them",
          "[commit]") {
  int count = 0;
  int nth = 1;
  do {
    Machine machine;
    RealFiles real;
    count = 0;
    std::string refused;
    FailingFiles files(real, [&](const Deed& deed) {
      const bool now = ++count == nth;
      refused = now ? deed.verb + " " + deed.name : refused;
      return now ? EIO : 0;
    });
    const auto done = machine.rollback(files);
    INFO("call " << nth << ": " << refused << ", "
                 << (done ? "done" : machine.scratch.placeless(rendered(done.error()))));
    CHECK(machine.settled(real));
    CHECK((machine.is_as_before() || machine.is_rolled_back()));
  } while (count >= nth++);
  CHECK(nth > 40);
}

TEST_CASE("a directory without its stage is another one: nothing in it is taken for done", "[commit]") {
  Machine machine;
  RealFiles real;
  FailingFiles files(
      real, [](const Deed& deed) { return is_in_place(deed.directory) || deed.name == "journal.tmp" ? EIO : 0; });
  files.start_at_commit();
  REQUIRE_FALSE(machine.rollback(files));
  REQUIRE(machine.has_journal());
  // when the file system with the libraries is not mounted
  std::filesystem::rename(machine.scratch.at("prefix/lib64"), machine.scratch.at("away"));
  machine.scratch.directory("prefix/lib64");
  const auto settled = machine.settled(real);
  REQUIRE_FALSE(settled);
  CHECK(settled.error().fault == Fault::needs_settling);
  CHECK(settled.error().what ==
        "'back to 1' was begun and cannot be ended: '/prefix/lib64' is not the directory in which it was begun");
  CHECK(machine.has_journal());
  // and when it is there again
  std::filesystem::remove(machine.scratch.at("prefix/lib64"));
  std::filesystem::rename(machine.scratch.at("away"), machine.scratch.at("prefix/lib64"));
  CHECK(machine.settled(real));
  CHECK(machine.is_rolled_back());
}

TEST_CASE("what was replaced and cannot be had back leaves the journal as it is: the next run goes on forwards",
          "[commit]") {
  Machine machine;
  RealFiles real;
  FailingFiles files(real, [&](const Deed& deed) {
    const bool link = deed.verb == "rename" && deed.name == "libcudnn.so.8" && is_in_place(deed.directory);
    if (link) {
      std::filesystem::remove(machine.scratch.at("prefix/lib64/.cudnn-install-0123456789ab/old/libcudnn_ops.so.8.0"));
    }
    return link ? EIO : 0;
  });
  const auto done = machine.rollback(files);
  REQUIRE_FALSE(done);
  CHECK(done.error().fault == Fault::needs_settling);
  CHECK(done.error().hint == "mend what is wrong, then run the command again: it goes on from here");
  CHECK(machine.settled(real).value() == std::vector<std::string>{"finished 'back to 1', which was interrupted"});
  CHECK(machine.is_rolled_back());
}

TEST_CASE("a file that is neither old nor new stops the settling before anything is touched", "[commit]") {
  Machine machine;
  RealFiles real;
  FailingFiles files(
      real, [](const Deed& deed) { return is_in_place(deed.directory) || deed.name == "journal.tmp" ? EIO : 0; });
  files.start_at_commit();
  REQUIRE_FALSE(machine.rollback(files));
  REQUIRE(machine.has_journal());
  std::filesystem::remove(machine.scratch.at("prefix/include/cudnn.h"));
  machine.scratch.write("prefix/include/cudnn.h", "a stranger's");
  const Tree library = machine.library();
  const auto settled = machine.settled(real);
  REQUIRE_FALSE(settled);
  CHECK(settled.error().fault == Fault::needs_settling);
  CHECK(settled.error().what.find("or their new content is out of reach:\n    include/cudnn.h\n") != std::string::npos);
  CHECK(machine.library() == library);
  CHECK(machine.scratch.text("prefix/include/cudnn.h") == "a stranger's");
  CHECK(machine.has_journal());
}
