#include "compat/requirement.h"

#include <algorithm>
#include <array>
#include <cctype>

#include "base/text.h"

namespace cudnn_install {

namespace {

std::vector<std::string_view> pieces(std::string_view text, std::string_view separators) {
  std::vector<std::string_view> parts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find_first_of(separators), text.size());
    if (end > 0) {
      parts.push_back(text.substr(0, end));
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return parts;
}

struct Condition {
  std::string property{};
  std::string sign{};
  std::string value{};
};

Result<Condition> parsed_condition(std::string_view text) {
  const std::size_t begin = text.find_first_of("=!<>");
  const std::size_t end = begin == std::string_view::npos ? begin : text.find_first_not_of("=!<>", begin);
  const auto refuse = [&](const std::string& hint) {
    return failure(Fault::usage, "'" + std::string(text) + "' is no condition of NVIDIA_REQUIRE_CUDA", hint);
  };
  if (begin == std::string_view::npos || end == std::string_view::npos || begin == 0) {
    return refuse("write a property, a sign and a value, such as cuda>=12.4");
  }
  Condition condition{.property = std::string(text.substr(0, begin)),
                      .sign = std::string(text.substr(begin, end - begin)),
                      .value = std::string(text.substr(end))};
  static const std::vector<std::string> signs = {"=", "!=", "<", "<=", ">", ">="};
  static const std::vector<std::string> properties = {"cuda", "driver", "arch", "brand"};
  if (std::ranges::find(signs, condition.sign) == signs.end()) {
    return refuse("signs are = != < <= > >=");
  }
  if (std::ranges::find(properties, condition.property) == properties.end()) {
    const std::string near = nearest(condition.property, properties);
    return refuse(near.empty() ? "properties are cuda, driver, arch and brand" : "did you mean '" + near + "'?");
  }
  if (condition.property == "brand" ? condition.sign.find('=') == std::string::npos || condition.sign.size() > 2 ||
                                          condition.sign[0] == '<' || condition.sign[0] == '>'
                                    : !Version::parse(condition.value)) {
    return refuse(condition.property == "brand" ? "a brand can only be equal or not" : "expected a version");
  }
  return condition;
}

bool compared(const std::string& sign, std::strong_ordering order) {
  return sign == "="    ? order == std::strong_ordering::equal
         : sign == "!=" ? order != std::strong_ordering::equal
         : sign == "<"  ? order < 0
         : sign == "<=" ? order <= 0
         : sign == ">"  ? order > 0
                        : order >= 0;
}

// "" where the condition holds.
std::string failure_of(const Condition& condition, const RequirementFacts& facts) {
  const std::string text = condition.property + condition.sign + condition.value;
  if (condition.property == "brand") {
    if (facts.brand.empty()) {
      return text + ": the GPU's brand is not known";
    }
    const bool equal = facts.brand == condition.value;
    return equal == (condition.sign == "=") ? "" : text + ": the GPU is of brand " + facts.brand;
  }
  const std::optional<Version>& actual = condition.property == "cuda"     ? facts.cuda
                                         : condition.property == "driver" ? facts.driver
                                                                          : facts.arch;
  if (!actual) {
    return text + ": it is not known here";
  }
  const Version wanted = Version::parse(condition.value).value_or(Version());
  return compared(condition.sign, *actual <=> wanted) ? "" : text + ": here it is " + actual->text();
}

bool is_true(const std::string& word) {
  static constexpr std::array<std::string_view, 6> words = {"1", "t", "T", "true", "TRUE", "True"};
  return std::ranges::find(words, word) != words.end();
}

// libnvidia-container compares the digits as text, as far as the shorter one goes.
HookChoice by_text(const CompatLibrary& library, const Version& driver) {
  HookChoice choice{.generation = "libnvidia-container"};
  const std::string version = library.driver ? library.driver->text() : "";
  choice.takes_image = !version.empty() && version > driver.text().substr(0, version.size());
  choice.reason = "compares '" + version + "' and '" + driver.text() + "' as texts";
  return choice;
}

HookChoice by_major(const CompatLibrary& library, const Version& driver) {
  HookChoice choice{.generation = "container toolkit 1.18"};
  choice.takes_image = library.driver && library.driver->major() > driver.major();
  choice.reason = "compares the driver branches alone";
  return choice;
}

HookChoice by_note(const CompatLibrary& library, const Version& driver) {
  HookChoice choice = by_major(library, driver);
  choice.generation = "container toolkit 1.20";
  if (library.note && !library.note->branches.empty() && library.driver) {
    const auto& branches = library.note->branches;
    const bool listed = std::ranges::find(branches, static_cast<int>(driver.major())) != branches.end();
    choice.takes_image = listed && *library.driver > driver;
    choice.reason = listed ? "the note lists the host's branch, and the versions are compared"
                           : "the note does not list the host's branch";
  } else {
    choice.reason += ", for want of a note";
  }
  return choice;
}

}  // namespace

Result<RequirementResult> evaluated_requirement(std::string_view expression, const RequirementFacts& facts) {
  RequirementResult result;
  const std::vector<std::string_view> alternatives = pieces(expression, " \t\n");
  result.holds = alternatives.empty();
  for (const std::string_view alternative : alternatives) {
    bool all = true;
    for (const std::string_view text : pieces(alternative, ",")) {
      const Result<Condition> condition = parsed_condition(text);
      if (!condition) {
        return tl::unexpected(condition.error());
      }
      if (std::string failed = failure_of(*condition, facts); !failed.empty()) {
        all = false;
        result.reasons.push_back(std::move(failed));
      }
    }
    result.holds = result.holds || all;
  }
  if (result.holds) {
    result.reasons.clear();
  }
  return result;
}

ImageRequirement requirement_of(const std::map<std::string, std::string>& environment) {
  static constexpr std::string_view prefix = "NVIDIA_REQUIRE_";
  ImageRequirement image;
  for (const auto& [name, value] : environment) {
    if (name.starts_with(prefix) && !value.empty()) {
      image.expressions.emplace_back(name, value);
    }
    if (name == "NVIDIA_DISABLE_REQUIRE") {
      image.disabled = is_true(value);
    }
  }
  const auto legacy = environment.find("CUDA_VERSION");
  const bool has_cuda = environment.count("NVIDIA_REQUIRE_CUDA") > 0;
  const Result<Version> version = Version::parse(legacy == environment.end() ? "" : legacy->second);
  if (!has_cuda && version) {
    image.expressions.emplace_back("CUDA_VERSION", "cuda>=" + version->first(2));
  }
  return image;
}

std::vector<HookChoice> hook_choices(const CompatLibrary& library, const Version& driver) {
  return {by_note(library, driver), by_major(library, driver), by_text(library, driver)};
}

}  // namespace cudnn_install
