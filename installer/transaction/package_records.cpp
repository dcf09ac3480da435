#include "transaction/package_records.h"

#include <utility>

#include "system/resolve.h"
#include "transaction/index.h"
#include "transaction/state_directory.h"

namespace cudnn_install {

namespace {

constexpr const char* folder = "/packages";
constexpr std::string_view ending = ".json";

}  // namespace

Result<PackageRecords> PackageRecords::made(Files& files, const std::string& state) {
  auto directory = directory_made(files, state + folder);
  const auto ours = directory ? believable(*directory) : tl::unexpected(directory.error());
  return ours ? Result<PackageRecords>(PackageRecords(files, std::move(*directory))) : tl::unexpected(ours.error());
}

Result<std::optional<PackageRecords>> PackageRecords::existing(Files& files, const std::string& state) {
  auto found = resolve("/", state + folder, Caution::trusting);
  if (!found) {
    return tl::unexpected(found.error());
  }
  if (!found->missing.empty()) {
    return std::optional<PackageRecords>();
  }
  if (const auto ours = believable(found->directory); !ours) {
    return tl::unexpected(ours.error());
  }
  return std::optional(PackageRecords(files, std::move(found->directory)));
}

Result<std::optional<PackageJournal>> PackageRecords::journal() const {
  const auto text = small_file(*files_, directory_, journal_name);
  if (!text || !*text) {
    return text ? Result<std::optional<PackageJournal>>(std::nullopt) : tl::unexpected(text.error());
  }
  return package_journal_from_json(**text, directory_.path + "/" + journal_name).map([](PackageJournal journal) {
    return std::optional(std::move(journal));
  });
}

Result<void> PackageRecords::write(const PackageJournal& journal) const {
  return replace_file(*files_, directory_, journal_name, to_json(journal));
}

Result<void> PackageRecords::remove_journal() const {
  return remove_durably(*files_, directory_, journal_name);
}

Result<std::vector<PackageReceipt>> PackageRecords::receipts() const {
  std::vector<PackageReceipt> receipts;
  const auto names = files_->names(directory_);
  if (!names) {
    return tl::unexpected(names.error());
  }
  for (const std::string& name : *names) {
    if (!name.ends_with(ending)) {
      continue;
    }
    const auto text = small_file(*files_, directory_, name);
    auto receipt = text && *text ? package_receipt_from_json(**text, directory_.path + "/" + name)
                                 : Result<PackageReceipt>(tl::unexpected(text ? Error{} : text.error()));
    if (!receipt) {
      return tl::unexpected(receipt.error());
    }
    receipts.push_back(std::move(*receipt));
  }
  return receipts;
}

Result<void> PackageRecords::write(const PackageReceipt& receipt) const {
  return replace_file(*files_, directory_, receipt.product + std::string(ending), to_json(receipt));
}

Result<void> PackageRecords::remove(const PackageReceipt& receipt) const {
  return remove_durably(*files_, directory_, receipt.product + std::string(ending));
}

}  // namespace cudnn_install
