// What the readers of the tables share. Each reader fills in its part of the tables; mistakes go to the document.
#pragma once

#include "compat/tables.h"

namespace cudnn_install {

Provenance read_provenance(Mapping& map);
int read_branch(const Value& value);                                      // a whole number from 100 to 9999
Version read_cuda(const Value& value);                                    // X.Y
std::optional<Version> read_version(Mapping& map, std::string_view key);  // nothing where the key is absent
std::vector<Version> read_versions(const Value& list);
std::vector<int> read_numbers(const Value& list);
template <class T, class Read>
std::vector<T> read_rows(const Value& list, const std::string& what, Read read) {
  std::vector<T> rows;
  for (const Value& entry : list.list()) {
    Mapping map = entry.mapping(what);
    rows.push_back(read(map));
  }
  list.expect_entries();
  return rows;
}

void read_sources(Mapping& map, CompatTables& tables);
void read_toolkits(Mapping& map, CompatTables& tables);
void read_branches(Mapping& map, CompatTables& tables);
void read_packages(Mapping& map, CompatTables& tables);
void read_matrix(Mapping& map, CompatTables& tables);
void read_notes(Mapping& map, CompatTables& tables);
void read_gpus(Mapping& map, CompatTables& tables);
void read_rules(Mapping& map, CompatTables& tables);
void read_errors(Mapping& map, CompatTables& tables);
void read_clauses(Mapping& map, CompatTables& tables);

}  // namespace cudnn_install
