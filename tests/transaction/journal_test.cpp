#include "transaction/journal.h"

#include <nlohmann/json.hpp>

#include "receipt/entry_json.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

Entry file_entry(const std::string& text) {
  return {.mode = 0644, .size = text.size(), .mtime = 7, .ctime = 8, .inode = 9, .sha256 = Sha256::of(text)};
}

Entry link_entry(const std::string& target) {
  return {.kind = EntryKind::link, .mode = 0777, .target = target};
}

Journal full_journal() {
  return {.transaction = "t",
          .verb = "upgrade",
          .title = "cuDNN 8.9.7.29 for CUDA 12 into '/x'",
          .direction = Direction::backward,
          .directories = {{.name = "include", .path = "/x/include"}, {.name = "lib64", .path = "/y"}},
          .changes = {{.directory = 0,
                       .name = "cudnn.h",
                       .rank = Rank::header,
                       .before = file_entry("old"),
                       .after = file_entry("new"),
                       .kept = "kept/t/0"},
                      {.directory = 1, .name = "libcudnn.so.8.9.7", .after = file_entry("library")},
                      {.directory = 1, .name = "libx.so.8", .rank = Rank::link, .before = link_entry("libx.so.8.9.6")},
                      {.directory = 1,
                       .name = "libcudnn.so.8",
                       .rank = Rank::front,
                       .take_down = true,
                       .before = link_entry("libcudnn.so.8.9.6"),
                       .after = link_entry("libcudnn.so.8.9.7")}},
          .receipt = "{\"a\": \"ä\"}\n"};
}

Error refusal(const std::string& text) {
  const auto journal = journal_from_json(text, "FILE");
  return journal ? Error{} : journal.error();
}

Error damaged(const std::string& why) {
  return {.fault = Fault::needs_settling,
          .what = "the journal 'FILE' is damaged: " + why,
          .hint = "look at the files that it names, then remove the journal by hand"};
}

std::string forged(const std::string& pointer, const Json& value) {
  Json body = unsealed(to_json(full_journal()));
  body.at(Json::json_pointer(pointer)) = value;
  return sealed(body);
}

enum class Fate { arrives, replaced, goes };

PathChange change(const std::string& name, Rank rank, Fate fate) {
  PathChange change{.name = name, .rank = rank};
  change.before = fate == Fate::arrives ? std::nullopt : std::optional(file_entry("old"));
  change.after = fate == Fate::goes ? std::nullopt : std::optional(file_entry("new"));
  return change;
}

std::vector<std::string> in_order(const std::vector<PathChange>& changes, Direction direction) {
  std::vector<std::string> names;
  for (const std::size_t index : order_of(changes, direction)) {
    names.push_back(changes[index].name);
  }
  return names;
}

// Sorted by path, as the arrangement answers them.
std::vector<PathChange> library(Fate fate) {
  return {change("libcudnn.so", Rank::front, fate), change("libcudnn.so.8", Rank::front, fate),
          change("libcudnn.so.8.9.6", Rank::versioned, fate), change("libcudnn_ops.so.8", Rank::link, fate),
          change("cudnn.h", Rank::header, fate)};
}

using Names = std::vector<std::string>;

}  // namespace

TEST_CASE("a journal comes back as it was written, every field of it", "[journal]") {
  CHECK(journal_from_json(to_json(full_journal()), "FILE").value() == full_journal());
  Journal forward = full_journal();
  forward.direction = Direction::forward;
  forward.receipt.clear();
  CHECK(journal_from_json(to_json(forward), "FILE").value() == forward);
}

TEST_CASE("a journal cut at any byte needs settling and is never guessed at", "[journal]") {
  const std::string text = to_json(full_journal());
  for (std::size_t length = 0; length + 1 < text.size(); ++length) {
    INFO("cut at " << length);
    const Error error = refusal(text.substr(0, length));
    CHECK(error == damaged("it is not complete"));
  }
}

