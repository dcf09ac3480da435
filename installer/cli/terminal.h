// What a person sees: events as a progress bar or as plain lines, and questions.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "cli/cli.h"
#include "transaction/transaction.h"

namespace cudnn_install {

enum class Talk { quiet, normal };

// One line without control characters, at most `width` columns:
//   staging  42% [########            ] 180 of 430 MiB, 35 MiB/s, 7 s left
std::string progress_line(const Event& event, std::chrono::milliseconds elapsed, int width);
std::string size_text(std::uint64_t bytes);  // 430 MiB, 1.2 GiB, 17 bytes

// A bar where stderr is a terminal that can move the cursor, and neither CI nor TERM=dumb says otherwise; else one line
// at each quarter. Every event but progress goes to the log too.
class Progress {
 public:
  Progress(Context& context, Talk talk);
  ~Progress();  // takes the bar off the screen
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  void show(const Event& event);

 private:
  void show_progress(const Event& event);
  void clear_bar();

  Context& context_;
  Talk talk_;
  bool bar_;
  bool visible_ = false;
  std::uint64_t quarters_ = 0;
  std::string stage_ = "reading";
  std::chrono::steady_clock::time_point start_{};
  std::chrono::steady_clock::time_point drawn_{};
};

// Yes or no at the terminal; without one an error of `usage` with `remedy` as its hint. Nothing typed means no.
Result<bool> asked(Context& context, const std::string& question, const std::string& remedy);

}  // namespace cudnn_install
