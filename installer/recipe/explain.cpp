#include "recipe/explain.h"

#include <algorithm>

#include "base/text.h"
#include "recipe/clause.h"

namespace cudnn_install {

namespace {

std::string listed(const std::vector<std::string>& words) {
  return words.empty() ? "none" : joined(words, ", ");
}

std::string padded(std::string text, std::size_t width) {
  text.resize(std::max(text.size(), width), ' ');
  return text;
}

std::string line(const std::string& name, const std::string& text) {
  return "  " + padded(name, 19) + text + '\n';
}

std::string pairs(const std::map<std::string, std::string>& map) {
  std::vector<std::string> words;
  words.reserve(map.size());
  for (const auto& [key, value] : map) {
    words.push_back(key);
    if (key != value) {
      words.back().append(" (").append(value).append(")");
    }
  }
  return listed(words);
}

template <class T>
std::string section(const std::string& heading, const std::vector<T>& recipes) {
  std::string text = heading + ":\n";
  for (const T& recipe : recipes) {
    text += line(recipe.name, recipe.title);
  }
  return text;
}

std::string described(const Layout& layout) {
  std::string text = "  " + layout.from.text() + " to " + layout.until.text() + ".x";
  text += layout.platforms.empty() ? "" : " for " + listed(layout.platforms);
  if (!layout.refused.empty()) {
    return text + ": refused, " + layout.refused + '\n';
  }
  return text + ": " + layout.top + "/{" + layout.include + ", " + layout.library + ", " + layout.license + "}, " +
         listed(layout.suffixes) + '\n';
}

std::string packed_with(const Packing& packing) {
  return packing.compression + " -" + std::to_string(packing.level) + ", " + std::to_string(packing.threads) +
         (packing.threads == 1 ? " thread" : " threads");
}

struct DescribeStep {
  std::string operator()(const UnpackTemplate& step) const { return "tar -xvf " + step.archive; }
  std::string operator()(const CopyTemplate& step) const {
    return std::string(step.links == Links::keep ? "cp -P " : "cp ") + step.from + " " + step.to;
  }
  std::string operator()(const ChmodTemplate& step) const {
    std::string text = "chmod " + step.mode;
    for (const std::string& path : step.paths) {
      text += " " + path;
    }
    return text;
  }
  std::string operator()(const InstallFileTemplate& step) const {
    return "install the package file " + step.file + step.url;
  }
  std::string operator()(const CopyKeyringTemplate& step) const { return "cp " + step.from + " " + step.to; }
  std::string operator()(const AddRepositoryTemplate& step) const { return "add the repository " + step.url; }
  std::string operator()(const RefreshTemplate& /*step*/) const { return "refresh the package lists"; }
  std::string operator()(const InstallPackageTemplate& step) const { return "install the package: " + step.kind; }
};

std::string spoken(const Manager& manager) {
  return manager.speaks + (manager.strict_refresh ? ", strict refresh" : "") + ", " +
         (manager.pin.empty() ? "holds no version" : "holds versions by " + manager.pin);
}

}  // namespace

std::string described(const StepTemplate& step) {
  return std::visit(DescribeStep(), step);
}

std::string listed(const Recipes& recipes) {
  return section("methods", recipes.methods) + section("distros", recipes.distros) +
         section("products", recipes.products);
}

std::string explained(const Method& method) {
  std::string text = "method " + method.name + ": " + method.title + "\n" + method.document + ", section " +
                     method.section + "\n" + (method.tree.empty() ? "" : "repositories below " + method.tree + "\n") +
                     "\nneeds first:\n";
  for (const Prerequisite& prerequisite : method.prerequisites) {
    text += line(clause_text(prerequisite.clause), prerequisite.name);
  }
  text += "\nsteps:\n";
  for (const MethodStep& step : method.steps) {
    text += line(clause_text(step.clause), described(step.step));
    text += step.note.empty() ? "" : line("", "note: " + step.note);
  }
  return text;
}

std::string explained(const Distro& distro) {
  std::string text = "distro " + distro.name + ": " + distro.title + '\n';
  for (const DistroMatch& match : distro.match) {
    std::vector<std::string> versions;
    versions.reserve(match.versions.size());
    for (const Version& version : match.versions) {
      versions.push_back(version.text());
    }
    text += line("recognised by", "ID=" + match.id + (versions.empty() ? "" : " VERSION_ID=" + listed(versions)));
  }
  text += line("fall-back for", listed(distro.like));
  text += line("row of the guide", distro.in_guide ? "yes" : "no");
  text += line("package manager", std::string(name_of(distro.family)));
  text += distro.manager.speaks.empty() ? "" : line("spoken to as", spoken(distro.manager));
  text += line("repositories", pairs(distro.arch));
  text += distro.repository.word.empty() ? "" : line("called there", distro.repository.word);
  text += line("prerequisites", pairs(distro.prerequisites));
  text += distro.library_directory.empty() ? "" : line("library directory", distro.library_directory);
  text += distro.glibc ? line("glibc", distro.glibc->text()) : "";
  text += line("reads", listed(distro.compression));
  text += distro.packing.compression.empty() ? "" : line("packed with", packed_with(distro.packing));
  text += line("methods", listed(distro.methods));
  for (const auto& [method, reason] : distro.refused) {
    text += line("not " + method, reason);
  }
  return text;
}

std::string explained(const Product& product) {
  std::string text = "product " + product.name + ": " + product.title + "\n";
  if (!product.document.empty()) {
    text += product.document + ", section " + product.section + "\n\npackages, one for each CUDA:\n";
    for (const PackageSet& set : product.packages.sets) {
      text += line(set.kind, set.name.deb + " (deb), " + set.name.rpm + " (rpm)");
    }
    return text;
  }
  text += "\narchives:\n";
  for (const Layout& layout : product.layouts) {
    text += described(layout);
  }
  text += "\ncomponents:\n";
  for (const Component& component : product.components) {
    text += line(component.name, listed(component.globs));
  }
  text += "\nfiles of every release:\n";
  text += line("headers", listed(product.headers));
  text += line("libraries", listed(product.libraries));
  text += line("version header", product.version_header);
  return text;
}

}  // namespace cudnn_install
