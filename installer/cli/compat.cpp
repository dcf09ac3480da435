// compat check | matrix | explain | why | install | uninstall | activate | deactivate | clauses
#include "cli/compat.h"

#include <algorithm>
#include <memory>

#include "cli/commands.h"

namespace cudnn_install {

const CompatAnswer& decisive(const std::vector<CompatAnswer>& answers) {
  const auto rank = [](const CompatAnswer& answer) {
    switch (answer.verdict) {
      case Verdict::harmful:
        return 5;
      case Verdict::unsupported:
        return 4;
      case Verdict::forward:
        return 3;
      case Verdict::minor_version:
        return 2;
      case Verdict::backward:
        return 1;
      case Verdict::not_needed:
        break;
    }
    return 0;
  };
  return *std::max_element(answers.begin(), answers.end(),
                           [&](const CompatAnswer& one, const CompatAnswer& other) { return rank(one) < rank(other); });
}

std::optional<Fault> fault_of(Verdict verdict) {
  return verdict == Verdict::unsupported || verdict == Verdict::harmful ? std::optional(Fault::unsupported)
                                                                        : std::nullopt;
}

void add_machine_options(Definition& part, CompatWords& words, const std::string& group) {
  part.text({.names = "--driver",
             .value = "VERSION",
             .text = "Kernel driver; default: the one that is loaded here",
             .group = group},
            words.driver);
  part.text({.names = "--gpu",
             .value = "NAME",
             .text = "GPU by its name or compute capability; default: those that are here",
             .group = group},
            words.gpu);
}

Run add_compat(Definition& definition) {
  auto parts = std::make_shared<std::vector<CompatPart>>();
  for (const auto add : {compat_check, compat_matrix, compat_explain, compat_why, compat_install, compat_uninstall,
                         compat_activate, compat_deactivate, compat_clauses}) {
    parts->push_back(add(definition));
  }
  return [parts](Context& context) -> Result<Outcome> {
    const auto chosen = std::ranges::find_if(*parts, [](const CompatPart& part) { return part.definition.chosen(); });
    return chosen->run(context);
  };
}

}  // namespace cudnn_install
