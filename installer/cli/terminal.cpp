#include "cli/terminal.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <istream>
#include <ostream>

#include "base/text.h"
#include "cli/log.h"

namespace cudnn_install {

namespace {

constexpr std::uint64_t mebibyte = 1ULL << 20U;
constexpr std::chrono::milliseconds redraw_after{100};

std::string with_one_digit(double number) {
  std::array<char, 32> buffer{};
  const int length = std::snprintf(buffer.data(), buffer.size(), "%.1f", number);
  return {buffer.data(), static_cast<std::size_t>(length)};
}

std::string time_left(const Event& event, std::chrono::milliseconds elapsed) {
  const auto ms = static_cast<std::uint64_t>(elapsed.count());
  const std::uint64_t seconds = (event.total - event.done) / std::max<std::uint64_t>(event.done * 1000 / ms, 1);
  return seconds < 60 ? std::to_string(seconds) + " s" : std::to_string((seconds + 59) / 60) + " min";
}

std::string words_of(const Event& event) {
  std::string text = printable(event.text);
  switch (event.kind) {
    case Event::Kind::waiting:
      return "waiting for " + text;
    case Event::Kind::settled:
      return "settled: " + text;
    case Event::Kind::started:
      return text + " …";
    default:
      return text;
  }
}

bool can_draw(const Context& context) {
  return context.terminal.errors && context.variable("CI").empty() && context.variable("TERM") != "dumb";
}

}  // namespace

std::string size_text(std::uint64_t bytes) {
  if (bytes >= 1024 * mebibyte) {
    return with_one_digit(static_cast<double>(bytes) / static_cast<double>(1024 * mebibyte)) + " GiB";
  }
  return bytes >= mebibyte ? std::to_string(bytes / mebibyte) + " MiB" : std::to_string(bytes) + " bytes";
}

std::string progress_line(const Event& event, std::chrono::milliseconds elapsed, int width) {
  const std::uint64_t done = std::min(event.done, event.total);
  const std::uint64_t percent = event.total == 0 ? 0 : done * 100 / event.total;
  std::string numbers = size_text(done) + " of " + size_text(event.total);
  if (elapsed.count() >= 500 && done > 0) {
    numbers += ", " + size_text(done * 1000 / static_cast<std::uint64_t>(elapsed.count())) + "/s, " +
               time_left({.kind = event.kind, .text = {}, .done = done, .total = event.total}, elapsed) + " left";
  }
  const std::string share = std::string(percent < 10 ? 2 : percent < 100 ? 1 : 0, ' ') + std::to_string(percent) + "%";
  const std::string head = printable(event.text) + " " + share + " ";
  const int room = width - static_cast<int>(head.size() + numbers.size()) - 4;
  if (room < 8) {
    return (head + numbers).substr(0, static_cast<std::size_t>(std::max(width - 1, 0)));
  }
  const auto cells = static_cast<std::uint64_t>(std::min(room, 30));
  const std::uint64_t full = cells * percent / 100;
  return head + "[" + std::string(full, '#') + std::string(cells - full, ' ') + "] " + numbers;
}

Progress::Progress(Context& context, Talk talk) : context_(context), talk_(talk), bar_(can_draw(context)) {}

Progress::~Progress() {
  clear_bar();
}

void Progress::clear_bar() {
  if (visible_) {
    context_.err << "\r\033[K" << std::flush;
    visible_ = false;
  }
}

void Progress::show(const Event& event) {
  if (event.kind == Event::Kind::progress) {
    if (talk_ == Talk::normal) {
      show_progress(event);
    }
    return;
  }
  if (context_.log) {
    context_.log->line(words_of(event));
  }
  if (event.kind == Event::Kind::started) {
    stage_ = printable(event.text);
    quarters_ = 0;
    start_ = std::chrono::steady_clock::now();
  }
  if (talk_ == Talk::quiet || event.kind == Event::Kind::finished) {  // how it ended is the answer
    return;
  }
  clear_bar();
  if (!bar_ || event.kind != Event::Kind::started) {
    context_.err << words_of(event) << '\n' << std::flush;
  }
}

void Progress::show_progress(const Event& event) {
  const auto now = std::chrono::steady_clock::now();
  if (start_ == std::chrono::steady_clock::time_point{}) {
    start_ = now;
  }
  const auto elapsed = std::chrono::duration_cast<std::chrono::milliseconds>(now - start_);
  const Event named{.kind = event.kind, .text = stage_, .done = event.done, .total = event.total};
  if (bar_) {
    if (now - drawn_ < redraw_after && event.done < event.total) {
      return;
    }
    drawn_ = now;
    visible_ = true;
    const bool colour = context_.variable("NO_COLOR").empty();
    context_.err << '\r' << (colour ? "\033[36m" : "") << progress_line(named, elapsed, context_.terminal.width)
                 << (colour ? "\033[0m" : "") << "\033[K" << std::flush;
    return;
  }
  const std::uint64_t quarters = event.total == 0 ? 0 : event.done * 4 / event.total;
  if (quarters > quarters_) {
    quarters_ = quarters;
    context_.err << stage_ << ": " << quarters * 25 << "% of " << size_text(event.total) << '\n' << std::flush;
  }
}

Result<bool> asked(Context& context, const std::string& question, const std::string& remedy) {
  if (!context.terminal.input || !context.terminal.errors) {
    return failure(Fault::usage, "no terminal to ask: " + question, remedy);
  }
  context.err << question << " [y/N] " << std::flush;
  std::string answer;
  std::getline(context.in, answer);
  return answer == "y" || answer == "Y" || answer == "yes";
}

}  // namespace cudnn_install
