#include "transaction/package_journal.h"

#include <limits>

#include <nlohmann/json.hpp>

#include "receipt/subject_json.h"

namespace cudnn_install {

namespace {

tl::unexpected<Error> damaged(const std::string& file, const std::string& why) {
  return failure(Fault::needs_settling, "the journal '" + file + "' is damaged" + why,
                 "look what the package manager says of cuDNN's packages, then move the journal aside");
}

}  // namespace

std::string to_json(const PackageJournal& journal) {
  return sealed({{"schema", package_journal_schema},
                 {"transaction", journal.transaction},
                 {"verb", journal.verb},
                 {"title", journal.title},
                 {"committed", journal.committed},
                 {"keys_before", journal.keys_before},
                 {"receipt", json_of(journal.receipt)}});
}

Result<PackageJournal> package_journal_from_json(const std::string& text, const std::string& file) {
  try {
    const Json json = unsealed(text);
    const auto schema = number_up_to(std::numeric_limits<std::uint32_t>::max(), json.at("schema"));
    if (schema != package_journal_schema) {
      return failure(Fault::unsupported,
                     "'" + file + "' has schema " + std::to_string(schema) + ", this program reads " +
                         std::to_string(package_journal_schema),
                     "use the cudnn-install that wrote it, or a newer one");
    }
    PackageJournal journal;
    journal.transaction = json.at("transaction").get<std::string>();
    journal.verb = json.at("verb").get<std::string>();
    journal.title = json.at("title").get<std::string>();
    journal.committed = json.at("committed").get<bool>();
    journal.keys_before = json.at("keys_before").get<std::vector<std::string>>();
    journal.receipt = package_receipt_from(json.at("receipt"));
    return journal;
  } catch (const nlohmann::json::exception&) {
    return damaged(file, "");
  } catch (const Malformed& malformed) {
    return damaged(file, ": " + malformed.what);
  }
}

}  // namespace cudnn_install
