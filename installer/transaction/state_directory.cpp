#include "transaction/state_directory.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <ctime>
#include <random>
#include <utility>
#include <vector>

#include "system/uninterrupted.h"

namespace cudnn_install {

namespace {

constexpr std::size_t largest_small_file = std::size_t{64} << 20U;
constexpr std::size_t block_size = std::size_t{1} << 20U;

Result<std::size_t> read_some(const Descriptor& file, std::vector<std::byte>& buffer) {
  const ssize_t length = uninterrupted([&] { return ::read(file.number(), buffer.data(), buffer.size()); });
  if (length < 0) {
    const int code = errno;
    return tl::unexpected(system_error(code, "cannot read"));
  }
  return static_cast<std::size_t>(length);
}

Result<void> copy_bytes(Files& files, const Descriptor& from, const Descriptor& to) {
  std::vector<std::byte> buffer(block_size);
  while (true) {
    const auto length = read_some(from, buffer);
    if (!length) {
      return tl::unexpected(length.error());
    }
    if (*length == 0) {
      return {};
    }
    if (auto written = files.write(to, std::span<const std::byte>(buffer).first(*length)); !written) {
      return written;
    }
  }
}

}  // namespace

std::string stage_name(const std::string& transaction) {
  return stage_prefix + transaction.substr(0, 12);
}

std::string probe_name(const std::string& transaction) {
  return stage_name(transaction) + ".probe";
}

std::string random_id() {
  std::random_device device;
  static constexpr std::string_view digits = "0123456789abcdef";
  std::string id;
  while (id.size() < 32) {
    unsigned word = device();
    for (int i = 0; i < 8; ++i, word >>= 4U) {
      id += digits[word & 15U];
    }
  }
  return id;
}

std::string now_utc() {
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm parts{};
  gmtime_r(&now, &parts);
  std::array<char, 32> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &parts);
  return {text.data(), length};
}

