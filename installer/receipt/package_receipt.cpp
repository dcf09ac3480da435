#include "receipt/package_receipt.h"

#include <limits>

#include <nlohmann/json.hpp>

#include "receipt/subject_json.h"

namespace cudnn_install {

namespace {

constexpr const char* way_out = "move it aside: what was installed stays, and the package manager itself can remove it";

}  // namespace

bool is_compat(const PackageReceipt& receipt) {
  return receipt.product.starts_with("cuda-compat-");
}

std::string title_of(const PackageReceipt& receipt) {
  return is_compat(receipt) ? receipt.product + " " + receipt.version
                            : "cuDNN " + receipt.version + " for CUDA " + receipt.cuda;
}

std::string to_json(const PackageReceipt& receipt) {
  return sealed(json_of(receipt));
}

Result<PackageReceipt> package_receipt_from_json(const std::string& text, const std::string& file) {
  try {
    const Json json = unsealed(text);
    const auto schema = number_up_to(std::numeric_limits<std::uint32_t>::max(), json.at("schema"));
    if (schema != package_receipt_schema) {
      return failure(Fault::unsupported,
                     "'" + file + "' has schema " + std::to_string(schema) + ", this program reads " +
                         std::to_string(package_receipt_schema),
                     "use the cudnn-install that wrote it, or a newer one");
    }
    return package_receipt_from(json);
  } catch (const nlohmann::json::exception&) {
    return failure(Fault::conflict, "the receipt '" + file + "' is damaged", way_out);
  } catch (const Malformed& malformed) {
    return failure(Fault::conflict, "the receipt '" + file + "' is damaged: " + malformed.what, way_out);
  }
}

}  // namespace cudnn_install
