#include "transaction/package_run.h"

#include "support/catch.h"

using namespace cudnn_install;

namespace {

Subject package(const std::string& name, const std::string& before, const std::string& after) {
  Subject subject{.kind = SubjectKind::package, .name = name, .role = "wanted"};
  if (!before.empty()) {
    subject.before = SubjectState{.value = before};
  }
  if (!after.empty()) {
    subject.after = SubjectState{.value = after};
  }
  return subject;
}

PackageReceipt receipt_of(const std::string& product, std::vector<Subject> subjects) {
  PackageReceipt receipt{.product = product};
  receipt.subjects = std::move(subjects);
  return receipt;
}

}  // namespace

TEST_CASE("a change of version keeps what was there before the first one", "[package_run]") {
  const auto old = receipt_of("cudnn8", {package("libcudnn8", "", "1"), package("zlib", "", "3")});
  const auto fresh = receipt_of("cudnn8", {package("libcudnn8", "1", "2"), package("libcudnn8-dev", "", "2")});
  CHECK(merged(old, fresh).subjects == std::vector<Subject>{package("libcudnn8", "", "2"), package("zlib", "", "3"),
                                                            package("libcudnn8-dev", "", "2")});
  CHECK(merged(std::nullopt, fresh) == fresh);
}

TEST_CASE("the way back is from the end, and passes over what was there before", "[package_run]") {
  const auto gone = receipt_of("cudnn8", {package("a", "", "1"), package("b", "2", "2"), package("c", "3", "4")});
  CHECK(reversed_subjects(gone, {gone}) == std::vector<Subject>{package("c", "4", "3"), package("a", "1", "")});
}

TEST_CASE("what another receipt knows too stays until that one goes", "[package_run]") {
  const auto eight = receipt_of("cudnn8", {package("cuda-keyring", "", "1"), package("libcudnn8", "", "1")});
  const auto nine = receipt_of("cudnn9", {package("cuda-keyring", "1", "1"), package("libcudnn9", "", "1")});
  CHECK(reversed_subjects(eight, {eight, nine}) == std::vector<Subject>{package("libcudnn8", "1", "")});
  CHECK(reversed_subjects(eight, {eight}).size() == 2);
}

TEST_CASE("a journal comes back as it was written, and a damaged one needs a person", "[package_run]") {
  PackageJournal journal{.transaction = "t", .verb = "install", .title = "cuDNN", .keys_before = {"gpg-pubkey-1-2"}};
  journal.receipt = receipt_of("cudnn8", {package("libcudnn8", "", "1")});
  Subject file{.kind = SubjectKind::file, .name = "/etc/apt/sources.list.d/cuda.list", .role = "source"};
  file.after = SubjectState{.value = std::string("\0\xff\n", 3), .mode = 0644};
  journal.receipt.subjects.push_back(file);
  const std::string text = to_json(journal);
  CHECK(package_journal_from_json(text, "journal") == journal);
  for (std::size_t at = 0; at < text.size(); at += 7) {
    std::string damaged = text;
    damaged[at] = static_cast<char>(damaged[at] ^ 1);
    const auto read = package_journal_from_json(damaged, "journal");
    REQUIRE(!read);
    CHECK((read.error().fault == Fault::needs_settling || read.error().fault == Fault::unsupported));
  }
}

TEST_CASE("a name in a receipt cannot become an option or lead out of the system's configuration", "[package_run]") {
  for (const auto& [kind, name] :
       std::vector<std::pair<SubjectKind, std::string>>{{SubjectKind::package, "--root=/"},
                                                        {SubjectKind::package, ""},
                                                        {SubjectKind::package, "a/b"},
                                                        {SubjectKind::lock, "-y"},
                                                        {SubjectKind::file, "/var/x"},
                                                        {SubjectKind::file, "/etc/../root/x"}}) {
    PackageJournal journal{.verb = "install"};
    journal.receipt.subjects = {{.kind = kind, .name = name}};
    INFO(name);
    CHECK(!package_journal_from_json(to_json(journal), "journal"));
  }
}