namespace {

Result<void> believable(int number, const std::string& path) {
  struct stat raw {};
  if (fstat(number, &raw) != 0) {
    const int code = errno;
    return tl::unexpected(system_error(code, "cannot look at '" + path + "'"));
  }
  const bool owned = raw.st_uid == 0 || raw.st_uid == geteuid();
  if (!owned || (raw.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return failure(Fault::conflict,
                   "'" + path + "' " + (owned ? "may be written by others" : "belongs to another user") +
                       ", so its records are not believed",
                   owned ? "chmod go-w " + path + " after you have looked at it" : "run as its owner");
  }
  return {};
}

}  // namespace

Result<void> believable(const Directory& directory) {
  return believable(directory.number(), directory.path);
}

Result<std::string> whole_text(const Descriptor& file, std::size_t limit, const std::string& path) {
  std::string text;
  std::vector<std::byte> buffer(std::min(block_size, limit + 1));
  while (true) {
    const auto length = read_some(file, buffer);
    if (!length) {
      return tl::unexpected(during(length.error(), "read '" + path + "'"));
    }
    if (*length == 0) {
      return text;
    }
    text.append(reinterpret_cast<const char*>(buffer.data()), *length);
    if (text.size() > limit) {
      return failure(Fault::conflict, "'" + path + "' is larger than " + std::to_string(limit >> 20U) +
                                          " MiB, too large for what it should be");
    }
  }
}

Result<std::optional<std::string>> small_file(Files& files, const Directory& at, const std::string& name) {
  const auto stat = files.look(at, name);
  if (!stat || !*stat) {
    return stat ? Result<std::optional<std::string>>(std::nullopt) : tl::unexpected(stat.error());
  }
  const auto file = files.open_file(at, name);
  if (!file) {
    return tl::unexpected(file.error());
  }
  if (auto ours = believable(file->number(), at.path + "/" + name); !ours) {
    return tl::unexpected(ours.error());
  }
  return whole_text(*file, largest_small_file, at.path + "/" + name);
}

Result<void> write_aside(Files& files, const Directory& at, const std::string& name, const std::string& text) {
  const std::string temporary = name + ".tmp";
  if (auto removed = files.remove(at, temporary); !removed) {
    return removed;
  }
  const auto file = files.create_file(at, temporary, 0644);
  if (!file) {
    return tl::unexpected(file.error());
  }
  return files.write(*file, std::as_bytes(std::span(text.data(), text.size()))).and_then([&] {
    return files.sync(file->number());
  });
}

Result<void> put_in_place(Files& files, const Directory& at, const std::string& name) {
  return files.rename(at, name + ".tmp", at, name).and_then([&] { return files.sync(at.number()); });
}

Result<void> replace_file(Files& files, const Directory& at, const std::string& name, const std::string& text) {
  auto replaced = write_aside(files, at, name, text).and_then([&] { return put_in_place(files, at, name); });
  if (!replaced) {
    [[maybe_unused]] const auto removed = files.remove(at, name + ".tmp");
  }
  return replaced;
}

Result<void> remove_durably(Files& files, const Directory& at, const std::string& name) {
  return files.remove(at, name).and_then([&] { return files.sync(at.number()); });
}

Result<std::optional<Receipt>> read_receipt(Files& files, const Directory& state) {
  const auto text = small_file(files, state, receipt_name);
  if (!text || !*text) {
    return text ? Result<std::optional<Receipt>>(std::nullopt) : tl::unexpected(text.error());
  }
  return receipt_from_json(**text, state.path + "/" + receipt_name).map([](Receipt receipt) {
    return std::optional(std::move(receipt));
  });
}

Result<std::optional<Journal>> read_journal(Files& files, const Directory& state) {
  const auto text = small_file(files, state, journal_name);
  if (!text || !*text) {
    return text ? Result<std::optional<Journal>>(std::nullopt) : tl::unexpected(text.error());
  }
  return journal_from_json(**text, state.path + "/" + journal_name).map([](Journal journal) {
    return std::optional(std::move(journal));
  });
}

Result<Sha256> digest_of(const Descriptor& file) {
  Sha256Stream stream;
  std::vector<std::byte> buffer(block_size);
  while (true) {
    const auto length = read_some(file, buffer);
    if (!length) {
      return tl::unexpected(length.error());
    }
    if (*length == 0) {
      return stream.finish();
    }
    stream.update(std::span<const std::byte>(buffer).first(*length));
  }
}

Result<std::optional<Entry>> entry_at(Files& files, const Directory& at, const std::string& name, Digest digest) {
  const auto stat = files.look(at, name);
  if (!stat || !*stat) {
    return stat ? Result<std::optional<Entry>>(std::nullopt) : tl::unexpected(stat.error());
  }
  const Stat& found = **stat;
  Entry entry{.kind = found.kind == FileKind::link ? EntryKind::link : EntryKind::file,
              .mode = found.mode,
              .size = found.kind == FileKind::link ? 0 : found.size,
              .mtime = found.mtime,
              .ctime = found.ctime,
              .inode = found.inode};
  if (found.kind == FileKind::link) {
    auto target = files.link_target(at, name);
    if (!target) {
      return tl::unexpected(target.error());
    }
    entry.target = std::move(*target);
    return entry;
  }
  if (found.kind != FileKind::file) {
    return failure(Fault::conflict, "'" + at.path + "/" + name + "' is neither a file nor a link",
                   "move it out of the way");
  }
  if (digest == Digest::computed) {
    const auto file = files.open_file(at, name);
    const auto sum = file ? digest_of(*file) : Result<Sha256>(tl::unexpected(file.error()));
    if (!sum) {
      return tl::unexpected(during(sum.error(), "read '" + at.path + "/" + name + "'"));
    }
    entry.sha256 = *sum;
  }
  return entry;
}

Result<void> copy_file(Files& files, const Directory& from, const std::string& name, const Directory& to,
                       const std::string& as) {
  const auto stat = files.look(from, name);
  auto source = files.open_file(from, name);
  if (!stat || !*stat || !source) {
    return tl::unexpected(!stat ? stat.error() : source.error());
  }
  auto copy = files.create_file(to, as, 0600);
  if (!copy) {
    return tl::unexpected(copy.error());
  }
  return copy_bytes(files, *source, *copy).and_then([&] { return files.set_attributes(*copy, **stat); }).and_then([&] {
    return files.sync(copy->number());
  });
}

Result<void> duplicate(Files& files, const Directory& from, const std::string& name, const Directory& to,
                       const std::string& as) {
  if (files.hard_link(from, name, to, as)) {
    return {};
  }
  // Another file system, one without hard links, or a file that is not ours to link.
  const auto stat = files.look(from, name);
  if (!stat || !*stat) {
    return stat ? failure(Fault::conflict, "'" + from.path + "/" + name + "' has vanished")
                : tl::unexpected(stat.error());
  }
  if ((*stat)->kind != FileKind::link) {
    return copy_file(files, from, name, to, as);
  }
  return files.link_target(from, name).and_then([&](const std::string& target) {
    return files.make_link(to, as, target);
  });
}

Result<void> remove_tree(Files& files, const Directory& at, const std::string& name) {
  const auto stat = files.look(at, name);
  if (!stat || !*stat) {
    return stat ? Result<void>() : tl::unexpected(stat.error());
  }
  if ((*stat)->kind != FileKind::directory) {
    return files.remove(at, name);
  }
  const auto inside = files.open_directory(at, name);
  if (!inside) {
    return tl::unexpected(inside.error());
  }
  const auto names = files.names(*inside);
  if (!names) {
    return tl::unexpected(names.error());
  }
  for (const std::string& one : *names) {
    if (auto removed = remove_tree(files, *inside, one); !removed) {
      return removed;
    }
  }
  return files.remove_directory(at, name);
}

}  // namespace cudnn_install
