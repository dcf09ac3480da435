// What the authors of recipes want, as plain data. Three kinds of file: distros, methods, products (recipes/README.md).
// Everything is checked when it is loaded; the planner need not ask again.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/document.h"
#include "base/error.h"
#include "base/package_manager.h"
#include "base/version.h"

namespace cudnn_install {

// The clause of NVIDIA's guide that a step fulfils: {"1.3.1", "step 3"}.
struct Clause {
  std::string section{};
  std::string step{};
  bool operator==(const Clause&) const = default;
};

// Texts in step templates may hold ${archive} (the path of the archive or of the local installer), ${cuda} (the CUDA
// directory), ${include} and ${lib} (the archive's own directories, from its Layout), ${repository} (URL of the network
// repository, without a slash at its end) and ${distro} (the repository's word for it); the planner fills them in.
struct UnpackTemplate {
  std::string archive{};
  bool operator==(const UnpackTemplate&) const = default;
};
enum class Links { follow, keep };  // cp, cp -P
struct CopyTemplate {
  std::string from{};  // glob below the archive's top directory: ${lib}/libcudnn*
  std::string to{};    // directory: ${cuda}/lib64
  Links links = Links::follow;
  bool operator==(const CopyTemplate&) const = default;
};
struct ChmodTemplate {
  std::string mode{};  // as chmod(1) takes it: a+r
  std::vector<std::string> paths{};
  bool operator==(const ChmodTemplate&) const = default;
};
struct InstallFileTemplate {  // a package file: in hand or of the web, the other is ""
  std::string file{};         // ${archive}
  std::string url{};          // ${repository}/cuda-keyring_1.1-1_all.deb
  bool operator==(const InstallFileTemplate&) const = default;
};
struct CopyKeyringTemplate {
  std::string from{};  // glob: /var/cudnn-local-repo-*/cudnn-local-*-keyring.gpg
  std::string to{};    // directory
  bool operator==(const CopyKeyringTemplate&) const = default;
};
struct AddRepositoryTemplate {
  std::string url{};  // of the file that describes it: ${repository}/cuda-${distro}.repo
  bool operator==(const AddRepositoryTemplate&) const = default;
};
struct RefreshTemplate {
  bool operator==(const RefreshTemplate&) const = default;
};
struct InstallPackageTemplate {
  std::string kind{};  // of a PackageSet: runtime
  bool operator==(const InstallPackageTemplate&) const = default;
};
using StepTemplate = std::variant<UnpackTemplate, CopyTemplate, ChmodTemplate, InstallFileTemplate, CopyKeyringTemplate,
                                  AddRepositoryTemplate, RefreshTemplate, InstallPackageTemplate>;

struct MethodStep {
  StepTemplate step{};
  Clause clause{};
  std::string note{};  // says so where the recipe departs from a slip of the guide
  bool operator==(const MethodStep&) const = default;
};

struct Prerequisite {
  std::string name{};  // driver | toolkit | zlib
  Clause clause{};
  bool operator==(const Prerequisite&) const = default;
};

struct Method {
  std::string name{};  // tar
  std::string title{};
  std::string document{};  // cuDNN Installation Guide 8.9.6
  std::string section{};   // 1.3.1
  std::string tree{};      // of a network method: URL of the tree that holds a repository for each distro/arch
  std::vector<Prerequisite> prerequisites{};
  std::vector<MethodStep> steps{};
  bool operator==(const Method&) const = default;
};

enum class PackageFamily { none, apt, dnf, yum, zypper, tdnf };
std::string_view name_of(PackageFamily family);

// How os-release names the distro. An entry matches if ID is `id` and VERSION_ID begins with one of `versions` (all if
// empty).
struct DistroMatch {
  std::string id{};
  std::vector<Version> versions{};
  bool operator==(const DistroMatch&) const = default;
};

// How packages for a distro are made. The bytes depend on the threads, so they are pinned: one for zstd in a deb.
struct Packing {
  std::string compression{};  // one of those that its package tools read; "": no packages are made for it
  int level = 0;
  int threads = 1;
  std::string area{};        // of its archive, where sections have one: non-free, multiverse
  bool weak_depends = true;  // its package tools know Recommends
  bool operator==(const Packing&) const = default;
};

// The network repository for a distro, as far as it does not depend on the architecture.
struct NetworkRepository {
  std::string word{};               // what its tree calls the distro: azl3; "": there is none
  std::string key{};                // file of the public key beside the packages: D42D0685.pub
  std::string fingerprint{};        // of that key; "": not known
  bool module_hotfixes = false;     // modules would hide its packages
  std::optional<Version> newest{};  // cuDNN that is brought there; none: all that are made. 9.0 includes 9.0.0.312
  bool operator==(const NetworkRepository&) const = default;
};

struct Distro {
  std::string name{};   // ubuntu2204
  std::string title{};  // Ubuntu 22.04
  std::vector<DistroMatch> match{};
  std::vector<std::string> like{};  // ID_LIKE words that this recipe is the fall-back for; nearest VERSION_ID wins
  PackageFamily family = PackageFamily::none;
  Manager manager{};  // speaks "": none
  NetworkRepository repository{};
  bool in_guide = false;  // a row of the guide's own table
  // --arch word → the network repository's word: {x86_64: x86_64, sbsa: sbsa}. Says which repositories exist, not where
  // the tar method works: that is every Linux.
  std::map<std::string, std::string> arch{};
  std::map<std::string, std::string> prerequisites{};  // zlib → zlib1g
  std::optional<Version> glibc{};                      // that every machine with it has; none: not known
  Packing packing{};
  std::string library_directory{};         // of the system: /usr/lib/x86_64-linux-gnu is written /usr/lib/${triplet}
  std::vector<std::string> compression{};  // what its package tools can read: [xz, zstd]
  std::vector<std::string> methods{};      // offered, best first
  std::map<std::string, std::string> refused{};  // method → why not
  bool operator==(const Distro&) const = default;
};

// One group of files of a product: globs below the archive's top directory, with ${include} and ${lib} of the Layout.
struct Component {
  std::string name{};  // runtime | dev | static | samples
  std::vector<std::string> globs{};
  bool operator==(const Component&) const = default;
};

// How archives of a range of versions are laid out.
struct Layout {
  Version from{};  // first and last version that it holds for; an `until` of 8.2 includes 8.2.4.15
  Version until{};
  std::vector<std::string> platforms{};  // linux-ppc64le; empty: those that no other layout of the range names
  std::string refused{};                 // why such an archive cannot be installed; then nothing below is set
  // cudnn-${platform}-${version}_cuda${variant}-archive, or cuda; ${platform} is linux-x86_64, ${variant} 12 or 11.6
  std::string top{};
  std::string include{};                // include
  std::string library{};                // lib, lib64
  std::string license{};                // LICENSE
  std::vector<std::string> suffixes{};  // .tar.xz
  bool operator==(const Layout&) const = default;
};

// A text for each package format.
struct ForFormats {
  std::string deb{};
  std::string rpm{};
  bool operator==(const ForFormats&) const = default;
};

// One package of a product. Names may hold ${major}, the CUDA major, as in libcudnn9-cuda-${major}; and ${dashed}:
// 12-2.
struct PackageSet {
  std::string kind{};  // runtime | headers | dev | static | samples
  ForFormats name{};
  std::string summary{};
  std::vector<std::string> holds{};  // libraries, headers, static, links (the alternatives group), samples
  std::vector<std::string> needs{};  // kinds that must be there in the same version
  std::vector<std::string> suits{};  // kinds that are recommended
  bool any_architecture = false;
  bool operator==(const PackageSet&) const = default;
};

// The CUDA versions that the packages of some releases carry, for lack of a minor in the name of an archive.
struct PackageCuda {
  Version release{};  // 8.9.6: holds for 8.9.6.50
  std::vector<Version> versions{};
  bool operator==(const PackageCuda&) const = default;
};

// A library that is opened by name alone, so that no ELF entry tells of it.
struct OpenedLate {
  std::string cuda{};               // major
  std::string soname{};             // libcublas.so.12
  std::vector<std::string> debs{};  // alternatives, best first; may hold ${dashed}: 12-2
  bool operator==(const OpenedLate&) const = default;
};

struct ProductPackages {
  ForFormats release{};  // behind the version: 1+cuda${cuda}, 1.cuda${cuda}
  std::vector<PackageSet> sets{};
  std::vector<PackageCuda> cuda{};  // empty: packages name the CUDA major alone
  std::vector<OpenedLate> opened_late{};
  bool operator==(const ProductPackages&) const = default;
};

// A library of a product, and the links that lead to it: {libnvidia-nvvm, [libnvidia-nvvm.so.4, libnvidia-nvvm.so]}.
// The first leads to the file, each other to the one before it.
struct LinkedLibrary {
  std::string stem{};
  std::vector<std::string> links{};
  bool operator==(const LinkedLibrary&) const = default;
};

// A form in which a product of its own guide comes as an archive. With a top directory it holds nothing else than the
// product: the libraries in `library`, whatever they are called. Without one it is a driver's runfile, of which those
// that the product names are taken.
struct ArchiveForm {
  std::string kind{};     // redist | runfile
  std::string section{};  // of the guide; "": it does not tell of this form
  std::string top{};      // cuda_compat-${platform}-${version}_cuda${cuda}-archive
  std::string library{};  // directory below it
  std::string license{};
  bool operator==(const ArchiveForm&) const = default;
};

// Where the files of such a product lie: in the prefix itself, without directories below it.
struct OwnFiles {
  std::string prefix{};  // /usr/local/cuda-${cuda}/compat; "": there are packages alone
  std::vector<ArchiveForm> archives{};
  std::vector<LinkedLibrary> libraries{};
  bool operator==(const OwnFiles&) const = default;
};

// Of a major version with its archives; or, with a guide of its own, of a package for each CUDA, whose versions are not
// known beforehand. Then there is no major, and `files` tells of archives.
struct Product {
  std::string name{};      // cudnn8, cuda-compat
  std::string title{};     // NVIDIA cuDNN 8
  std::string document{};  // the guide; "": that of the method
  std::string section{};   // of it, which the installation of a package fulfils
  int major = 0;
  std::string front{};  // the library whose links appear last and vanish first: libcudnn
  std::vector<Layout> layouts{};
  std::vector<Component> components{};
  std::vector<std::string> headers{};  // stems that every release of the major has
  std::vector<std::string> libraries{};
  std::string version_header{};  // ${include}/cudnn_version.h
  ProductPackages packages{};
  OwnFiles files{};
  bool operator==(const Product&) const = default;
};

struct Recipes {
  std::vector<Distro> distros{};
  std::vector<Method> methods{};
  std::vector<Product> products{};
};

// The kind of a recipe file is told by its first key.
enum class RecipeKind { unknown, distro, method, product, release, compat, guide };
RecipeKind kind_of(std::string_view text);

// Each loader answers the value or every mistake of the file, in the file's order.
Loaded<Distro> load_distro(const SourceText& file);
Loaded<Method> load_method(const SourceText& file);
Loaded<Product> load_product(const SourceText& file);
// The part of a product that tells its packages; for load_product.
enum class PackageNumbers { own, of_drivers };  // whether the product's version, or whatever is offered, is in theirs
ProductPackages read_packages(Mapping map, PackageNumbers numbers);
// Every mistake that a file of this room's kinds has for itself, or its unknown kind; nothing for a release or a table
// of compatibility, which other rooms read.
std::vector<Error> mistakes_in(const SourceText& file);
// Release files (the Catalogue reads them when they are asked for), tables of compatibility and guides (load_guides)
// are passed over. Checks across files too: a name that stands twice, a distro that offers a method which does not
// exist.
Loaded<Recipes> load_recipes(const std::vector<SourceText>& files);

// How sure we are of the recipe that was chosen for a machine.
enum class Fit { exact, like, generic };
struct ChosenDistro {
  Distro distro{};
  Fit fit = Fit::generic;
  std::string because{};  // "ID=ubuntu VERSION_ID=22.04"; for like and generic: what the plan has to say
};
// ID with VERSION_ID decides; else ID, then each word of ID_LIKE, with the nearest VERSION_ID that is not newer; else
// generic. Never fails: the distro "generic" is the last resort (guide 1.3: tar fits every Linux).
ChosenDistro choose_distro(const Recipes& recipes, const std::string& id, const std::vector<std::string>& id_like,
                           const std::string& version_id);

const Distro* find_distro(const Recipes& recipes, std::string_view name);
const Method* find_method(const Recipes& recipes, std::string_view name);
const Product* find_product(const Recipes& recipes, int major);
const Product* find_product(const Recipes& recipes, std::string_view name);
// The layout that holds for `version` on `platform` (linux-ppc64le), or null. Look at `refused` before the rest.
const Layout* find_layout(const Product& product, const Version& version, std::string_view platform = {});
// {include, lib} of a layout: what step templates, component globs and the version header are filled in with.
std::map<std::string, std::string> names_of(const Layout& layout);
// The component that a file belongs to by its path below the archive's top directory, or "": lib/libcudnn.so.8 →
// runtime.
std::string component_of(const Product& product, const Layout& layout, std::string_view path);

// `text` with every ${name} replaced; names come from the closed list that the loader has checked.
std::string filled_in(std::string_view text, const std::map<std::string, std::string>& names);

}  // namespace cudnn_install
