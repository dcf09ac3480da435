// What the two files of the package plan share.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "plan/package_plan.h"

namespace cudnn_install {

// Where a distro keeps things, and what it calls a platform.
struct PackagePlaces {
  std::string library{};  // /usr/lib/x86_64-linux-gnu | /usr/lib64
  std::string include{};  // /usr/include/x86_64-linux-gnu | /usr/include
  std::string isa{};      // rpm: x86-64, in libcudnn8(x86-64)
};

// A payload sorted into what packages hold; the link chains are whole.
class PackageContents {
 public:
  static Result<PackageContents> of(const Payload& payload, const Wanted& wanted);

  // Whether the alternatives group makes the plain names of static libraries too.
  enum class Naming { alone, grouped };
  // The paths of one word of the recipe (libraries, headers, static).
  [[nodiscard]] std::vector<PackagedPath> paths(const std::string& word, const PackagePlaces& places,
                                                Naming naming) const;
  [[nodiscard]] std::vector<Alternative> alternatives(const PackagePlaces& places, Naming naming) const;
  [[nodiscard]] std::vector<LibraryNeeds> needs() const;

 private:
  struct Header {
    std::string stem{};
    const PayloadFile* file = nullptr;
  };
  struct StaticLibrary {
    std::string stem{};  // libcudnn_adv_infer
    const PayloadFile* file = nullptr;
  };
  Result<void> add_libraries(const Payload& payload, const Wanted& wanted);
  Result<void> add_headers(const Payload& payload);
  Result<void> add_static(const Payload& payload);

  std::string major_{};
  std::vector<std::string> stems_{};             // of the libraries, the front first
  std::vector<const PayloadFile*> versioned_{};  // libX.so.8, libX.so.8.9.6
  std::vector<const PayloadFile*> archives_{};   // every *.a, files and links
  std::vector<Header> headers_{};
  std::vector<StaticLibrary> static_{};
};

}  // namespace cudnn_install
