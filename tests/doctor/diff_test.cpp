#include "doctor/doctor.h"
#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("an edit is shown as a unified diff with three lines around it", "[diff_test]") {
  const FileEdit edit{.path = "/etc/x",
                      .before = FileText{.text = "1\n2\n3\n4\n5\n6\n7\n8\n9\n"},
                      .after = FileText{.text = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n"}};
  CHECK(diff_of(edit) == "--- /etc/x\n+++ /etc/x\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n");
}

TEST_CASE("new files, modes and bytes that are no text are told in words", "[diff_test]") {
  CHECK(diff_of({.path = "/k", .before = {}, .after = FileText{.text = "a\n"}}) ==
        "--- /dev/null\n+++ /k\n@@ -0,0 +1 @@\n+a\n");
  CHECK(diff_of({.path = "/k", .before = FileText{.text = "a", .mode = 0600}, .after = FileText{.text = "a"}}) ==
        "--- /k\n+++ /k\nmode 0600 becomes 0644\n");
  const FileEdit binary{
      .path = "/k", .before = FileText{.text = "text"}, .after = FileText{.text = std::string(3, '\0')}};
  CHECK(diff_of(binary) == "--- /k\n+++ /k\n4 bytes become 3 bytes\n");
}
