// What the compressed payload of an archive may be wrapped in: a Debian package, which is an ar archive, an rpm with
// its headers, or a runfile, which is a script with the payload behind it. Runs in the reader child; what is inside is
// as hostile as any archive.
#pragma once

#include "base/error.h"
#include "system/archive_reader.h"
#include "system/decoder.h"

namespace cudnn_install {

enum class PayloadForm { tar, cpio };

struct Unwrapped {
  NextInput payload{};  // compressed; empty at its end. `input` has to outlive it
  PayloadForm form = PayloadForm::tar;
};

// Of Wrapping::none nothing is looked at. What is not of the kind is `archive`, and says what it looks like.
Result<Unwrapped> unwrapped(NextInput input, Wrapping wrapping);

}  // namespace cudnn_install
