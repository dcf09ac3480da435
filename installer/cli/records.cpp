#include "cli/records.h"

#include <nlohmann/json.hpp>

#include "packages/offered.h"

namespace cudnn_install {

namespace {

using Json = nlohmann::ordered_json;

// Names of files need not be UTF-8; JSON must be.
std::string text_of(const Json& record) {
  return record.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json list(const std::vector<std::string>& texts) {
  Json array = Json::array();
  for (const std::string& text : texts) {
    array.push_back(text);
  }
  return array;
}

Json of(const CoveredClause& clause) {
  Json steps = Json::array();
  for (const CoveringStep& step : clause.steps) {
    steps.push_back({{"methods", list(step.methods)}, {"step", step.step}});
  }
  return {{"clause", clause.clause},
          {"asks", clause.asks},
          {"covered", name_of(clause.cover)},
          {"steps", steps},
          {"commands", list(clause.by)},
          {"tests", list(clause.tests)},
          {"reason", clause.reason.empty() ? Json(nullptr) : Json(clause.reason)},
          {"note", clause.note.empty() ? Json(nullptr) : Json(clause.note)}};
}

Json of(const Error& error) {
  Json record = {{"fault", name_of(error.fault)},
                 {"code", static_cast<int>(error.fault)},
                 {"what", error.what},
                 {"hint", error.hint},
                 {"where", nullptr},
                 {"activities", list(error.activities)}};
  if (error.where) {
    record["where"] = {{"file", error.where->file}, {"line", error.where->line}, {"column", error.where->column}};
  }
  return record;
}

Json of(const Installation& installation) {
  return {{"id", installation.id},
          {"product", installation.product},
          {"version", installation.version},
          {"cuda", installation.cuda},
          {"platform", installation.platform},
          {"method", installation.method},
          {"recipe", installation.recipe},
          {"components", list(installation.components)},
          {"source",
           {{"location", installation.source.location},
            {"sha256", installation.source.sha256.hex()},
            {"trust", installation.source.trust}}},
          {"protection", installation.protection},
          {"when", installation.when},
          {"tool", installation.tool},
          {"licence_accepted", installation.licence.accepted},
          {"demo", installation.demo},
          {"paths", installation.paths.size()}};
}

Json of(const std::vector<Finding>& findings) {
  Json array = Json::array();
  for (const Finding& finding : findings) {
    array.push_back({{"damage", name_of(finding.damage)}, {"path", finding.path}, {"detail", finding.detail}});
  }
  return array;
}

Json of(const std::vector<PackageVersion>& packages) {
  Json array = Json::array();
  for (const PackageVersion& package : packages) {
    array.push_back({{"name", package.name}, {"version", package.version}});
  }
  return array;
}

Json of(const std::vector<LoadProof>& proofs) {
  Json array = Json::array();
  for (const LoadProof& proof : proofs) {
    array.push_back({{"version", proof.version}, {"cudart", proof.cudart}, {"opened", list(proof.opened)}});
  }
  return array;
}

Json of(const PackagesReport& report) {
  const PackageReceipt& receipt = report.receipt;
  return {{"id", receipt.id},
          {"product", receipt.product},
          {"version", receipt.version},
          {"cuda", receipt.cuda},
          {"platform", receipt.platform},
          {"method", receipt.method},
          {"recipe", receipt.recipe},
          {"components", list(receipt.components)},
          {"manager", receipt.manager.speaks},
          {"repository", receipt.repository},
          {"packages", of(receipt.packages)},
          {"held", report.held},
          {"when", receipt.when},
          {"tool", receipt.tool},
          {"licence_accepted", receipt.licence.accepted},
          {"findings", of(report.findings)},
          {"load", of(report.proofs)}};
}

std::string_view name_of(Standstill standstill) {
  switch (standstill) {
    case Standstill::none:
      return "none";
    case Standstill::in_progress:
      return "in progress";
    case Standstill::open_journal:
      return "open journal";
  }
  return "none";
}

Json installations_of(const std::optional<Receipt>& receipt) {
  Json array = Json::array();
  if (receipt) {
    for (const Installation& installation : receipt->installations) {
      array.push_back(of(installation));
    }
  }
  return array;
}

Json of(const PrefixReport& report) {
  const std::optional<Receipt>& receipt = report.state.receipt;
  Json record = {{"prefix", report.prefix},
                 {"standstill", name_of(report.state.standstill)},
                 {"installations", installations_of(receipt)},
                 {"previous", nullptr},
                 {"findings", of(report.findings)},
                 {"load", of(report.proofs)}};
  if (receipt && receipt->previous) {
    record["previous"] = of(receipt->previous->installation);
  }
  return record;
}

}  // namespace

std::string error_record(const Error& error) {
  return text_of({{"schema", 1}, {"error", of(error)}});
}

std::string mistakes_record(const std::vector<std::string>& files, const std::vector<Error>& mistakes) {
  Json array = Json::array();
  for (const Error& mistake : mistakes) {
    array.push_back(of(mistake));
  }
  return text_of({{"schema", 1}, {"files", list(files)}, {"mistakes", array}});
}

std::string prefixes_record(const std::vector<PrefixReport>& reports, const std::vector<PackagesReport>& packages) {
  Json array = Json::array();
  for (const PrefixReport& report : reports) {
    array.push_back(of(report));
  }
  Json of_packages = Json::array();
  for (const PackagesReport& report : packages) {
    of_packages.push_back(of(report));
  }
  return text_of({{"schema", 1}, {"prefixes", array}, {"packages", of_packages}});
}

std::string change_record(const Plan& plan, const Done& done) {
  Json record = {{"schema", 1},
                 {"verb", name_of(plan.verb)},
                 {"change", done.change == Change::made ? "made" : "none"},
                 {"prefix", plan.prefix},
                 {"id", nullptr},
                 {"version", nullptr},
                 {"cuda", nullptr},
                 {"paths", 0},
                 {"protection", done.protection},
                 {"kept_aside", list(done.kept_aside)},
                 {"packages", Json::array()},
                 {"left", list(done.left)}};
  if (plan.packages) {
    const bool open = !done.chosen.empty();
    record["version"] = open ? upstream_version(done.chosen.front().version) : plan.packages->version;
    record["cuda"] = plan.packages->cuda;
    record["packages"] = of(open ? done.chosen : plan.packages->packages);
  }
  if (!done.receipt.installations.empty()) {
    const Installation& newest = done.receipt.installations.back();
    record["id"] = newest.id;
    record["version"] = newest.version;
    record["cuda"] = newest.cuda;
    record["paths"] = newest.paths.size();
  }
  return text_of(record);
}

std::string unchanged_record(Verb verb, const std::string& prefix) {
  Plan plan;
  plan.verb = verb;
  plan.prefix = prefix;
  return change_record(plan, Done{});
}

std::string releases_record(const std::vector<Version>& versions) {
  Json array = Json::array();
  for (const Version& version : versions) {
    array.push_back(version.text());
  }
  return text_of({{"schema", 1}, {"releases", array}});
}

std::string release_record(const Release& release) {
  Json array = Json::array();
  for (const Artifact& artifact : release.artifacts) {
    array.push_back({{"file", artifact.file},
                     {"component", artifact.component},
                     {"platform", artifact.platform},
                     {"cuda", artifact.cuda},
                     {"url", artifact.url},
                     {"sha256", artifact.sha256.hex()},
                     {"size", artifact.size ? Json(*artifact.size) : Json(nullptr)},
                     {"verified", artifact.verified}});
  }
  return text_of({{"schema", 1}, {"release", release.version.text()}, {"artifacts", array}});
}

std::string recipes_record(const std::vector<NamedRecipe>& recipes) {
  Json array = Json::array();
  for (const NamedRecipe& recipe : recipes) {
    array.push_back({{"kind", recipe.kind}, {"name", recipe.name}, {"title", recipe.title}});
  }
  return text_of({{"schema", 1}, {"recipes", array}});
}

std::string coverage_record(const std::vector<Coverage>& guides) {
  Json array = Json::array();
  for (const Coverage& guide : guides) {
    Json clauses = Json::array();
    for (const CoveredClause& clause : guide.clauses) {
      clauses.push_back(of(clause));
    }
    array.push_back({{"guide", guide.guide},
                     {"title", guide.title},
                     {"done", counted(guide, Cover::done)},
                     {"people", counted(guide, Cover::people)},
                     {"not_yet", counted(guide, Cover::not_yet)},
                     {"clauses", clauses}});
  }
  return text_of({{"schema", 1}, {"guides", array}});
}

std::string text_record(const std::string& name, const std::string& text) {
  return text_of({{"schema", 1}, {name, text}});
}

}  // namespace cudnn_install
