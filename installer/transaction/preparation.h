// From an intention to a journal: what is in the way is looked at and kept, what comes back is brought into the stage,
// all of it made durable. Nothing that anybody can see has changed afterwards.
#pragma once

#include <string>
#include <vector>

#include "base/error.h"
#include "transaction/arrangement.h"
#include "transaction/journal.h"
#include "transaction/workplace.h"

namespace cudnn_install {

struct Prepared {
  Journal journal{};
  Receipt receipt{};
  std::vector<std::string> hand_made{};
  std::vector<std::string> left_alone{};
};

// `destinations` have their stages; the files of intention.arriving lie in them under staged_new. `old` is the receipt
// as it stands (an empty one if there is none).
Result<Prepared> prepare(const Workplace& place, const std::vector<Destined>& destinations, const Receipt& old,
                         const Intention& intention);

// The kept files of a previous version, brought into the stage; answers the installation as it will be recorded.
Result<Installation> previous_staged(const Workplace& place, const std::vector<Destined>& destinations,
                                     const Previous& previous);

// Every path is as the journal expects to find it; else `conflict`.
Result<void> still_as_before(const Workplace& place, const std::vector<Destined>& destinations, const Journal& journal);

}  // namespace cudnn_install
