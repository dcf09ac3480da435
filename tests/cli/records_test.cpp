#include "cli/records.h"

#include "support/catch.h"

using namespace cudnn_install;

TEST_CASE("an error is a record with its fault by name and by number", "[records_test]") {
  const Error error{.fault = Fault::integrity,
                    .what = "wrong digest",
                    .hint = "fetch it again",
                    .where = Where{.file = "a.yaml", .line = 3, .column = 7, .source = "x"},
                    .activities = {"read a.yaml"}};
  CHECK(error_record(error) ==
        R"({
  "schema": 1,
  "error": {
    "fault": "integrity",
    "code": 12,
    "what": "wrong digest",
    "hint": "fetch it again",
    "where": {
      "file": "a.yaml",
      "line": 3,
      "column": 7
    },
    "activities": [
      "read a.yaml"
    ]
  }
}
)");
}

TEST_CASE("bytes that are no UTF-8 do not break a record", "[records_test]") {
  const std::string record = text_record("text", "a\xff");
  CHECK(record == "{\n  \"schema\": 1,\n  \"text\": \"a\xef\xbf\xbd\"\n}\n");
}

TEST_CASE("the report on a prefix has every field, null and empty ones too", "[records_test]") {
  CHECK(prefixes_record({{.prefix = "/p", .state = {.receipt = {}, .standstill = Standstill::open_journal}}}) ==
        R"({
  "schema": 1,
  "prefixes": [
    {
      "prefix": "/p",
      "standstill": "open journal",
      "installations": [],
      "previous": null,
      "findings": [],
      "load": []
    }
  ],
  "packages": []
}
)");
}

TEST_CASE("where nothing was to be done the change is none", "[records_test]") {
  CHECK(unchanged_record(Verb::uninstall, "/p") ==
        R"({
  "schema": 1,
  "verb": "uninstall",
  "change": "none",
  "prefix": "/p",
  "id": null,
  "version": null,
  "cuda": null,
  "paths": 0,
  "protection": "",
  "kept_aside": [],
  "packages": [],
  "left": []
}
)");
}
