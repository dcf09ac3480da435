#include <algorithm>

#include "base/text.h"
#include "doctor/doctor.h"
#include "packages/text_lines.h"

namespace cudnn_install {

namespace {

constexpr std::size_t context_lines = 3;

bool is_text(const std::optional<FileText>& file) {
  return !file || std::ranges::none_of(file->text, [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 9 || (byte > 13 && byte < 32) || byte == 127;
  });
}

std::string octal(std::uint32_t mode) {
  std::string digits;
  for (int shift = 9; shift >= 0; shift -= 3) {
    digits += static_cast<char>('0' + (mode >> static_cast<unsigned>(shift) & 7U));
  }
  return digits;
}

std::string size_of(const std::optional<FileText>& file) {
  return file ? std::to_string(file->text.size()) + " bytes" : "nothing";
}

std::string range(std::size_t first, std::size_t count) {
  return std::to_string(count == 0 ? first : first + 1) + (count == 1 ? "" : "," + std::to_string(count));
}

std::string marked(char mark, const std::vector<std::string>& lines, std::size_t first, std::size_t last) {
  std::string text;
  for (std::size_t at = first; at < last; ++at) {
    text += mark + printable(lines[at]) + "\n";
  }
  return text;
}

// One hunk: what is equal at both ends is left out but for its nearest lines.
std::string hunk(const std::vector<std::string>& before, const std::vector<std::string>& after) {
  const std::size_t shorter = std::min(before.size(), after.size());
  std::size_t head = 0;
  while (head < shorter && before[head] == after[head]) {
    ++head;
  }
  std::size_t tail = 0;
  while (tail < shorter - head && before[before.size() - 1 - tail] == after[after.size() - 1 - tail]) {
    ++tail;
  }
  const std::size_t first = head - std::min(head, context_lines);
  const std::size_t behind = std::min(tail, context_lines);
  const std::size_t old_end = before.size() - tail;
  const std::size_t new_end = after.size() - tail;
  return "@@ -" + range(first, old_end + behind - first) + " +" + range(first, new_end + behind - first) + " @@\n" +
         marked(' ', before, first, head) + marked('-', before, head, old_end) + marked('+', after, head, new_end) +
         marked(' ', before, old_end, old_end + behind);
}

}  // namespace

std::string diff_of(const FileEdit& edit) {
  const std::string path = printable(edit.path);
  std::string text = "--- " + (edit.before ? path : "/dev/null") + "\n+++ " + (edit.after ? path : "/dev/null") + "\n";
  if (edit.before && edit.after && edit.before->mode != edit.after->mode) {
    text += "mode " + octal(edit.before->mode) + " becomes " + octal(edit.after->mode) + "\n";
  }
  const std::string before = edit.before ? edit.before->text : "";
  const std::string after = edit.after ? edit.after->text : "";
  if (before == after) {
    return text;
  }
  if (!is_text(edit.before) || !is_text(edit.after)) {
    return text + size_of(edit.before) + " become " + size_of(edit.after) + "\n";
  }
  return text + hunk(lines_of(before), lines_of(after));
}

}  // namespace cudnn_install