TEST_CASE("a journal with a changed byte is never read as another one", "[journal]") {
  const std::string text = to_json(full_journal());
  for (std::size_t at = 0; at < text.size(); ++at) {
    std::string edited = text;
    edited[at] = static_cast<char>(edited[at] ^ 1);
    const auto read = journal_from_json(edited, "FILE");
    INFO("byte " << at);
    CHECK((read ? *read == full_journal() : read.error().fault == Fault::needs_settling));
  }
}

TEST_CASE("a well sealed journal with impossible values needs settling", "[journal]") {
  CHECK(refusal(forged("/schema", 2)) == damaged("it was written by another version of cudnn-install"));
  CHECK(refusal(forged("/changes/0/rank", "tail")) == damaged("unknown rank or directory"));
  CHECK(refusal(forged("/changes/0/directory", 2)) == damaged("unknown rank or directory"));
  for (const Json& bent : {Json(-1), Json(0.5), Json(false), Json(3)}) {
    CHECK(refusal(forged("/changes/0/directory", bent)) == damaged("a number is missing or out of range"));
  }
  CHECK(refusal(forged("/changes/0/name", "a/b")) == damaged("'a/b' is not a name"));
  for (const char* pointer : {"/changes/0/name", "/changes/0/kept", "/directories/0/name", "/transaction"}) {
    INFO(pointer);
    CHECK(refusal(forged(pointer, "../x")).fault == Fault::needs_settling);
  }
  CHECK(journal_from_json(forged("/directories/0/name", ""), "x"));  // the prefix itself
  CHECK(refusal(forged("/changes/0/before/type", "device")) == damaged("unknown type 'device'"));
  CHECK(refusal(forged("/changes/0/take_down", "no")) == damaged("it is not complete"));
  CHECK(refusal(forged("/direction", "sideways")) == damaged("unknown direction 'sideways'"));
}

TEST_CASE("an install moves headers, libraries, their links, and the front last", "[journal]") {
  CHECK(in_order(library(Fate::arrives), Direction::forward) ==
        Names{"cudnn.h", "libcudnn.so.8.9.6", "libcudnn_ops.so.8", "libcudnn.so.8", "libcudnn.so"});
}

TEST_CASE("an uninstall takes the front first, then from the links down to the headers", "[journal]") {
  CHECK(in_order(library(Fate::goes), Direction::forward) ==
        Names{"libcudnn.so", "libcudnn.so.8", "libcudnn_ops.so.8", "libcudnn.so.8.9.6", "cudnn.h"});
}

TEST_CASE("backwards, an install is an uninstall and an uninstall an install", "[journal]") {
  CHECK(in_order(library(Fate::arrives), Direction::backward) == in_order(library(Fate::goes), Direction::forward));
  CHECK(in_order(library(Fate::goes), Direction::backward) == in_order(library(Fate::arrives), Direction::forward));
}

TEST_CASE("a change puts the new in place, then the front, and clears away the old last", "[journal]") {
  const std::vector<PathChange> changes = {change("libcudnn.so", Rank::front, Fate::replaced),
                                           change("libcudnn.so.8", Rank::front, Fate::replaced),
                                           change("libcudnn.so.8.9.6", Rank::versioned, Fate::goes),
                                           change("libcudnn.so.8.9.7", Rank::versioned, Fate::arrives),
                                           change("libcudnn_new.so.8", Rank::link, Fate::arrives),
                                           change("libcudnn_old.so.8", Rank::link, Fate::goes),
                                           change("cudnn.h", Rank::header, Fate::replaced)};
  CHECK(in_order(changes, Direction::forward) == Names{"cudnn.h", "libcudnn.so.8.9.7", "libcudnn_new.so.8",
                                                       "libcudnn.so.8", "libcudnn.so", "libcudnn_old.so.8",
                                                       "libcudnn.so.8.9.6"});
  CHECK(in_order(changes, Direction::backward) == Names{"cudnn.h", "libcudnn.so.8.9.6", "libcudnn_old.so.8",
                                                        "libcudnn.so.8", "libcudnn.so", "libcudnn_new.so.8",
                                                        "libcudnn.so.8.9.7"});
}
