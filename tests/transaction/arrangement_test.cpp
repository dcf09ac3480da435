#include "transaction/arrangement.h"

#include "support/catch.h"

using namespace cudnn_install;

namespace {

using Lines = std::vector<std::string>;
using Disk = std::map<std::string, std::optional<Entry>>;

// A file of its own: number, bytes, inode and time all differ from every other's.
Entry file(int number) {
  const auto n = static_cast<std::uint64_t>(number);
  return {.mode = 0644, .size = n, .mtime = number, .inode = n, .sha256 = Sha256::of(std::to_string(number))};
}

std::string shown(const std::optional<Entry>& entry) {
  return entry ? "#" + std::to_string(entry->inode) : "-";
}

Kept kept(int number, const std::string& where) {
  return {.entry = file(number), .where = where};
}

struct Laid {
  std::string path{};
  int number = 0;
  std::optional<Kept> over{};
};

Installation installation(const std::string& id, const std::vector<Laid>& files) {
  Installation one{.id = id};
  for (const Laid& laid : files) {
    one.paths.push_back(
        {.path = TargetPath::parse(laid.path).value(), .entry = file(laid.number), .displaced = laid.over});
  }
  return one;
}

// Everything that follows, one line each.
Lines told(const Arrangement& arrangement) {
  Lines lines;
  for (const auto& [path, change] : arrangement.changes) {
    lines.push_back(path + ": " + shown(change.before) + " to " + shown(change.after) +
                    (change.kept.empty() ? "" : ", old one in " + change.kept));
  }
  for (const auto& one : arrangement.kept) {
    lines.push_back("keep " + one.path + " in " + one.where);
  }
  for (const auto& one : arrangement.restored) {
    lines.push_back("restore " + one.path + " from " + one.where);
  }
  for (const std::string& path : arrangement.left_alone) {
    lines.push_back("left alone " + path);
  }
  for (const std::string& path : arrangement.hand_made) {
    lines.push_back("hand-made " + path);
  }
  for (const Installation& one : arrangement.receipt.installations) {
    for (const InstalledPath& installed : one.paths) {
      lines.push_back(one.id + " has " + installed.path.text() + " " + shown(installed.entry) +
                      (installed.displaced
                           ? " over " + shown(installed.displaced->entry) + " in " + installed.displaced->where
                           : ""));
    }
  }
  if (const auto& previous = arrangement.receipt.previous) {
    for (std::size_t i = 0; i < previous->kept.size(); ++i) {
      lines.push_back("previous " + previous->installation.id + " at " + std::to_string(previous->position) + " has " +
                      previous->installation.paths[i].path.text() + " " + shown(previous->kept[i].entry) + " in " +
                      previous->kept[i].where);
    }
  }
  return lines;
}

Lines arranged_lines(const std::vector<Installation>& old, const Intention& intention, const Disk& disk) {
  return told(arranged(Receipt{.id = "s", .installations = old}, intention, disk, "kept/t"));
}

}  // namespace

TEST_CASE("a first install brings its files and keeps nothing", "[arrangement]") {
  const Intention intention{.installations = {installation("A", {{"l/x", 1}, {"l/y", 2}})}, .arriving = 0};
  CHECK(arranged_lines({}, intention, {{"l/x", std::nullopt}, {"l/y", std::nullopt}}) ==
        Lines{"l/x: - to #1", "l/y: - to #2", "A has l/x #1", "A has l/y #2"});
}

TEST_CASE("a hand-made file is kept aside and comes back with the uninstall", "[arrangement]") {
  const Intention intention{.installations = {installation("A", {{"l/x", 1}, {"l/y", 2}})}, .arriving = 0};
  CHECK(arranged_lines({}, intention, {{"l/x", file(9)}}) == Lines{"l/x: #9 to #1, old one in kept/t/0", "l/y: - to #2",
                                                                   "keep l/x in kept/t/0", "hand-made l/x",
                                                                   "A has l/x #1 over #9 in kept/t/0", "A has l/y #2"});
  CHECK(arranged_lines({installation("A", {{"l/x", 1, kept(9, "kept/t/0")}, {"l/y", 2}})}, {},
                       {{"l/x", file(1)}, {"l/y", file(2)}}) ==
        Lines{"l/x: #1 to #9", "l/y: #2 to -", "restore l/x from kept/t/0"});
}

TEST_CASE("another build takes the place of the old one and inherits what that had displaced", "[arrangement]") {
  const std::vector<Installation> old = {installation("A", {{"l/x", 1, kept(9, "kept/o/0")}, {"l/y", 2}})};
  const Intention intention{.installations = {installation("B", {{"l/x", 3}, {"l/z", 4}})}, .arriving = 0};
  CHECK(arranged_lines(old, intention, {{"l/x", file(1)}, {"l/y", file(2)}}) ==
        Lines{"l/x: #1 to #3", "l/y: #2 to -", "l/z: - to #4", "B has l/x #3 over #9 in kept/o/0", "B has l/z #4"});
}

