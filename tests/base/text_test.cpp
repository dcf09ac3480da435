#include "base/text.h"

#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("visible text is shown as it is", "[text]") {
  CHECK(printable("cuDNN caf\xc3\xa9 \xe4\xb8\xad") == "cuDNN caf\xc3\xa9 \xe4\xb8\xad");
}

TEST_CASE("what would steer a terminal or hide is escaped", "[text]") {
  CHECK(printable("a\x1b[0m\n\t\x7f") == "a\\x1b[0m\\x0a\\x09\\x7f");
  CHECK(printable("a\xe2\x80\xae"
                  "b") == "a\\u{202e}b");
  CHECK(printable("a\xff\xc0\x80") == "a\\xff\\xc0\\x80");
  CHECK(printable("\xed\xa0\x80") == "\\xed\\xa0\\x80");  // half of a surrogate pair
  CHECK(printable("\xe4\xb8") == "\\xe4\\xb8");           // cut off
}

TEST_CASE("the nearest word is found, if one is near", "[text]") {
  CHECK(nearest("sha265", {"size", "sha256", "sha512"}) == "sha256");
  CHECK(nearest("keeps", {"follow", "keep"}) == "keep");
  CHECK(nearest("windows", {"tar", "wheel"}).empty());
  CHECK(nearest("x", {}).empty());
}

TEST_CASE("a glob's star stays within one part of a path", "[text]") {
  CHECK(matches_glob("libcudnn.so.8", "libcudnn*"));
  CHECK(matches_glob("lib/libcudnn.so.8", "lib/libcudnn*.so.*"));
  CHECK_FALSE(matches_glob("lib/stubs/libcudnn.so", "lib/*"));
  CHECK_FALSE(matches_glob("libcublas.so", "libcudnn*"));
  CHECK(matches_glob("cudnn_v8.h", "cudnn_v[89].h"));
  CHECK(matches_glob("a?", "a?"));
  CHECK_FALSE(matches_glob("a", "a?"));
}

TEST_CASE("words are joined with what stands between them", "[text]") {
  CHECK(joined({}, ", ").empty());
  CHECK(joined({"one"}, ", ") == "one");
  CHECK(joined({"one", "two", "three"}, "; ") == "one; two; three");
}

TEST_CASE("a shell word is quoted only where it must be", "[text]") {
  CHECK(shell_word("/usr/local/cuda-12.2/lib64") == "/usr/local/cuda-12.2/lib64");
  CHECK(shell_word("a b") == "'a b'");
  CHECK(shell_word("it's") == "'it'\\''s'");
  CHECK(shell_word("$HOME") == "'$HOME'");
  CHECK(shell_word("") == "''");
}
