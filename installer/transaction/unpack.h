// The members of a cuDNN archive in a directory of their own, read and inspected as an install does it, for whoever
// makes something else of them: packages.
#pragma once

#include <functional>
#include <string>

#include "base/error.h"
#include "plan/package_plan.h"
#include "plan/plan.h"
#include "transaction/transaction.h"

namespace cudnn_install {

struct Unpacking {
  Files& files;
  TransactionOptions options{};                          // report and instead count
  std::function<Result<void>(const Payload&)> accept{};  // its error is the answer, and nothing appears
};

// `directory` is absolute and must not exist; it appears whole, with include/, lib/ and the licence text, or not at
// all. What is wrong with the archive is told as by an install, from a foreign machine to a header of another version.
// Nothing is synced: this is scratch, to be made again.
Result<Payload> unpacked(const Wanted& wanted, const std::string& directory, const Unpacking& how);

}  // namespace cudnn_install
