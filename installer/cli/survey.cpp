#include "cli/survey.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <ostream>
#include <utility>

#include "cli/request.h"
#include "host/host.h"
#include "recipe/embedded.h"
#include "system/uninterrupted.h"
#include "transaction/package_transaction.h"

namespace cudnn_install {

namespace {

bool is_release(const SourceText& text) {
  return text.file.find("releases/") != std::string::npos;
}

Result<void> readable_archive(const std::string& archive) {
  struct stat facts {};
  if (::stat(archive.c_str(), &facts) != 0) {
    const int code = errno;
    return code == EACCES ? failure(Fault::permission, "may not look at the archive '" + archive + "'")
                          : failure(Fault::usage, "no archive '" + archive + "'", "name a file that exists");
  }
  if (!S_ISREG(facts.st_mode)) {
    return failure(Fault::usage, "the archive '" + archive + "' is not a file");
  }
  const Descriptor file(uninterrupted([&] { return ::open(archive.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK); }));
  if (!file.open()) {
    return tl::unexpected(system_error(errno, "cannot read the archive '" + archive + "'"));
  }
  return {};
}

PrefixFacts assumed_prefix(const Host& host, const std::string& prefix) {
  PrefixFacts facts{.requested = prefix, .resolved = prefix};
  const auto toolkit = std::find_if(host.toolkits.begin(), host.toolkits.end(), [&](const CudaToolkit& each) {
    return each.prefix == prefix || each.resolved == prefix;
  });
  if (toolkit != host.toolkits.end()) {
    facts.resolved = toolkit->resolved.empty() ? prefix : toolkit->resolved;
    facts.exists = true;
    facts.cuda = toolkit->version;
  }
  facts.include = facts.resolved + "/include";
  facts.library = facts.resolved + "/lib64";
  return facts;
}

Result<void> choose_prefix(Request& request, const PlaceOptions& place, Survey& survey) {
  PlaceOptions checked = place;
  checked.root = request.root;
  auto prefix = chosen_prefix(checked, survey.host);
  if (!prefix) {
    return tl::unexpected(prefix.error());
  }
  request.prefix = prefix->path;
  if (!prefix->warning.empty() && !request.compat) {
    survey.warnings.push_back(prefix->warning);
  }
  return {};
}

Result<void> look_into_archive(const Request& request, Survey& survey, Context& context) {
  if (request.compat && request.compat->archive) {
    return {};  // it has been read
  }
  if (is_package_method(request.method)) {
    auto installer = installer_facts(request, context.processes);
    if (!installer) {
      return tl::unexpected(installer.error());
    }
    survey.installer = std::move(*installer);
    return {};
  }
  auto glance = glance_of(request, survey.book.catalogue);
  if (!glance) {
    return tl::unexpected(glance.error());
  }
  survey.glance = *glance;
  return {};
}

Result<void> look_here(Request& request, const PlaceOptions& place, Survey& survey, Context& context) {
  if (auto looked = look_into_archive(request, survey, context); !looked) {
    return looked;
  }
  survey.host = probed_host(request.root);
  if (auto good = choose_prefix(request, place, survey); !good) {
    return good;
  }
  survey.prefix = probed_prefix(request.root, request.prefix);
  auto state = prefix_state(request.root, request.prefix);
  if (!state) {
    return tl::unexpected(state.error());
  }
  survey.state = std::move(*state);
  return look_at_packages(request, survey, context);
}

Result<void> look_elsewhere(Request& request, const SurveyOptions& options, Survey& survey) {
  const auto text = file_text(options.host_file, Fault::usage);
  auto host = text ? host_from_json(*text, options.host_file) : Result<Host>(tl::unexpected(text.error()));
  if (!host) {
    return tl::unexpected(host.error());
  }
  survey.host = std::move(*host);
  if (auto good = choose_prefix(request, options.place, survey); !good) {
    return good;
  }
  survey.prefix = assumed_prefix(survey.host, request.prefix);
  return {};
}

}  // namespace

Result<std::optional<ArchiveGlance>> glance_of(const Request& request, const Catalogue& catalogue) {
  if (request.archives.empty() || is_url(request.archives.front())) {
    return std::optional<ArchiveGlance>{};
  }
  if (auto readable = readable_archive(request.archives.front()); !readable) {
    return tl::unexpected(readable.error());
  }
  const auto expected = expectation_of(request, catalogue);
  if (!expected) {
    return tl::unexpected(expected.error());
  }
  auto glance = glance_at(request.archives.front(), *expected);
  if (!glance) {
    return tl::unexpected(glance.error());
  }
  return std::optional<ArchiveGlance>(std::move(*glance));
}

Result<std::string> file_text(const std::string& path, Fault absent) {
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int code = errno;
    return code == EACCES ? failure(Fault::permission, "may not read '" + path + "'")
                          : failure(absent, "cannot read '" + path + "'", "name a file that exists");
  }
  std::string text{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) {
    return failure(Fault::storage, "cannot read '" + path + "'");
  }
  return text;
}

Result<std::vector<SourceText>> recipe_texts(const std::string& directory) {
  if (directory.empty()) {
    return embedded_recipes();
  }
  return recipes_in(directory);
}

Result<RecipeBook> recipe_book(const std::string& directory, Context& context) {
  auto texts = recipe_texts(directory);
  if (!texts) {
    return tl::unexpected(texts.error());
  }
  const auto first_release =
      std::stable_partition(texts->begin(), texts->end(), [](const SourceText& text) { return !is_release(text); });
  std::vector<SourceText> releases(std::make_move_iterator(first_release), std::make_move_iterator(texts->end()));
  texts->erase(first_release, texts->end());
  auto recipes = or_mistakes(load_recipes(*texts), context);
  if (!recipes) {
    return tl::unexpected(recipes.error());
  }
  return RecipeBook{.recipes = std::move(*recipes), .catalogue = Catalogue(std::move(releases))};
}

Result<Expectation> expectation_of(const Request& request, const Catalogue& catalogue) {
  auto match = promised(request, catalogue);
  if (!match) {
    return tl::unexpected(match.error());
  }
  const auto artifact = *match ? std::optional((*match)->artifact) : std::nullopt;
  return Expectation{.sha256 = request.sha256 ? request.sha256
                               : artifact     ? std::optional(artifact->sha256)
                                              : std::nullopt,
                     .instead = [&catalogue, artifact](const ReadArchive& found) {
                       return told_apart(catalogue, artifact, found.sha256, found.size);
                     }};
}

Result<void> look_at_packages(const Request& request, Survey& survey, Context& context) {
  auto packages = packages_state(context.files, package_state(request.root, context));
  if (!packages) {
    return tl::unexpected(packages.error());
  }
  survey.package_receipts = std::move(packages->receipts);
  std::erase_if(survey.package_receipts,
                [&](const PackageReceipt& receipt) { return is_compat(receipt) != request.compat.has_value(); });
  return {};
}

Result<Survey> surveyed(Request& request, const SurveyOptions& options, Context& context) {
  Survey survey;
  if (options.books == Books::open) {
    auto book = recipe_book(options.choice.recipes, context);
    if (!book) {
      return tl::unexpected(book.error());
    }
    survey.book = std::move(*book);
  }
  auto looked = options.host_file.empty() ? look_here(request, options.place, survey, context)
                                          : look_elsewhere(request, options, survey);
  if (!looked) {
    return tl::unexpected(looked.error());
  }
  return survey;
}

}  // namespace cudnn_install
