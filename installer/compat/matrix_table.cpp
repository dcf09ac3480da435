#include "compat/table_reader.h"

namespace cudnn_install {

namespace {

MatrixRow read_row(Mapping& map, std::size_t columns) {
  MatrixRow row{.package = read_cuda(map.required("package"))};
  const Value cells = map.required("cells");
  for (const Value& cell : cells.list()) {
    const std::string word = cell.one_of({"C", "N/A", "X"});
    row.cells.push_back(word == "C" ? Cell::compatible : word == "N/A" ? Cell::not_applicable : Cell::incompatible);
  }
  if (row.cells.size() != columns) {
    cells.mistake("the row has " + std::to_string(row.cells.size()) + " of " + std::to_string(columns) + " cells");
  }
  return row;
}

Edition read_edition(Mapping& map) {
  Edition edition{.name = map.required("edition").text(), .date = map.required("date").text()};
  edition.complete = map.required("complete").boolean();
  edition.provenance = read_provenance(map);
  const Value columns = map.required("columns");
  for (const Value& column : columns.list()) {
    edition.columns.push_back(read_branch(column));
  }
  columns.expect_entries();
  edition.rows = read_rows<MatrixRow>(map.required("rows"), "row",
                                      [&](Mapping& row) { return read_row(row, edition.columns.size()); });
  return edition;
}

PackagerRow read_packager(Mapping& map) {
  PackagerRow row{.package = read_cuda(map.required("package")), .bases = read_versions(map.required("bases"))};
  row.provenance = read_provenance(map);
  return row;
}

}  // namespace

void read_matrix(Mapping& map, CompatTables& tables) {
  tables.editions = read_rows<Edition>(map.required("editions"), "edition", read_edition);
  tables.packagers = read_rows<PackagerRow>(map.required("packagers"), "row", read_packager);
}

}  // namespace cudnn_install
