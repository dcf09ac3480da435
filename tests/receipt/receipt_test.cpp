#include "receipt/receipt.h"

#include <fstream>
#include <iterator>

#include <nlohmann/json.hpp>

#include "receipt/entry_json.h"
#include "support/catch.h"

using namespace cudnn_install;

namespace {

Entry file_entry(const std::string& text) {
  return {.mode = 0644,
          .size = text.size(),
          .mtime = 1'700'000'000'123'456'789,
          .ctime = -1,
          .inode = 0xFFFF'FFFF'FFFF'FFFF,
          .sha256 = Sha256::of(text)};
}

Entry link_entry(const std::string& target) {
  return {.kind = EntryKind::link, .mode = 0777, .target = target};
}

InstalledPath installed(const std::string& path, Entry entry) {
  return {.path = TargetPath::parse(path).value(), .entry = std::move(entry)};
}

// Every field has a value of its own.
Installation full_installation() {
  Installation all;
  all.id = "0123456789abcdef0123456789abcdef";
  all.product = "cudnn8";
  all.front = "libcudnn";
  all.version = "8.9.6.50";
  all.cuda = "12";
  all.platform = "linux-x86_64";
  all.method = "tar";
  all.recipe = "ubuntu2204";
  all.clauses = {"1.3.1 step 2", "1.3.1 step 3"};
  all.components = {"runtime", "dev"};
  all.source = {.location = "/tmp/ä \"x\"\n.tar.xz", .sha256 = Sha256::of("archive"), .trust = "catalogue"};
  all.protection = "seccomp+uid";
  all.when = "2026-11-21T10:00:00Z";
  all.tool = "0.1.0";
  all.licence = {.accepted = true, .text = Sha256::of("licence"), .when = "2026-11-21T09:59:59Z", .user = "alice"};
  all.demo = true;
  all.replaced = true;
  all.paths = {installed("include/cudnn.h", file_entry("header")),
               installed("lib64/libcudnn.so.8", link_entry("libcudnn.so.8.9.6"))};
  all.paths[0].displaced = Kept{.entry = file_entry("by hand"), .where = "kept/t1/0"};
  all.packages = {"libcudnn8"};
  all.keys = {"A4B469"};
  all.pins = {"cuda.pref"};
  return all;
}

Receipt full_receipt() {
  Installation older = full_installation();
  older.version = "8.9.5.30";
  older.paths.pop_back();
  return {.id = "state",
          .transaction = "t2",
          .created = {"", "lib64"},
          .installations = {full_installation(), Installation{.id = "second", .product = "cudnn9"}},
          .previous = Previous{
              .installation = older, .position = 1, .kept = {{.entry = file_entry("older"), .where = "kept/t2/0"}}}};
}

Error refusal(const std::string& text) {
  const auto receipt = receipt_from_json(text, "FILE");
  return receipt ? Error{} : receipt.error();
}

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

constexpr const char* way_out =
    "it is not used as it is: move the .cudnn-install directory aside, then install again; the files in place are then "
    "treated as made by hand";

// The receipt's JSON with one value replaced and a digest that agrees again.
std::string forged(const std::string& pointer, const Json& value) {
  Json body = unsealed(to_json(full_receipt()));
  body.at(Json::json_pointer(pointer)) = value;
  return sealed(body);
}

}  // namespace

TEST_CASE("a receipt comes back as it was written, every field of it", "[receipt]") {
  CHECK(receipt_from_json(to_json(full_receipt()), "FILE").value() == full_receipt());
  CHECK(receipt_from_json(to_json(Receipt{}), "FILE").value() == Receipt{});
}

TEST_CASE("the text of a receipt is the same today as it was", "[receipt]") {
  Installation one{.id = "i", .product = "cudnn8", .version = "8.9.6.50"};
  one.paths = {installed("lib64/libcudnn.so", link_entry("libcudnn.so.8"))};
  one.paths[0].displaced =
      Kept{.entry = {.mode = 0644, .size = 3, .mtime = 5, .sha256 = Sha256::of("abc")}, .where = "kept/t/0"};
  const Receipt small{.id = "s", .transaction = "t", .created = {"lib64"}, .installations = {one}};
  CHECK(to_json(small) == text_of(TEST_DATA "/small_receipt.json"));
}

TEST_CASE("a receipt with any byte changed is refused", "[receipt]") {
  const Receipt small{.id = "s", .transaction = "t", .created = {""}};
  const std::string text = to_json(small);
  for (std::size_t at = 0; at < text.size(); ++at) {
    for (const char other : {'0', 'x', '"', ' ', '\0', '\xff'}) {
      std::string edited = text;
      edited[at] = other;
      const auto read = receipt_from_json(edited, "FILE");
      INFO("byte " << at << " became " << static_cast<int>(other));
      // A blank for the line end behind a comma is the same JSON; nothing else may pass.
      CHECK((!read || (*read == small && (text[at] == ' ' || text[at] == '\n' || text[at] == other))));
      CHECK((read || read.error().fault == Fault::conflict || read.error().fault == Fault::unsupported));
    }
  }
}

