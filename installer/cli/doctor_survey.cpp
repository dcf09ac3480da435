#include <algorithm>
#include <map>

#include "cli/compat.h"
#include "cli/doctor.h"
#include "cli/prefixes.h"
#include "cli/request.h"
#include "host/root_view.h"
#include "packages/text_lines.h"
#include "transaction/package_transaction.h"

namespace cudnn_install {

namespace {

constexpr const char* loader_directory = "/etc/ld.so.conf.d";

std::string detail_of(const Finding& finding) {
  return std::string(name_of(finding.damage)) + " " + finding.path +
         (finding.detail.empty() ? "" : ": " + finding.detail);
}

std::string directory_of_library(const CompatLibrary& library) {
  return library.path.substr(0, library.path.rfind('/'));
}

// Why the library does harm here; "" if it does none.
std::string harm_of(const CompatTables& tables, const CompatQuestions& asked, const CompatLibrary& library) {
  std::vector<CompatAnswer> answers;
  for (CompatQuestion question : asked.questions) {
    question.library = library;
    question.cuda = question.cuda.size() > 0 ? question.cuda : cuda_of_library(tables, library);
    answers.push_back(decided(tables, question));
  }
  const CompatAnswer& answer = decisive(answers);
  if (answer.verdict != Verdict::harmful) {
    return {};
  }
  return answer.reasons.front() + (answer.error != 0 ? " (error " + std::to_string(answer.error) + ")" : "");
}

struct Taken {
  std::string file{};
  int line = 0;
  std::string directory{};
};

// What puts directories before the system's own: the loader's configuration and the caller's variable.
std::vector<Taken> search_path(const RootView& view, const Context& context) {
  std::vector<Taken> found;
  for (const std::string& name : view.names(loader_directory)) {
    const std::string file = std::string(loader_directory) + "/" + name;
    const std::vector<std::string> lines =
        name.ends_with(".conf") ? lines_of(view.text(file)) : std::vector<std::string>();
    for (std::size_t at = 0; at < lines.size(); ++at) {
      found.push_back({file, static_cast<int>(at) + 1, std::string(trimmed(lines[at]))});
    }
  }
  std::string variable = view.running() ? context.variable("LD_LIBRARY_PATH") : "";
  std::ranges::replace(variable, ':', ' ');
  for (const std::string& directory : words_of(variable)) {
    found.push_back({"LD_LIBRARY_PATH", 0, directory});
  }
  return found;
}

// The directories that we have filled, by packages or as files, each with its CUDA.
std::map<std::string, std::string> our_libraries(const std::string& root, const RootView& view, Context& context) {
  std::map<std::string, std::string> found;
  const auto add = [&](const std::string& directory, const std::string& cuda) {
    if (const auto resolved = view.resolved(directory)) {
      found[*resolved] = cuda;
    }
  };
  const auto packages = packages_state(context.files, package_state(root, context));
  for (const PackageReceipt& receipt : packages ? packages->receipts : std::vector<PackageReceipt>()) {
    if (is_compat(receipt)) {
      add("/usr/local/cuda-" + receipt.cuda + "/compat", receipt.cuda);
    }
  }
  const auto reports = prefix_reports({.prefix = {}, .root = root}, context);
  for (const PrefixReport& report : reports ? *reports : std::vector<PrefixReport>()) {
    const std::optional<Receipt>& receipt = report.state.receipt;
    for (const Installation& each : receipt ? receipt->installations : std::vector<Installation>()) {
      if (is_compat(each)) {
        add(report.prefix, each.cuda);
      }
    }
  }
  return found;
}

}  // namespace

void add_damage(const std::string& root, const Context& context, Observed& observed) {
  const PlaceOptions place{.prefix = {}, .root = root};
  const auto reports = prefix_reports(place, context);
  for (const PrefixReport& report : reports ? *reports : std::vector<PrefixReport>()) {
    if (!report.state.receipt || report.state.standstill != Standstill::none) {
      continue;
    }
    const std::string directory = directory_of(place, report.prefix);
    std::vector<Finding> findings = damage_of(*report.state.receipt, directory, Depth::stat);
    for (const Installation& installation : report.state.receipt->installations) {
      std::ranges::move(broken_chains(installation, directory), std::back_inserter(findings));
    }
    DamagedPrefix damaged{.prefix = report.prefix, .details = {}};
    std::ranges::transform(findings, std::back_inserter(damaged.details), detail_of);
    if (!damaged.details.empty()) {
      observed.damaged.push_back(std::move(damaged));
    }
  }
}

void add_harmful_compat(const std::string& root, const std::string& recipes, Context& context, Observed& observed) {
  const auto tables = compat_tables(recipes, context);
  const CompatWords words{.root = root, .recipes = recipes, .cuda_follows = true};
  const auto asked = tables ? compat_questions(*tables, words, context) : tl::unexpected(tables.error());
  if (!asked) {  // no driver: nothing can be said
    return;
  }
  const RootView view(root);
  const std::map<std::string, std::string> ours = our_libraries(root, view, context);
  const std::string link = std::string(shared_directory) + "/" + shared_link;
  for (const CompatLibrary& library : asked->installed) {
    const std::string reason = harm_of(*tables, *asked, library);
    if (reason.empty()) {
      continue;
    }
    const std::string directory = directory_of_library(library);
    const auto own = ours.find(directory);
    const std::string cuda = own == ours.end() ? "" : own->second;
    const bool shared = asked->shared == directory;
    if (shared || !cuda.empty()) {
      observed.harmful.push_back({shared ? link : "", 0, library.path, reason, shared, cuda});
    }
    for (const Taken& taken : search_path(view, context)) {
      if (taken.directory != link && taken.directory.starts_with('/') && view.resolved(taken.directory) == directory) {
        observed.harmful.push_back({taken.file, taken.line, library.path, reason, false, ""});
      }
    }
  }
}

}  // namespace cudnn_install
