#include "compat/table_reader.h"

namespace cudnn_install {

namespace {

Floor read_floor(Mapping& map) {
  Floor floor{.major = static_cast<int>(map.required("major").number()),
              .linux_driver = map.required("linux").version(),
              .windows_driver = map.required("windows").version()};
  if (const std::optional<Value> below = map.optional("below")) {
    floor.below = read_branch(*below);
  }
  floor.provenance = read_provenance(map);
  return floor;
}

bool read_flag(Mapping& map, std::string_view key, bool otherwise) {
  const std::optional<Value> value = map.optional(key);
  return value ? value->boolean() : otherwise;
}

ToolkitRow read_toolkit(Mapping& map) {
  ToolkitRow row{.release = map.required("release").text(),
                 .version = map.required("version").version(),
                 .cuda = read_cuda(map.required("cuda")),
                 .preview = read_flag(map, "preview", false),
                 .branch = read_branch(map.required("branch")),
                 .linux_driver = read_version(map, "linux"),
                 .windows_driver = read_version(map, "windows"),
                 .bundled = read_flag(map, "bundled", true)};
  row.provenance = read_provenance(map);
  if (row.version.size() != 0 && !row.version.starts_with(row.cuda)) {
    map.mistake("the toolkit " + row.version.text() + " is not of CUDA " + row.cuda.text());
  }
  return row;
}

Branch read_branch_row(Mapping& map) {
  Branch branch{.number = read_branch(map.required("branch"))};
  const std::string type = map.required("type").one_of({"lts", "production", "new-feature", "developer", "unknown"});
  branch.type = type == "lts"           ? BranchType::lts
                : type == "production"  ? BranchType::production
                : type == "new-feature" ? BranchType::new_feature
                : type == "developer"   ? BranchType::developer
                                        : BranchType::unknown;
  branch.cuda = read_cuda(map.required("cuda"));
  branch.end = map.optional_text("end");
  branch.ended = read_flag(map, "ended", false);
  branch.provenance = read_provenance(map);
  return branch;
}

KnownNote read_note(Mapping& map) {
  KnownNote known{.driver = map.required("driver").version()};
  known.note.cuda = read_cuda(map.required("cuda"));
  known.note.branches = read_numbers(map.required("branches"));
  known.note.brands = read_numbers(map.required("brands"));
  known.provenance = read_provenance(map);
  return known;
}

}  // namespace

void read_sources(Mapping& map, CompatTables& tables) {
  tables.sources = read_rows<TableSource>(map.required("sources"), "source", [](Mapping& row) {
    return TableSource{.key = row.required("key").text(), .title = row.required("title").text()};
  });
}

void read_toolkits(Mapping& map, CompatTables& tables) {
  tables.floors = read_rows<Floor>(map.required("floors"), "floor", read_floor);
  tables.toolkits = read_rows<ToolkitRow>(map.required("toolkits"), "toolkit", read_toolkit);
}

void read_branches(Mapping& map, CompatTables& tables) {
  tables.branches = read_rows<Branch>(map.required("branches"), "branch", read_branch_row);
}

void read_packages(Mapping& map, CompatTables& tables) {
  tables.packages = read_rows<Package>(map.required("packages"), "package", [](Mapping& row) {
    return Package{.cuda = read_cuda(row.required("cuda")), .branch = read_branch(row.required("branch"))};
  });
}

void read_notes(Mapping& map, CompatTables& tables) {
  tables.notes = read_rows<KnownNote>(map.required("notes"), "note", read_note);
}

}  // namespace cudnn_install
