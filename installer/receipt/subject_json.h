// Subjects and managers as JSON, for the package receipt and the package journal. Included by their .cpp files only:
// what is thrown here ends there.
#pragma once

#include <string>
#include <vector>

#include "receipt/entry_json.h"
#include "receipt/package_receipt.h"

namespace cudnn_install {

Json json_of(const Subject& subject);
Subject subject_from(const Json& json);  // throws Malformed and nlohmann::json::exception

Json json_of(const PackageReceipt& receipt);
PackageReceipt package_receipt_from(const Json& json);  // likewise

}  // namespace cudnn_install