TEST_CASE("a receipt cut at any byte is refused", "[receipt]") {
  const std::string text = to_json(full_receipt());
  for (std::size_t length = 0; length + 1 < text.size(); ++length) {
    const Error error = refusal(text.substr(0, length));
    INFO("cut at " << length);
    CHECK(error.fault == Fault::conflict);
  }
}

TEST_CASE("an edited receipt says so and names the way out", "[receipt]") {
  std::string text = to_json(full_receipt());
  text.replace(text.find("8.9.6.50"), 8, "8.9.7.29");
  CHECK(refusal(text) == Error{.fault = Fault::conflict,
                               .what = "the receipt 'FILE' is damaged: it was edited, or its end is missing",
                               .hint = way_out});
  CHECK(refusal("not json") ==
        Error{.fault = Fault::conflict, .what = "the receipt 'FILE' is damaged", .hint = way_out});
}

TEST_CASE("a receipt of a newer schema is left to the newer program", "[receipt]") {
  CHECK(refusal(forged("/schema", 2)) == Error{.fault = Fault::unsupported,
                                               .what = "'FILE' has schema 2, this program reads 1",
                                               .hint = "use the cudnn-install that wrote it, or a newer one"});
}

TEST_CASE("a well sealed receipt with impossible values is refused", "[receipt]") {
  const auto refused = [](const std::string& pointer, const Json& value) {
    INFO(pointer);
    const Error error = refusal(forged(pointer, value));
    CHECK(error.fault == Fault::conflict);
    CHECK(error.hint == way_out);
  };
  refused("/installations/0/paths/0/path", "../../etc/passwd");
  refused("/installations/0/paths/0/path", "/etc/passwd");
  refused("/installations/0/paths/0/displaced/where", "../receipt.json");
  refused("/installations/0/paths/0/entry/type", "device");
  refused("/installations/0/paths/0/entry/sha256", "0b1c");
  refused("/installations/0/paths/0/entry/sha256", nullptr);
  refused("/installations/0/paths/0/entry/size", "six");
  for (const Json& bent : {Json(-1), Json(1.5), Json(true), Json(1e300), Json(nullptr)}) {
    refused("/installations/0/paths/0/entry/size", bent);
    refused("/installations/0/paths/0/entry/mode", bent);
    refused("/previous/position", bent);
  }
  refused("/installations/0/paths/0/entry/mode", 010000);
  refused("/installations/0/paths/0/entry/mtime", 1e300);
  refused("/installations/0/paths/0/entry/mtime", 0x8000'0000'0000'0000U);
  refused("/installations/0/paths", "none");
  refused("/created/1", "../lib64");
  refused("/previous/kept", Json::array());
  refused("/installations", "none");
  refused("/installations", Json::object());
}

TEST_CASE("a receipt that is nested deeper than any is refused before it is walked through", "[receipt]") {
  const Error too_deep = {
      .fault = Fault::conflict, .what = "the receipt 'FILE' is damaged: it is nested too deep", .hint = way_out};
  const std::string deep(1'000'000, '[');
  CHECK(refusal(deep) == too_deep);
  CHECK(refusal("{\"a\": " + deep + std::string(deep.size(), ']') + "}") == too_deep);
}

TEST_CASE("a receipt that lacks a field is refused", "[receipt]") {
  const Json body = unsealed(to_json(full_receipt()));
  for (const auto& field : body.items()) {
    Json lacking = body;
    lacking.erase(field.key());
    INFO(field.key());
    CHECK(refusal(sealed(lacking)).fault == Fault::conflict);
  }
  for (const auto& field : body.at("installations").at(0).items()) {
    Json lacking = body;
    lacking.at("installations").at(0).erase(field.key());
    INFO(field.key());
    CHECK(refusal(sealed(lacking)).fault == Fault::conflict);
  }
}

TEST_CASE("the same content is bytes and mode of files, the target of links, nothing else", "[receipt]") {
  Entry other = file_entry("text");
  other.mtime = 1;
  other.ctime = 2;
  other.inode = 3;
  CHECK(same_content(file_entry("text"), other));
  other.mode = 0755;
  CHECK_FALSE(same_content(file_entry("text"), other));
  CHECK_FALSE(same_content(file_entry("text"), file_entry("test")));
  Entry link = link_entry("a");
  link.mtime = 7;
  CHECK(same_content(link_entry("a"), link));
  CHECK_FALSE(same_content(link_entry("a"), link_entry("b")));
  CHECK_FALSE(same_content(file_entry("a"), link_entry("a")));
}
