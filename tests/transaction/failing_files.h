// Real files, of which a test refuses single calls.
#pragma once

#include <cerrno>
#include <functional>
#include <string>
#include <utility>

#include "system/files.h"

namespace cudnn_install {

// A call that changes something. Of a rename, where it leads.
struct Deed {
  std::string verb{};
  std::string directory{};
  std::string name{};
};

class FailingFiles final : public Files {
 public:
  // Answers the errno value that the call fails with; 0: it is carried out.
  using Judge = std::function<int(const Deed&)>;
  FailingFiles(Files& real, Judge judge) : real_(real), judge_(std::move(judge)) {}

  // Nothing is refused before the journal has its name.
  void start_at_commit() { waits_ = true; }

  Result<std::optional<Stat>> look(const Directory& at, const std::string& name) override {
    return real_.look(at, name);
  }
  Result<std::string> link_target(const Directory& at, const std::string& name) override {
    return real_.link_target(at, name);
  }
  Result<std::vector<std::string>> names(const Directory& at) override { return real_.names(at); }
  Result<Directory> open_directory(const Directory& at, const std::string& name) override {
    return real_.open_directory(at, name);
  }
  Result<Descriptor> open_file(const Directory& at, const std::string& name) override {
    return real_.open_file(at, name);
  }
  Result<Directory> make_directory(const Directory& at, const std::string& name, std::uint32_t mode) override {
    return judged<Directory>({"make_directory", at.path, name}, [&] { return real_.make_directory(at, name, mode); });
  }
  Result<Descriptor> create_file(const Directory& at, const std::string& name, std::uint32_t mode) override {
    return judged<Descriptor>({"create_file", at.path, name}, [&] { return real_.create_file(at, name, mode); });
  }
  Result<void> write(const Descriptor& file, std::span<const std::byte> bytes) override {
    return judged<void>({"write", "", ""}, [&] { return real_.write(file, bytes); });
  }
  Result<void> set_attributes(const Descriptor& file, const Stat& like) override {
    return judged<void>({"set_attributes", "", ""}, [&] { return real_.set_attributes(file, like); });
  }
  // Judged only: nobody pulls the plug here, and a slow disk proves nothing.
  Result<void> sync(int) override {
    return judged<void>({"sync", "", ""}, [] { return Result<void>(); });
  }
  void start_writing_back(const Descriptor& file, std::uint64_t offset, std::uint64_t length) override {
    real_.start_writing_back(file, offset, length);
  }
  Result<void> make_link(const Directory& at, const std::string& name, const std::string& target) override {
    return judged<void>({"make_link", at.path, name}, [&] { return real_.make_link(at, name, target); });
  }
  Result<void> hard_link(const Directory& from, const std::string& name, const Directory& to,
                         const std::string& as) override {
    return judged<void>({"hard_link", to.path, as}, [&] { return real_.hard_link(from, name, to, as); });
  }
  Result<void> rename(const Directory& from, const std::string& name, const Directory& to,
                      const std::string& as) override {
    auto done = judged<void>({"rename", to.path, as}, [&] { return real_.rename(from, name, to, as); });
    waits_ = waits_ && as != "journal";
    return done;
  }
  Result<void> remove(const Directory& at, const std::string& name) override {
    return judged<void>({"remove", at.path, name}, [&] { return real_.remove(at, name); });
  }
  Result<void> remove_directory(const Directory& at, const std::string& name) override {
    return judged<void>({"remove_directory", at.path, name}, [&] { return real_.remove_directory(at, name); });
  }

 private:
  template <class T, class Call>
  Result<T> judged(const Deed& deed, Call call) {
    const int code = waits_ ? 0 : judge_(deed);
    return code == 0 ? call() : tl::unexpected(system_error(code, deed.verb + " '" + deed.name + "'"));
  }

  Files& real_;
  Judge judge_;
  bool waits_ = false;
};

}  // namespace cudnn_install
