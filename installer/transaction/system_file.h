// Small text files of the system, replaced by one rename and durable before the call returns.
#pragma once

#include <optional>
#include <string>

#include "base/error.h"
#include "system/file_edit.h"
#include "system/files.h"
#include "system/resolve.h"

namespace cudnn_install {

// What is missing of the directory is made (0755) and durable.
Result<Directory> completed(Files& files, Resolved found);

struct SystemPlace {
  Directory directory{};
  std::string name{};
};

// Where an absolute path below `root` lies. A directory that is missing is made (0755) or, with `existing`, `conflict`.
enum class Missing { refused, made };
Result<SystemPlace> system_place(Files& files, const std::string& root, const std::string& path, Missing missing);

// With the old file's owner; mode and bytes as told.
Result<void> put_file(Files& files, const SystemPlace& at, const FileText& file);

// Absent: nullopt; what is no plain file is `conflict`. At most 1 MiB.
Result<std::optional<FileText>> read_file_text(Files& files, const SystemPlace& at);

}  // namespace cudnn_install
