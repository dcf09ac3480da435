// The journal: a value that is written as it was read, or "needs settling". No name of it leads out, and an order of
// its changes exists in both directions.
#include <algorithm>
#include <numeric>

#include "fuzz/sealed_input.h"
#include "transaction/journal.h"

using namespace cudnn_install;

namespace {

void require_whole_order(const Journal& journal, Direction direction) {
  std::vector<std::size_t> order = order_of(journal.changes, direction);
  std::sort(order.begin(), order.end());
  std::vector<std::size_t> each(journal.changes.size());
  std::iota(each.begin(), each.end(), std::size_t{0});
  require(order == each);
}

void judge(const std::string& text) {
  const auto journal = journal_from_json(text, "journal");
  if (!journal) {
    require(journal.error().fault == Fault::needs_settling);
    require_showable(journal.error());
    return;
  }
  for (const PathChange& change : journal->changes) {
    require(change.directory < journal->directories.size() && change.name.find('/') == std::string::npos);
    require(change.name != ".." && change.name != "." && !change.name.empty());
    require(change.kept.empty() || TargetPath::parse(change.kept).has_value());
  }
  require_whole_order(*journal, Direction::forward);
  require_whole_order(*journal, Direction::backward);
  require(journal_from_json(to_json(*journal), "journal") == *journal);
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string text = text_of(data, size);
  judge(text);
  if (const auto whole = sealed_input(text)) {
    judge(*whole);
  }
  return 0;
}
