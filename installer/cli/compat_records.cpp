#include "cli/compat_records.h"

#include <nlohmann/json.hpp>

#include "cli/compat.h"

namespace cudnn_install {

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& record) {
  return record.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json or_null(const std::string& text) {
  return text.empty() ? Json(nullptr) : Json(text);
}

Json of(const MatrixAnswer& matrix) {
  return {{"cell", name_of(matrix.cell)}, {"source", name_of(matrix.source)}, {"where", or_null(matrix.where)},
          {"reason", matrix.reason},      {"remarks", matrix.remarks},        {"grade", name_of(matrix.grade)}};
}

Json of(const std::optional<PackageOffer>& package) {
  if (!package) {
    return nullptr;
  }
  return {{"name", package->name},          {"directory", package->directory},  {"cuda", package->cuda.text()},
          {"from", or_null(package->from)}, {"below", or_null(package->below)}, {"matrix", of(package->matrix)}};
}

Json of(const std::vector<CompatOption>& options) {
  Json array = Json::array();
  for (const CompatOption& option : options) {
    array.push_back({{"verdict", name_of(option.way)},
                     {"package", of(option.package)},
                     {"adds", option.adds},
                     {"limits", option.limits}});
  }
  return array;
}

Json of(const std::optional<Gpu>& gpu) {
  if (!gpu) {
    return nullptr;
  }
  return {{"name", or_null(gpu->name)},
          {"capability", or_null(gpu->capability.text())},
          {"brand", or_null(gpu->brand)},
          {"board", or_null(gpu->board)}};
}

Json of(const CompatLibrary& library) {
  Json record = {{"path", library.path},
                 {"driver", library.driver ? Json(library.driver->text()) : Json(nullptr)},
                 {"note", nullptr}};
  if (library.note) {
    record["note"] = {
        {"cuda", library.note->cuda.text()}, {"branches", library.note->branches}, {"brands", library.note->brands}};
  }
  return record;
}

Json of(const CompatAnswer& answer) {
  return {{"verdict", name_of(answer.verdict)},
          {"clause", or_null(answer.clause)},
          {"error", answer.error == 0 ? Json(nullptr) : Json(answer.error)},
          {"without_library", answer.without_library ? Json(name_of(*answer.without_library)) : Json(nullptr)},
          {"reasons", answer.reasons},
          {"assumed", answer.assumed},
          {"limits", answer.limits},
          {"actions", answer.actions},
          {"package", of(answer.package)},
          {"options", of(answer.options)}};
}

Json of(const std::vector<RequirementReport>& requirements) {
  Json array = Json::array();
  for (const RequirementReport& each : requirements) {
    array.push_back({{"variable", each.variable},
                     {"expression", each.expression},
                     {"holds", each.result.holds},
                     {"reasons", each.result.reasons}});
  }
  return array;
}

Json of(const std::vector<FoundLibrary>& libraries) {
  Json array = Json::array();
  for (const FoundLibrary& library : libraries) {
    array.push_back({{"path", library.path}, {"because", library.because}, {"taken", library.taken}});
  }
  return array;
}

}  // namespace

std::string compat_record(const CompatReport& report) {
  const CompatQuestion& question = report.questions.front();
  const CompatAnswer& answer = decisive(report.answers);
  Json record = {{"schema", 1}};
  record.update(of(answer));
  record["question"] = {
      {"driver", question.driver.text()}, {"driver_cuda", or_null(answer.driver_cuda.text())},
      {"os", name_of(question.os)},       {"cuda", question.cuda.text()},
      {"gpu", of(question.gpu)},          {"library", question.library ? of(*question.library) : Json(nullptr)}};
  record["gpus"] = Json::array();
  for (std::size_t i = 0; i < report.questions.size(); ++i) {
    if (report.questions[i].gpu) {
      record["gpus"].push_back({{"gpu", of(report.questions[i].gpu)}, {"answer", of(report.answers[i])}});
    }
  }
  record["installed"] = Json::array();
  for (const auto& [library, found] : report.installed) {
    record["installed"].push_back({{"library", of(library)}, {"answer", of(found)}});
  }
  record["shared_is_harmful"] = report.shared_is_harmful;
  record["requirements"] = of(report.requirements);
  record["requirements_disabled"] = report.requirements_disabled;
  record["containers"] = Json::array();
  for (const HookChoice& choice : report.hooks) {
    record["containers"].push_back(
        {{"generation", choice.generation}, {"takes_image", choice.takes_image}, {"reason", choice.reason}});
  }
  return text_of(record);
}

std::string matrix_record(const CompatTables& tables, const Edition& edition) {
  Json rows = Json::array();
  for (const MatrixRow& row : edition.rows) {
    Json cells = Json::object();
    for (std::size_t i = 0; i < row.cells.size(); ++i) {
      cells[std::to_string(edition.columns[i])] = name_of(row.cells[i]);
    }
    rows.push_back({{"package", package_name(row.package)}, {"cuda", row.package.text()}, {"cells", cells}});
  }
  std::vector<std::string> others;
  for (const Edition& each : tables.editions) {
    others.push_back(each.name);
  }
  return text_of({{"schema", 1},
                  {"edition", edition.name},
                  {"date", edition.date},
                  {"complete", edition.complete},
                  {"source", title_of(tables, edition.provenance.sources.front())},
                  {"grade", name_of(edition.provenance.grade)},
                  {"columns", edition.columns},
                  {"rows", rows},
                  {"editions", others}});
}

std::string clauses_record(const std::vector<GuideClause>& clauses) {
  Json array = Json::array();
  for (const GuideClause& clause : clauses) {
    array.push_back({{"section", clause.section},
                     {"says", clause.says},
                     {"by", or_null(clause.by)},
                     {"test", or_null(clause.test)},
                     {"missing", or_null(clause.missing)},
                     {"note", or_null(clause.note)}});
  }
  return text_of({{"schema", 1}, {"clauses", array}});
}

std::string explanation_record(const std::vector<ErrorExplanation>& explanations) {
  Json array = Json::array();
  for (const ErrorExplanation& each : explanations) {
    array.push_back({{"id", each.error->id},
                     {"names", each.error->names},
                     {"meaning", each.error->meaning},
                     {"details", each.details},
                     {"causes", each.error->causes},
                     {"checks", each.error->checks},
                     {"remedies", each.error->remedies}});
  }
  return text_of({{"schema", 1}, {"errors", array}});
}

std::string why_record(const WhyReport& report) {
  return text_of({{"schema", 1},
                  {"program", report.what},
                  {"verdict", report.verdict},
                  {"kernel_driver", or_null(report.kernel_driver)},
                  {"reasons", report.reasons},
                  {"libcuda", of(report.driver_libraries)},
                  {"libcudart", of(report.runtime_libraries)}});
}

}  // namespace cudnn_install
