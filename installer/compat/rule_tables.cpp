#include "compat/table_reader.h"

namespace cudnn_install {

namespace {

Generation read_generation(Mapping& map) {
  Generation generation{.name = map.required("name").text(),
                        .capabilities = read_versions(map.required("capabilities")),
                        .first_cuda = read_cuda(map.required("first_cuda"))};
  generation.last_cuda = read_version(map, "last_cuda").value_or(Version());
  if (const std::optional<Value> last = map.optional("last_branch")) {
    generation.last_branch = read_branch(*last);
  }
  generation.provenance = read_provenance(map);
  return generation;
}

Brand read_brand(Mapping& map) {
  Brand brand{.name = map.required("name").text(),
              .number = static_cast<int>(map.required("number").number()),
              .forward = map.required("forward").boolean()};
  brand.provenance = read_provenance(map);
  return brand;
}

Gpu read_gpu(Mapping& map) {
  Gpu gpu{.name = map.required("name").text(), .capability = map.required("capability").version()};
  gpu.brand = map.required("brand").text();
  gpu.board = map.optional_text("board");
  static_cast<void>(read_provenance(map));
  return gpu;
}

FeatureRow read_features(Mapping& map) {
  FeatureRow row{.major = static_cast<int>(map.required("major").number()),
                 .base = map.required("base").version(),
                 .interop = map.required("interop").boolean(),
                 .virtual_memory = map.required("virtual_memory").one_of({"attributes", "none", "all"})};
  row.provenance = read_provenance(map);
  return row;
}

PackageRange read_range(Mapping& map) {
  PackageRange range{.from = read_cuda(map.required("from")),
                     .until = read_cuda(map.required("until")),
                     .base = map.required("base").version()};
  range.provenance = read_provenance(map);
  return range;
}

PackageFile read_file(Mapping& map) {
  PackageFile file{.name = map.required("name").text(), .links = map.optional_texts("links")};
  file.since = read_cuda(map.required("since"));
  file.provenance = read_provenance(map);
  return file;
}

JetsonPackage read_jetson(Mapping& map) {
  JetsonPackage package{.board = map.required("board").one_of({"orin", "thor"}),
                        .from = read_cuda(map.required("from")),
                        .until = read_version(map, "until").value_or(Version()),
                        .package = map.required("package").text(),
                        .directory = map.required("directory").text()};
  package.provenance = read_provenance(map);
  return package;
}

KnownError read_error(Mapping& map) {
  KnownError error{.id = map.required("id").text(),
                   .names = map.required("names").texts(),
                   .texts = map.required("texts").texts(),
                   .meaning = map.required("meaning").text(),
                   .causes = map.required("causes").texts(),
                   .checks = map.required("checks").texts(),
                   .remedies = map.required("remedies").texts()};
  error.provenance = read_provenance(map);
  return error;
}

}  // namespace

void read_gpus(Mapping& map, CompatTables& tables) {
  tables.generations = read_rows<Generation>(map.required("generations"), "generation", read_generation);
  tables.brands = read_rows<Brand>(map.required("brands"), "brand", read_brand);
  tables.gpus = read_rows<Gpu>(map.required("gpus"), "GPU", read_gpu);
}

void read_rules(Mapping& map, CompatTables& tables) {
  CompatRules& rules = tables.rules;
  rules.nvrtc_since = read_cuda(map.required("nvrtc_since"));
  rules.forward_since = read_cuda(map.required("forward_since"));
  {
    Mapping bundled = map.required("bundled_until").mapping("bundled_until");
    rules.linux_bundled_until = read_cuda(bundled.required("linux"));
    rules.windows_bundled_until = read_cuda(bundled.required("windows"));
  }
  rules.ranges = read_rows<PackageRange>(map.required("ranges"), "range", read_range);
  rules.features = read_rows<FeatureRow>(map.required("features"), "row", read_features);
  rules.stray_notes = map.optional_texts("stray_notes");
  rules.files = read_rows<PackageFile>(map.required("files"), "file", read_file);
  rules.jetson = read_rows<JetsonPackage>(map.required("jetson"), "package", read_jetson);
}

void read_errors(Mapping& map, CompatTables& tables) {
  tables.errors = read_rows<KnownError>(map.required("errors"), "error", read_error);
}

void read_clauses(Mapping& map, CompatTables& tables) {
  tables.clauses = read_rows<GuideClause>(map.required("clauses"), "clause", [](Mapping& row) {
    GuideClause clause{.section = row.required("section").text(), .says = row.required("says").text()};
    clause.by = row.optional_text("by");
    clause.test = row.optional_text("test");
    clause.missing = row.optional_text("missing");
    clause.note = row.optional_text("note");
    return clause;
  });
}

}  // namespace cudnn_install
