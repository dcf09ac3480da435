#include "cli/library_inside.h"

namespace cudnn_install {

namespace {

constexpr std::uint64_t largest_library = 2ULL << 30U;

}  // namespace

Sink LibraryInside::sink() {
  return {.member = [this](const Member& member) { return begin(member); },
          .data = [this](std::span<const std::byte> bytes) { return add(bytes); },
          .end_of_member = [this]() -> Result<void> {
            open_ = false;
            return {};
          },
          .progress = {}};
}

Result<CompatLibrary> LibraryInside::library() const {
  if (!file_ || std::fflush(file_.get()) != 0) {
    return failure(Fault::unsupported, "it brings no libcuda",
                   "name a package cuda-compat-X-Y, an archive cuda_compat-… or a driver's runfile");
  }
  return compat_library(fileno(file_.get()), size_, path_);
}

Result<void> LibraryInside::begin(const Member& member) {
  const std::string name = member.name.substr(member.name.rfind('/') + 1);
  const std::optional<std::string> path = member.kind == Member::Kind::directory ? std::nullopt : known_(member);
  if (!path || member.kind != Member::Kind::file || !name.starts_with("libcuda.so.")) {
    return {};
  }
  if (file_) {
    return failure(Fault::unsupported, "it brings more than one libcuda: '" + path_ + "' and '" + *path + "'");
  }
  if (member.size > largest_library) {
    return failure(Fault::archive, "its libcuda is larger than any");
  }
  file_.reset(std::tmpfile());
  if (!file_) {
    return failure(Fault::storage, "cannot make a temporary file", "make room below /tmp");
  }
  path_ = *path;
  size_ = member.size;
  open_ = true;
  return {};
}

Result<void> LibraryInside::add(std::span<const std::byte> bytes) {
  return !open_ || std::fwrite(bytes.data(), 1, bytes.size(), file_.get()) == bytes.size()
             ? Result<void>()
             : failure(Fault::storage, "cannot write a temporary file", "make room below /tmp");
}

}  // namespace cudnn_install
