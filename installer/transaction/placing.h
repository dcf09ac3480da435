// The archive's members, as they come out of the reader child, go straight into the stage under their final names.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/error.h"
#include "plan/plan.h"
#include "receipt/receipt.h"
#include "system/archive_reader.h"
#include "transaction/transaction.h"
#include "transaction/workplace.h"

namespace cudnn_install {

// Makes each destination's stage with its sub-directories, open to the world for reading, and opens it.
Result<void> make_stages(const Workplace& place, std::vector<Destined>& destinations);

struct StagedFile {
  std::size_t destination = 0;  // index into the destinations
  std::string name{};
  Entry entry{};
  Descriptor file{};  // open for reading and writing until it is synced; links: not open
};

// Everything that came, whether it was selected or not, for the checks that need the whole.
struct Placed {
  std::vector<StagedFile> files{};
  std::map<std::string, std::optional<std::string>> members{};  // below the top; links with their target
  std::string version_header{};                                 // its text
  Sha256 license{};
  ReadArchive archive{};
};

// Reads the whole archive; on any error the stage is left for the sweep. Data is on its way to the disk, not yet
// durable.
Result<Placed> placed(ArchiveReader& reader, const Plan& plan, const Workplace& place,
                      const std::vector<Destined>& destinations, const TransactionOptions& options);

// inspection.cpp: what the bytes themselves must fulfil, each with the code of its own: required names, link chains,
// ELF machine (unsupported), SONAME, archive members, header version, glibc.
Result<void> inspect(const Placed& placed, const Plan& plan);
// What no library of NVIDIA's has and a person should know of: a fixed search path, a library from elsewhere, a stack
// that code can run on. For an archive that inspect() has found sound.
std::vector<std::string> remarks(const Placed& placed, const Plan& plan);

}  // namespace cudnn_install
