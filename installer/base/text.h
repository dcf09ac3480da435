// Small questions about text that more than one layer asks.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace cudnn_install {

// Control characters, DEL, invalid UTF-8 and bidirectional overrides become \xNN or \u{…}: what comes from outside is
// shown to a terminal only through this.
std::string printable(std::string_view text);

// The candidate nearest to `word` (edit distance at most a third of its length), or "".
std::string nearest(std::string_view word, const std::vector<std::string>& candidates);

std::string joined(const std::vector<std::string>& words, std::string_view between);

// Shell glob on one file name: '*', '?' and '[...]'; no braces, '*' does not cross '/'.
bool matches_glob(std::string_view name, std::string_view glob);

// As one word of a POSIX shell command line: quoted only where it must be.
std::string shell_word(std::string_view text);

}  // namespace cudnn_install
