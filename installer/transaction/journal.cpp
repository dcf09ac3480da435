#include "transaction/journal.h"

#include <algorithm>
#include <array>
#include <utility>

#include <nlohmann/json.hpp>

#include "receipt/entry_json.h"

namespace cudnn_install {

namespace {

constexpr std::array<std::string_view, 4> rank_names = {"header", "versioned", "link", "front"};

Json optional_json(const std::optional<Entry>& entry) {
  return entry ? json_of(*entry) : Json(nullptr);
}

std::optional<Entry> optional_entry(const Json& json) {
  return json.is_null() ? std::nullopt : std::optional(entry_from(json));
}

Json json_of(const PathChange& change) {
  return {{"directory", change.directory},
          {"name", change.name},
          {"rank", rank_names.at(static_cast<std::size_t>(change.rank))},
          {"take_down", change.take_down},
          {"before", optional_json(change.before)},
          {"after", optional_json(change.after)},
          {"kept", change.kept}};
}

PathChange change_from(const Json& json, std::size_t directories) {
  PathChange change{.directory = number_up_to(directories, json.at("directory")),
                    .name = json.at("name").get<std::string>(),
                    .take_down = json.at("take_down").get<bool>(),
                    .before = optional_entry(json.at("before")),
                    .after = optional_entry(json.at("after")),
                    .kept = json.at("kept").get<std::string>()};
  const auto rank = std::find(rank_names.begin(), rank_names.end(), json.at("rank").get<std::string>());
  if (rank == rank_names.end() || change.directory >= directories) {
    throw Malformed{"unknown rank or directory"};
  }
  change.rank = static_cast<Rank>(rank - rank_names.begin());
  if (!checked(TargetPath::parse(change.name)).directory().empty()) {
    throw Malformed{"'" + change.name + "' is not a name"};
  }
  if (!change.kept.empty()) {
    checked(TargetPath::parse(change.kept));
  }
  return change;
}

Direction direction_from(const std::string& name) {
  if (name != "forward" && name != "backward") {
    throw Malformed{"unknown direction '" + name + "'"};
  }
  return name == "forward" ? Direction::forward : Direction::backward;
}

Journal journal_from(const Json& json) {
  if (json.at("schema") != journal_schema) {
    throw Malformed{"it was written by another version of cudnn-install"};
  }
  Journal journal{.transaction = json.at("transaction").get<std::string>(),
                  .verb = json.at("verb").get<std::string>(),
                  .title = json.at("title").get<std::string>(),
                  .direction = direction_from(json.at("direction").get<std::string>()),
                  .directories = {},
                  .changes = {},
                  .receipt = json.at("receipt").get<std::string>()};
  checked(TargetPath::parse(journal.transaction));
  for (const Json& directory : list_at(json, "directories")) {
    journal.directories.push_back(
        {.name = directory.at("name").get<std::string>(), .path = directory.at("path").get<std::string>()});
    if (!journal.directories.back().name.empty()) {
      checked(TargetPath::parse(journal.directories.back().name));
    }
  }
  for (const Json& change : list_at(json, "changes")) {
    journal.changes.push_back(change_from(change, journal.directories.size()));
  }
  return journal;
}

tl::unexpected<Error> damaged(const std::string& file, const std::string& why) {
  return failure(Fault::needs_settling, "the journal '" + file + "' is damaged: " + why,
                 "look at the files that it names, then remove the journal by hand");
}

}  // namespace

std::string to_json(const Journal& journal) {
  Json directories = Json::array();
  for (const Destination& directory : journal.directories) {
    directories.push_back({{"name", directory.name}, {"path", directory.path}});
  }
  Json changes = Json::array();
  for (const PathChange& change : journal.changes) {
    changes.push_back(json_of(change));
  }
  return sealed({{"schema", journal_schema},
                 {"transaction", journal.transaction},
                 {"verb", journal.verb},
                 {"title", journal.title},
                 {"direction", journal.direction == Direction::forward ? "forward" : "backward"},
                 {"directories", std::move(directories)},
                 {"changes", std::move(changes)},
                 {"receipt", journal.receipt}});
}

Result<Journal> journal_from_json(const std::string& text, const std::string& file) {
  try {
    return journal_from(unsealed(text));
  } catch (const nlohmann::json::exception&) {
    return damaged(file, "it is not complete");
  } catch (const Malformed& malformed) {
    return damaged(file, malformed.what);
  }
}

std::vector<std::size_t> order_of(const std::vector<PathChange>& changes, Direction direction) {
  // Removals follow what arrives, but for the front: it goes before what it leads to.
  const auto place = [&](std::size_t index) {
    const PathChange& change = changes[index];
    const bool removal = !(direction == Direction::forward ? change.after : change.before);
    const int rank = static_cast<int>(change.rank);
    if (removal) {
      return change.rank == Rank::front ? -1 : 10 - rank;
    }
    // libcudnn.so follows libcudnn.so.8.
    return change.rank == Rank::front && change.name.ends_with(".so") ? rank + 1 : rank;
  };
  std::vector<std::size_t> order(changes.size());
  for (std::size_t i = 0; i < order.size(); ++i) {
    order[i] = i;
  }
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t left, std::size_t right) { return place(left) < place(right); });
  return order;
}

}  // namespace cudnn_install
