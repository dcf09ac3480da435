#include <nlohmann/json.hpp>

#include "cli/doctor.h"
#include "cli/switch_record.h"

namespace cudnn_install {

namespace {

using Json = nlohmann::ordered_json;

std::string text_of(const Json& record) {
  return record.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

Json of(const std::vector<Diagnosis>& findings) {
  Json array = Json::array();
  for (const Diagnosis& finding : findings) {
    Json record = {{"id", finding.id},         {"severity", name_of(finding.severity)},
                   {"what", finding.what},     {"evidence", Json::array()},
                   {"remedy", finding.remedy}, {"command", finding.command},
                   {"fix", Json::array()}};
    for (const Evidence& evidence : finding.evidence) {
      record["evidence"].push_back({{"file", evidence.file}, {"line", evidence.line}, {"text", evidence.text}});
    }
    for (const FileEdit& edit : finding.fix) {
      record["fix"].push_back({{"path", edit.path}, {"diff", diff_of(edit)}});
    }
    array.push_back(std::move(record));
  }
  return array;
}

Json list(const std::vector<std::string>& texts) {
  Json array = Json::array();
  for (const std::string& text : texts) {
    array.push_back(text);
  }
  return array;
}

Json of(const AlternativesGroup& group) {
  Json choices = Json::array();
  for (const VersionChoice& choice : group.choices) {
    Json slaves = Json::object();
    for (const auto& [name, path] : choice.slaves) {
      slaves[name] = path;
    }
    choices.push_back({{"path", choice.path},
                       {"major", cudnn_major_of(choice.path)},
                       {"priority", choice.priority},
                       {"slaves", slaves}});
  }
  return {{"mode", group.mode == ChoiceMode::automatic ? "automatic" : "manual"},
          {"value", group.value},
          {"major", cudnn_major_of(group.value)},
          {"choices", choices}};
}

}  // namespace

std::string switch_record(const SwitchReport& report) {
  return text_of({{"schema", 1},
                  {"change", report.change ? "made" : "none"},
                  {"before", of(report.before)},
                  {"after", of(report.after)}});
}

std::string doctor_record(const DoctorReport& report) {
  return text_of(
      {{"schema", 1}, {"root", report.root}, {"findings", of(report.findings)}, {"mended", of(report.mended)}});
}

std::string undone_record(const std::vector<std::string>& restored, const std::vector<std::string>& left) {
  return text_of({{"schema", 1}, {"restored", list(restored)}, {"left", list(left)}});
}

}  // namespace cudnn_install
