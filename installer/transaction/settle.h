// What a run that was stopped has left is brought to an end: an open journal is carried out, a stage without a journal
// is wiped. Whoever calls holds the prefix's lock.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/error.h"
#include "transaction/index.h"
#include "transaction/workplace.h"

namespace cudnn_install {

// The directories below a prefix that files of ours can be in: what the receipt names, and include and lib64.
std::vector<std::string> destination_names(const std::optional<Receipt>& receipt);

// One sentence about what was done; "" if nothing was open. The state directory stays: remove_state() if no receipt is
// left.
Result<std::string> settle(const Workplace& place);

// Is there anything to settle? Looks only.
Result<bool> is_open(const Workplace& place);

// What `created` and the index call the directory that holds the prefix.
inline constexpr const char* parent_name = "..";
bool made_parent(const std::vector<std::string>& created);
// Removes it, if empty; gone already is fine.
Result<void> remove_parent(Files& files, const std::string& root, const std::string& prefix);

// The last one at a prefix is gone: the state directory with its lock, and the directories that we made (relative to
// the prefix, "" is the prefix), if empty. A state directory that is gone already is fine.
Result<void> remove_state(const Workplace& place, const std::vector<std::string>& created);

}  // namespace cudnn_install
