// The walk through a tar stream that may be hostile: libarchive reads the headers, a strict reader of our own beside it
// refuses what others would read differently, and what no cuDNN archive holds ends the walk. Runs in the reader child.
#pragma once

#include <cstddef>
#include <functional>
#include <span>

#include "base/error.h"
#include "system/archive_reader.h"

namespace cudnn_install {

// Answers the next bytes of the tar; empty at their end.
using NextTarBytes = std::function<Result<std::span<const std::byte>>()>;

// Hands every member to `sink` (whose progress is not called) and answers once the stream has ended as a tar ends. What
// the members are told to be is not looked at here: no duplicates, no limits, no control characters are refused.
Result<void> walk_tar(const NextTarBytes& bytes, const Sink& sink);
// The same for the cpio of an rpm, without the second reader.
Result<void> walk_cpio(const NextTarBytes& bytes, const Sink& sink);

}  // namespace cudnn_install
