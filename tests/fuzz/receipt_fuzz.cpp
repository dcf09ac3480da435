// The receipt: a value that is written as it was read, or a fault that can be shown. No path of it leads out.
#include "fuzz/sealed_input.h"
#include "receipt/receipt.h"

using namespace cudnn_install;

namespace {

void require_inside(const Installation& installation) {
  for (const InstalledPath& installed : installation.paths) {
    require(TargetPath::parse(installed.path.text()).has_value());
    require(!installed.displaced || TargetPath::parse(installed.displaced->where).has_value());
  }
}

void judge(const std::string& text) {
  const auto receipt = receipt_from_json(text, "receipt.json");
  if (!receipt) {
    require(receipt.error().fault == Fault::conflict || receipt.error().fault == Fault::unsupported);
    require_showable(receipt.error());
    return;
  }
  for (const Installation& installation : receipt->installations) {
    require_inside(installation);
  }
  if (receipt->previous) {
    require_inside(receipt->previous->installation);
    require(receipt->previous->kept.size() == receipt->previous->installation.paths.size());
  }
  require(receipt_from_json(to_json(*receipt), "receipt.json") == *receipt);
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
