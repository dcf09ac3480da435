// The closed lists of words that recipes are written with. recipes/schema repeats them for editors.
#pragma once

#include <string>
#include <vector>

#include "base/document.h"

namespace cudnn_install {

const std::vector<std::string>& method_words();        // tar, deb-local …: the ways of the command line
const std::vector<std::string>& platform_words();      // linux-x86_64 …: as archives are named
const std::vector<std::string>& arch_words();          // x86_64 …: as --arch takes them
const std::vector<std::string>& prerequisite_words();  // driver, toolkit, zlib
const std::vector<std::string>& component_words();     // runtime, dev, static, samples
const std::vector<std::string>& compression_words();   // gzip, bzip2, xz, zstd
const std::vector<std::string>& package_words();       // runtime, headers, dev, static, samples
const std::vector<std::string>& content_words();  // what a package holds: libraries, headers, static, links, samples
const std::vector<std::string>& speech_words();   // apt, dnf, dnf5, yum, zypper, tdnf: how a manager is spoken to
const std::vector<std::string>& pin_words();      // preferences, versionlock, zypper-lock, none: how it holds a version

// A list whose entries are among `words`.
std::vector<std::string> list_of(const Value& value, const std::vector<std::string>& words);
// The name of a recipe: a-z, 0-9 and '-', a letter first.
std::string recipe_name(const Value& value);

}  // namespace cudnn_install
