#include "cli/compat_gpus.h"

#include <algorithm>
#include <array>
#include <sstream>

#include "base/text.h"

namespace cudnn_install {

namespace {

std::string trimmed(const std::string& text) {
  const std::size_t begin = text.find_first_not_of(" \t\r\n");
  return begin == std::string::npos ? "" : text.substr(begin, text.find_last_not_of(" \t\r\n") - begin + 1);
}

// The brand that a name which is in no table shows; "" if it shows none.
std::string brand_in_name(const std::string& name) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 6> brands = {{{"GeForce", "geforce"},
                                                                                           {"TITAN", "titan"},
                                                                                           {"Quadro RTX", "quadrortx"},
                                                                                           {"Quadro", "quadro"},
                                                                                           {"Tesla", "tesla"},
                                                                                           {"RTX", "nvidiartx"}}};
  const auto* const found = std::find_if(brands.begin(), brands.end(),
                                         [&](const auto& each) { return name.find(each.first) != std::string::npos; });
  return found == brands.end() ? "" : std::string(found->second);
}

Gpu gpu_named(const CompatTables& tables, const std::string& name, const std::string& capability) {
  const Gpu* known = find_gpu(tables, name);
  Gpu gpu = known != nullptr ? *known : Gpu{.name = name, .brand = brand_in_name(name)};
  gpu.name = name;
  if (const auto version = Version::parse(capability); version && version->size() == 2) {
    gpu.capability = *version;
  }
  return gpu;
}

void add_once(std::vector<Gpu>& gpus, Gpu gpu) {
  if (std::ranges::find(gpus, gpu) == gpus.end()) {
    gpus.push_back(std::move(gpu));
  }
}

// The boards that have no PCI device to be listed: their name is in the device tree.
void add_jetson(std::vector<Gpu>& gpus, const CompatTables& tables, const std::string& model) {
  if (model.find("Jetson") == std::string::npos) {
    return;
  }
  for (const char* board : {"Orin", "Thor"}) {
    if (model.find(board) != std::string::npos) {
      add_once(gpus, gpu_named(tables, board, ""));
    }
  }
}

}  // namespace

// nvidia-smi speaks to the kernel's driver and is not touched by compat libraries; /proc names the models without it.
std::vector<Gpu> gpus_of_machine(const CompatTables& tables, Context& context, const RootView& view) {
  std::vector<Gpu> gpus;
  const std::string program = view.running() ? context.processes.find("nvidia-smi") : "";
  if (!program.empty()) {
    const auto said = context.processes.run({.argv = {program, "--query-gpu=name,compute_cap", "--format=csv,noheader"},
                                             .time_limit = std::chrono::seconds(20)});
    std::istringstream lines(said && said->status == 0 ? said->out : "");
    for (std::string line; std::getline(lines, line);) {
      const std::size_t comma = line.rfind(',');
      if (comma != std::string::npos) {
        add_once(gpus, gpu_named(tables, trimmed(line.substr(0, comma)), trimmed(line.substr(comma + 1))));
      }
    }
  }
  if (gpus.empty() && view.running()) {
    add_jetson(gpus, tables, view.text("/proc/device-tree/model"));
  }
  static const std::string directory = "/proc/driver/nvidia/gpus";
  for (const std::string& name : gpus.empty() ? view.names(directory) : std::vector<std::string>()) {
    std::istringstream lines(view.text(directory + "/" + name + "/information"));
    for (std::string line; std::getline(lines, line);) {
      if (line.starts_with("Model:")) {
        add_once(gpus, gpu_named(tables, trimmed(line.substr(6)), ""));
      }
    }
  }
  return gpus;
}

Result<Gpu> gpu_of(const CompatTables& tables, const std::string& typed) {
  if (const auto capability = Version::parse(typed); capability && capability->size() == 2) {
    return Gpu{.capability = *capability};
  }
  if (const Gpu* known = find_gpu(tables, typed)) {
    return *known;
  }
  std::vector<std::string> names;
  for (const Gpu& gpu : tables.gpus) {
    names.push_back(gpu.name);
  }
  // The nearest three, each nearest of those that are left.
  std::string near;
  for (int i = 0; i < 3; ++i) {
    const std::string next = nearest(typed, names);
    if (next.empty()) {
      break;
    }
    near += (near.empty() ? "" : ", ") + ("'" + next + "'");
    std::erase(names, next);
  }
  return failure(Fault::usage, "no GPU '" + typed + "' is known",
                 near.empty() ? "give its compute capability instead, such as 9.0"
                              : "did you mean " + near + "? A compute capability, such as 9.0, will do too");
}

}  // namespace cudnn_install
