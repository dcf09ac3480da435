// <prefix>/.cudnn-install and the small files in it. A state directory is believed only if it belongs to root or to the
// caller and nobody else may write to it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/error.h"
#include "base/sha256.h"
#include "receipt/receipt.h"
#include "system/files.h"
#include "transaction/journal.h"

namespace cudnn_install {

inline constexpr const char* state_name = ".cudnn-install";
inline constexpr const char* receipt_name = "receipt.json";
inline constexpr const char* journal_name = "journal";
inline constexpr const char* kept_name = "kept";
inline constexpr const char* lock_name = "lock";

// The stage of a transaction inside each destination directory.
std::string stage_name(const std::string& transaction);
// A file beside it for a moment, which tries whether what is staged can move there.
std::string probe_name(const std::string& transaction);
inline constexpr const char* stage_prefix = ".cudnn-install-";

std::string random_id();  // 32 hexadecimal digits
std::string now_utc();    // 2026-11-21T10:00:00Z

// What an open directory's owner and mode say; `path` is for the message.
Result<void> believable(const Directory& directory);

// From where it stands to its end; more than `limit` bytes are `conflict`. `path` is for the message.
Result<std::string> whole_text(const Descriptor& file, std::size_t limit, const std::string& path);

// Name, at most 64 MiB; absent: nullopt; what is no file, or may be written by strangers, is `conflict`.
Result<std::optional<std::string>> small_file(Files& files, const Directory& at, const std::string& name);
// NAME.tmp, whole and on the disk; whatever had that name goes.
Result<void> write_aside(Files& files, const Directory& at, const std::string& name, const std::string& text);
// What was written aside gets its name, for good.
Result<void> put_in_place(Files& files, const Directory& at, const std::string& name);
// tmp, fsync, rename, fsync of the directory: afterwards the file is old or new, and new survives a power cut.
Result<void> replace_file(Files& files, const Directory& at, const std::string& name, const std::string& text);
Result<void> remove_durably(Files& files, const Directory& at, const std::string& name);

Result<std::optional<Receipt>> read_receipt(Files& files, const Directory& state);
Result<std::optional<Journal>> read_journal(Files& files, const Directory& state);

// The entry `name`, with its digest if `with_digest`; absent: nullopt; a directory or device is `conflict`.
enum class Digest { left_out, computed };
Result<std::optional<Entry>> entry_at(Files& files, const Directory& at, const std::string& name, Digest digest);
Result<Sha256> digest_of(const Descriptor& file);

// With owner, mode and time, durable.
Result<void> copy_file(Files& files, const Directory& from, const std::string& name, const Directory& to,
                       const std::string& as);
// The same bytes under another name: a hard link, else a copy with owner, mode and time, made durable.
Result<void> duplicate(Files& files, const Directory& from, const std::string& name, const Directory& to,
                       const std::string& as);
// Everything below `name`, two levels deep (that is as deep as ours go), and itself; absent: fine.
Result<void> remove_tree(Files& files, const Directory& at, const std::string& name);

}  // namespace cudnn_install