TEST_CASE("a name that only the replaced build displaced gets its hand-made file back", "[arrangement]") {
  const std::vector<Installation> old = {installation("A", {{"l/x", 1, kept(9, "kept/o/0")}})};
  const Intention intention{.installations = {installation("B", {{"l/z", 4}})}, .arriving = 0};
  CHECK(arranged_lines(old, intention, {{"l/x", file(1)}}) ==
        Lines{"l/x: #1 to #9", "l/z: - to #4", "restore l/x from kept/o/0", "B has l/z #4"});
}

TEST_CASE("another major lies over the first where names are equal, beside it elsewhere", "[arrangement]") {
  const std::vector<Installation> old = {installation("8", {{"i/h", 1}, {"l/so.8", 2}})};
  const Intention intention{.installations = {old[0], installation("9", {{"i/h", 3}, {"l/so.9", 4}})}, .arriving = 1};
  CHECK(arranged_lines(old, intention, {{"i/h", file(1)}, {"l/so.8", file(2)}}) ==
        Lines{"i/h: #1 to #3, old one in kept/t/0", "l/so.9: - to #4", "keep i/h in kept/t/0", "8 has i/h #1",
              "8 has l/so.8 #2", "9 has i/h #3 over #1 in kept/t/0", "9 has l/so.9 #4"});
}

namespace {

// 9 over 8 over a header made by hand.
const std::vector<Installation>& stacked() {
  static const std::vector<Installation> both = {installation("8", {{"i/h", 1, kept(7, "kept/a/0")}, {"l/so.8", 2}}),
                                                 installation("9", {{"i/h", 3, kept(1, "kept/b/0")}, {"l/so.9", 4}})};
  return both;
}
const Disk& stacked_disk() {
  static const Disk disk = {{"i/h", file(3)}, {"l/so.8", file(2)}, {"l/so.9", file(4)}};
  return disk;
}

}  // namespace

TEST_CASE("uninstalling the upper one shows the lower one's file again", "[arrangement]") {
  CHECK(arranged_lines(stacked(), {.installations = {stacked()[0]}}, stacked_disk()) ==
        Lines{"i/h: #3 to #1", "l/so.9: #4 to -", "restore i/h from kept/b/0", "8 has i/h #1 over #7 in kept/a/0",
              "8 has l/so.8 #2"});
}

TEST_CASE("uninstalling the lower one leaves the visible file and passes on what lies below", "[arrangement]") {
  CHECK(arranged_lines(stacked(), {.installations = {stacked()[1]}}, stacked_disk()) ==
        Lines{"l/so.8: #2 to -", "9 has i/h #3 over #7 in kept/a/0", "9 has l/so.9 #4"});
}

TEST_CASE("uninstalling both brings the hand-made file back", "[arrangement]") {
  CHECK(arranged_lines(stacked(), {}, stacked_disk()) ==
        Lines{"i/h: #3 to #7", "l/so.8: #2 to -", "l/so.9: #4 to -", "restore i/h from kept/a/0"});
}

TEST_CASE("replacing the lower one puts the new one on top", "[arrangement]") {
  const Intention intention{.installations = {stacked()[1], installation("8b", {{"i/h", 5}, {"l/so.8", 6}})},
                            .arriving = 1};
  CHECK(arranged_lines(stacked(), intention, stacked_disk()) ==
        Lines{"i/h: #3 to #5, old one in kept/t/0", "l/so.8: #2 to #6", "keep i/h in kept/t/0",
              "9 has i/h #3 over #7 in kept/a/0", "9 has l/so.9 #4", "8b has i/h #5 over #3 in kept/t/0",
              "8b has l/so.8 #6"});
}

TEST_CASE("an upgrade keeps every file of the previous version", "[arrangement]") {
  const std::vector<Installation> old = {installation("A", {{"l/x", 1, kept(9, "kept/o/0")}, {"l/y", 2}})};
  const Intention intention{.installations = {installation("B", {{"l/x", 3}})}, .arriving = 0, .becomes_previous = "A"};
  CHECK(arranged_lines(old, intention, {{"l/x", file(1)}, {"l/y", file(2)}}) ==
        Lines{"l/x: #1 to #3, old one in kept/t/0", "l/y: #2 to -, old one in kept/t/1", "keep l/x in kept/t/0",
              "keep l/y in kept/t/1", "B has l/x #3 over #9 in kept/o/0", "previous A at 0 has l/x #1 in kept/t/0",
              "previous A at 0 has l/y #2 in kept/t/1"});
}

TEST_CASE("an upgrade below another major keeps what is hidden where it is", "[arrangement]") {
  const Intention intention{
      .installations = {stacked()[1], installation("8b", {{"l/so.8", 6}})}, .arriving = 1, .becomes_previous = "8"};
  CHECK(arranged_lines(stacked(), intention, stacked_disk()) ==
        Lines{"l/so.8: #2 to #6, old one in kept/t/0", "keep l/so.8 in kept/t/0", "9 has i/h #3 over #7 in kept/a/0",
              "9 has l/so.9 #4", "8b has l/so.8 #6", "previous 8 at 0 has i/h #1 in kept/b/0",
              "previous 8 at 0 has l/so.8 #2 in kept/t/0"});
}

