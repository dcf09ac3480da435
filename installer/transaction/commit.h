// From the commit point on: a journal is carried out in its direction, as often as it takes.
#pragma once

#include <vector>

#include "base/error.h"
#include "transaction/journal.h"
#include "transaction/workplace.h"

namespace cudnn_install {

// How sure we must be that a file is the one that the journal means: after a crash every byte is looked at.
enum class Certainty { by_stat, by_digest };

// Puts every path into the state that the journal's direction asks for. A path that is neither old nor new stops it
// before anything is touched (needs_settling, both lists); a refused rename is answered as it is; what cannot be made
// durable is needs_settling, since nobody knows then which of the two a power cut would leave.
Result<void> carry_out(const Journal& journal, const Workplace& place, const std::vector<Destined>& destinations,
                       Certainty certainty);

// After carry_out: loader cache, receipt, then the journal goes. As long as it is there, an error is answered;
// afterwards the work is done, and sweep() does the rest.
Result<void> close_journal(const Journal& journal, const Workplace& place, const std::vector<Destined>& destinations);

// The journal that leads back, durable by one rename. Where something that was replaced cannot be had back, the journal
// stays as it is (needs_settling).
Result<Journal> turned_round(const Journal& journal, const Workplace& place, const std::vector<Destined>& destinations);

// Stages, kept files that the receipt does not name, and temporary files.
Result<void> sweep(const Workplace& place, const std::vector<Destined>& destinations);

}  // namespace cudnn_install
