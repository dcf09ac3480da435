#include <algorithm>

#include "compat/host_answer.h"

namespace cudnn_install {

namespace {

bool may_be_forward(const CompatTables& tables, const CompatQuestion& question) {
  return question.os == OperatingSystem::gnu_linux && tables.rules.forward_since <= question.cuda;
}

PackageOffer offer_of(const CompatTables& tables, const Package& package, MatrixAnswer matrix) {
  const auto first = driver_of_cuda(tables, package.cuda, OperatingSystem::gnu_linux);
  return {.name = package_name(package.cuda),
          .directory = "/usr/local/cuda-" + package.cuda.text() + "/compat",
          .cuda = package.cuda,
          .from = first ? first->text() : std::to_string(package.branch),
          .below = std::to_string(package.branch + 1),
          .matrix = std::move(matrix)};
}

std::vector<int> accepted_brands(const CompatTables& tables) {
  std::vector<int> numbers;
  for (const Brand& brand : tables.brands) {
    if (brand.forward) {
      numbers.push_back(brand.number);
    }
  }
  return numbers;
}

}  // namespace

std::string package_name(const Version& cuda) {
  return "cuda-compat-" + std::to_string(cuda.part(0)) + "-" + std::to_string(cuda.part(1));
}

Version cuda_of_library(const CompatTables& tables, const CompatLibrary& library) {
  if (library.note) {
    return library.note->cuda;
  }
  const int branch = library.driver ? static_cast<int>(library.driver->major()) : 0;
  const auto package = std::ranges::find(tables.packages, branch, &Package::branch);
  return package == tables.packages.end() ? Version() : package->cuda;
}

bool brand_is_known(const CompatQuestion& question) {
  return question.gpu && !question.gpu->brand.empty();
}

std::vector<std::string> forward_assumptions(const CompatQuestion& question) {
  if (brand_is_known(question)) {
    static const std::vector<std::string> workstation = {"quadro", "quadrortx", "nvidiartx"};
    const bool some = std::ranges::find(workstation, question.gpu->brand) != workstation.end();
    return some ? std::vector<std::string>{"this RTX card is one of those that NVIDIA lists for servers"}
                : std::vector<std::string>();
  }
  std::vector<std::string> assumed = {"the GPU is a data-centre GPU or an RTX card for servers: others give error 804"};
  if (!question.gpu || question.gpu->capability.size() == 0) {
    assumed.emplace_back("the package's driver still knows the GPU's generation: else the GPU is gone (error 100)");
  }
  return assumed;
}

std::string brand_refusal(const CompatTables& tables, const CompatQuestion& question,
                          const std::vector<int>& accepted) {
  const Brand* brand = brand_is_known(question) ? find_brand(tables, question.gpu->brand) : nullptr;
  if (brand == nullptr || std::ranges::find(accepted, brand->number) != accepted.end()) {
    return "";
  }
  return "'" + question.gpu->name + "' is of brand " + brand->name +
         ", on which forward compatibility gives error 804: it is for data-centre GPUs, some RTX cards and Jetson";
}

std::string generation_refusal(const CompatTables& tables, const CompatQuestion& question, int branch) {
  const Generation* generation = question.gpu ? find_generation(tables, question.gpu->capability) : nullptr;
  if (generation == nullptr || generation->last_branch == 0 || branch <= generation->last_branch) {
    return "";
  }
  return "branch " + std::to_string(branch) + " no longer knows " + generation->name + " (" +
         question.gpu->capability.text() + "), whose last is " + std::to_string(generation->last_branch) +
         ": the GPU would be gone (error 100)";
}

std::vector<std::string> forward_limits(const CompatTables& tables, const Version& package) {
  const auto row = std::ranges::find_if(
      tables.rules.features, [&](const FeatureRow& each) { return each.major == static_cast<int>(package.major()); });
  std::vector<std::string> limits;
  if (row != tables.rules.features.end() && !row->interop) {
    limits.emplace_back("no interoperation of CUDA with OpenGL or Vulkan (table 4)");
  }
  if (row != tables.rules.features.end() && row->virtual_memory == "attributes") {
    limits.emplace_back(
        "cuMemMap and its kin only where CU_DEVICE_ATTRIBUTE_HANDLE_TYPE_POSIX_FILE_DESCRIPTOR_SUPPORTED and "
        "CU_DEVICE_ATTRIBUTE_VIRTUAL_ADDRESS_MANAGEMENT_SUPPORTED are true (table 4)");
  }
  limits.emplace_back(
      "OpenCL and every other user-mode driver stay those of the host; so do NVML and nvidia-smi (3.3.3)");
  return limits;
}

std::optional<PackageOffer> offered_package(const CompatTables& tables, const CompatQuestion& question,
                                            std::vector<std::string>& refused) {
  if (!may_be_forward(tables, question)) {
    return std::nullopt;
  }
  if (std::string refusal = brand_refusal(tables, question, accepted_brands(tables)); !refusal.empty()) {
    refused.push_back(std::move(refusal));
    return std::nullopt;
  }
  for (const Package& package : tables.packages) {
    if (package.cuda < question.cuda) {
      continue;
    }
    MatrixAnswer matrix = matrix_answer(tables, package, question.driver);
    std::string generation = generation_refusal(tables, question, package.branch);
    if (matrix.cell == Cell::compatible && generation.empty()) {
      return offer_of(tables, package, std::move(matrix));
    }
    // The package that carries the name tells why; of newer ones it is enough that none serves.
    if (package.cuda == question.cuda || refused.empty()) {
      refused.push_back(matrix.cell == Cell::compatible ? package_name(package.cuda) + ": " + generation
                                                        : matrix.reason);
      if (matrix.cell != Cell::compatible) {
        refused.insert(refused.end(), matrix.remarks.begin(), matrix.remarks.end());
      }
    }
  }
  if (refused.empty()) {
    refused.push_back("no forward-compatibility package is known for CUDA " + question.cuda.text() + " or newer");
  }
  return std::nullopt;
}

}  // namespace cudnn_install
