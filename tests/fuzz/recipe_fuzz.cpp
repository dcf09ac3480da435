// The reader of recipes and releases: a value, or mistakes that can be shown.
#include "fuzz/target.h"
#include "recipe/recipe.h"
#include "release/release.h"

using namespace cudnn_install;

namespace {

template <class T>
void judge(const Loaded<T>& loaded) {
  if (loaded) {
    return;
  }
  require(!loaded.error().empty());
  for (const Error& error : loaded.error()) {
    require(error.fault == Fault::recipe && error.where.has_value());
    require_showable(error);
  }
}

}  // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Its first letter says what it is, as in the kept inputs.
  const std::string text = text_of(data, size);
  switch (text.empty() ? '\0' : text.front()) {
    case 'm':
      judge(load_method({.file = "methods/tar.yaml", .text = text}));
      break;
    case 'p':
      judge(load_product({.file = "products/cudnn8.yaml", .text = text}));
      break;
    case 'r':
      judge(load_release({.file = "releases/8.9.6.50.yaml", .text = text}));
      break;
    default:
      judge(load_distro({.file = "distros/debian12.yaml", .text = text}));
  }
  return 0;
}
