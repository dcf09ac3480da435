// The tables that are built in, and short ways to ask them.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "compat/decision.h"
#include "recipe/embedded.h"
#include "recipe/recipe.h"
#include "support/catch.h"

namespace cudnn_install {

inline std::vector<SourceText> compat_texts() {
  std::vector<SourceText> texts = embedded_recipes();
  std::erase_if(texts, [](const SourceText& text) { return kind_of(text.text) != RecipeKind::compat; });
  return texts;
}

inline const CompatTables& built_in() {
  static const CompatTables tables = [] {
    const auto loaded = load_compat(compat_texts());
    std::string mistakes;
    for (const Error& error : loaded ? std::vector<Error>() : loaded.error()) {
      mistakes += rendered(error) + "\n";
    }
    CHECK(mistakes.empty());
    return loaded.value_or(CompatTables());
  }();
  return tables;
}

inline Version version(std::string_view text) {
  return Version::parse(text).value_or(Version());
}

inline Gpu gpu(std::string_view name) {
  const Gpu* found = find_gpu(built_in(), name);
  REQUIRE(found != nullptr);
  return *found;
}

inline CompatQuestion question(std::string_view driver, std::string_view cuda, std::string_view gpu_name = "A100") {
  CompatQuestion asked{.driver = version(driver), .cuda = version(cuda)};
  if (!gpu_name.empty()) {
    asked.gpu = gpu(gpu_name);
  }
  return asked;
}

// The verdict, with the package where it is forward: "forward cuda-compat-13-0".
inline std::string told(const CompatAnswer& answer) {
  std::string text(name_of(answer.verdict));
  text += answer.verdict == Verdict::forward && answer.package ? " " + answer.package->name : "";
  for (const CompatOption& option : answer.options) {
    text += " + " + (option.package ? option.package->name : std::string("library"));
  }
  return text + (answer.error != 0 ? " " + std::to_string(answer.error) : "");
}

inline std::string verdict(const CompatQuestion& asked) {
  return told(decided(built_in(), asked));
}

inline bool mentions(const std::vector<std::string>& lines, std::string_view word) {
  return std::ranges::any_of(lines, [&](const std::string& line) { return line.find(word) != std::string::npos; });
}

}  // namespace cudnn_install
