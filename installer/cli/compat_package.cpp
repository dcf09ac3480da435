#include "cli/compat_package.h"

#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include "base/text.h"
#include "cli/compat.h"
#include "cli/survey.h"

namespace cudnn_install {

namespace {

constexpr std::uint64_t largest_library = 2ULL << 30U;

struct Close {
  void operator()(std::FILE* file) const { std::fclose(file); }
};

// The one libcuda among the members, in a file of its own that has no name.
class LibraryInside {
 public:
  Sink sink() {
    return {.member = [this](const Member& member) { return begin(member); },
            .data = [this](std::span<const std::byte> bytes) { return add(bytes); },
            .end_of_member = [this]() -> Result<void> {
              open_ = false;
              return {};
            },
            .progress = {}};
  }

  [[nodiscard]] Result<CompatLibrary> library() const {
    if (!file_ || std::fflush(file_.get()) != 0) {
      return failure(Fault::unsupported, "it brings no libcuda", "name a package cuda-compat-X-Y");
    }
    return compat_library(fileno(file_.get()), size_, path_);
  }

 private:
  Result<void> begin(const Member& member) {
    const std::string name = member.name.substr(member.name.rfind('/') + 1);
    if (member.kind != Member::Kind::file || !name.starts_with("libcuda.so.")) {
      return {};
    }
    if (file_) {
      return failure(Fault::unsupported, "it brings more than one libcuda: '" + path_ + "' and '" + member.name + "'");
    }
    if (member.size > largest_library) {
      return failure(Fault::archive, "its libcuda is larger than any");
    }
    file_.reset(std::tmpfile());
    if (!file_) {
      return failure(Fault::storage, "cannot make a temporary file", "make room below /tmp");
    }
    path_ = member.name.starts_with("./") ? member.name.substr(1)
                                          : "/" + member.name.substr(member.name.find_first_not_of('/'));
    size_ = member.size;
    open_ = true;
    return {};
  }

  Result<void> add(std::span<const std::byte> bytes) {
    return !open_ || std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size()
               ? Result<void>()
               : failure(Fault::storage, "cannot write a temporary file", "make room below /tmp");
  }

  std::unique_ptr<std::FILE, Close> file_{};
  std::string path_{};
  std::uint64_t size_ = 0;
  bool open_ = false;
};

}  // namespace

Result<PackageVersion> package_told(const std::string& file, Context& context) {
  const Request request{.method = file.ends_with(".rpm") ? "rpm-local" : "deb-local", .archives = {file}};
  auto facts = installer_facts(request, context.processes);
  if (!facts) {
    return tl::unexpected(facts.error());
  }
  return *facts ? Result<PackageVersion>((*facts)->package)
                : failure(Fault::usage, "'" + printable(file) + "' is no file here", "fetch it, then name the file");
}

Result<PackageInHand> package_in_hand(const PackageVersion& told, const std::string& file,
                                      const Expectation& expected) {
  auto reader = ArchiveReader::start(file, {.wrapping = Wrapping::package});
  if (!reader) {
    return tl::unexpected(reader.error());
  }
  LibraryInside inside;
  const auto read = reader->read(inside.sink(), expected);
  auto library = read ? inside.library() : Result<CompatLibrary>(tl::unexpected(read.error()));
  if (!library) {
    return tl::unexpected(during(std::move(library.error()), "look into '" + printable(file) + "'"));
  }
  return PackageInHand{.package = told, .library = std::move(*library), .sha256 = read->sha256};
}

}  // namespace cudnn_install