TEST_CASE("a rollback puts the previous version where it stood", "[arrangement]") {
  const std::vector<Installation> old = {installation("B", {{"l/x", 3, kept(9, "kept/o/0")}, {"l/z", 5}})};
  const Intention intention{.installations = {installation("A", {{"l/x", 1}, {"l/y", 2}})}, .arriving = 0};
  CHECK(arranged_lines(old, intention, {{"l/x", file(3)}, {"l/z", file(5)}}) ==
        Lines{"l/x: #3 to #1", "l/y: - to #2", "l/z: #5 to -", "A has l/x #1 over #9 in kept/o/0", "A has l/y #2"});
}

TEST_CASE("a rollback below another major leaves that one visible", "[arrangement]") {
  const std::vector<Installation> old = {installation("9", {{"i/h", 3}})};
  const Intention intention{.installations = {installation("8", {{"i/h", 1}}), old[0]}, .arriving = 0};
  // The arriving bytes are under a visible file, so that nothing changes on the disk.
  CHECK(arranged_lines(old, intention, {{"i/h", file(3)}}) == Lines{"8 has i/h #1", "9 has i/h #3"});
}

TEST_CASE("a file of ours that somebody changed stays when we go", "[arrangement]") {
  const std::vector<Installation> old = {installation("A", {{"l/x", 1, kept(9, "kept/o/0")}, {"l/y", 2}})};
  CHECK(arranged_lines(old, {}, {{"l/x", file(8)}, {"l/y", file(2)}}) == Lines{"l/y: #2 to -", "left alone l/x"});
}

TEST_CASE("a changed file is kept as a hand-made one when something arrives above it", "[arrangement]") {
  const std::vector<Installation> old = {installation("A", {{"l/x", 1}})};
  const Intention intention{.installations = {installation("B", {{"l/x", 3}})}, .arriving = 0, .becomes_previous = "A"};
  // The previous version has lost its bytes, so it no longer has the path.
  CHECK(arranged_lines(old, intention, {{"l/x", file(8)}}) ==
        Lines{"l/x: #8 to #3, old one in kept/t/0", "keep l/x in kept/t/0", "left alone l/x", "hand-made l/x",
              "B has l/x #3 over #8 in kept/t/0"});
}

TEST_CASE("a file of ours that somebody removed is no obstacle and comes back with a new install", "[arrangement]") {
  const std::vector<Installation> old = {installation("A", {{"l/x", 1}})};
  CHECK(arranged_lines(old, {}, {{"l/x", std::nullopt}}).empty());
  const Intention intention{.installations = {installation("B", {{"l/x", 1}})}, .arriving = 0};
  CHECK(arranged_lines(old, intention, {{"l/x", std::nullopt}}) == Lines{"l/x: - to #1", "B has l/x #1"});
}

TEST_CASE("a file with our bytes is ours, even if it was copied back", "[arrangement]") {
  Entry copied = file(1);
  copied.inode = 77;
  copied.mtime = 77;
  CHECK(arranged_lines({installation("A", {{"l/x", 1}})}, {}, {{"l/x", copied}}) == Lines{"l/x: #77 to -"});
}

TEST_CASE("a recorded file is unchanged by type, mode, size, time and inode; a link by its target", "[arrangement]") {
  Entry other = file(1);
  other.sha256 = Sha256::of("not looked at");
  other.ctime = 99;
  CHECK(unchanged(file(1), other));
  for (const auto& [mode, size, mtime, inode] :
       {std::tuple(0755U, 1, 1, 1), {0644U, 2, 1, 1}, {0644U, 1, 2, 1}, {0644U, 1, 1, 2}}) {
    CHECK_FALSE(unchanged(file(1), {.mode = mode,
                                    .size = static_cast<std::uint64_t>(size),
                                    .mtime = mtime,
                                    .inode = static_cast<std::uint64_t>(inode)}));
  }
  const Entry link{.kind = EntryKind::link, .mode = 0777, .inode = 5, .target = "a"};
  CHECK(unchanged(link, {.kind = EntryKind::link, .mode = 0777, .inode = 6, .target = "a"}));
  CHECK_FALSE(unchanged(link, {.kind = EntryKind::link, .mode = 0777, .inode = 5, .target = "b"}));
  CHECK_FALSE(unchanged(link, file(5)));
}

TEST_CASE("the paths of both receipts are asked for once, sorted", "[arrangement]") {
  CHECK(paths_of({.installations = stacked()}, {.installations = {installation("C", {{"a/a", 1}, {"i/h", 2}})}}) ==
        Lines{"a/a", "i/h", "l/so.8", "l/so.9"});
}

TEST_CASE("what a receipt still needs is what was displaced and what was kept for the way back", "[arrangement]") {
  Receipt receipt{.installations = stacked()};
  receipt.previous = Previous{.installation = installation("A", {{"l/x", 1}}), .kept = {kept(1, "kept/c/0")}};
  CHECK(kept_places(receipt) == Lines{"kept/a/0", "kept/b/0", "kept/c/0"});
  CHECK(kept_places({}).empty());
}
