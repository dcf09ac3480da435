#include "system/archive_reader.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstring>
#include <utility>
#include <vector>

#include "system/archive_channel.h"
#include "system/archive_feed.h"
#include "system/decoder.h"
#include "system/signals.h"
#include "system/uninterrupted.h"

namespace cudnn_install {

namespace {

constexpr std::chrono::seconds patience{60};
constexpr std::uint64_t ratio_counts_from = 64ULL << 20U;

struct Pipe {
  Descriptor out{};  // to read from
  Descriptor in{};   // to write to
};

Result<Pipe> new_pipe() {
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    const int code = errno;
    return tl::unexpected(system_error(code, "cannot make a pipe"));
  }
  return Pipe{Descriptor(ends[0]), Descriptor(ends[1])};
}

unsigned processors() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int count = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  return static_cast<unsigned>(std::clamp(count, 1, 16));
}

bool has_control(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c == 0x7f; });
}

tl::unexpected<Error> child_broke_the_rules() {
  return failure(Fault::archive, "the archive upset its reader", "do not use this archive: download it again");
}

}  // namespace

std::string Protection::text() const {
  if (seccomp) {
    return own_user ? "seccomp+uid" : "seccomp";
  }
  return own_user ? "uid" : "none";
}

struct ArchiveReader::State {
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    end_child();
    if (slots != nullptr) {
      munmap(slots, slot_size * slot_count);
    }
  }

  void end_child() {
    if (child > 0) {
      kill(child, SIGKILL);
      while (waitpid(child, nullptr, 0) < 0 && errno == EINTR) {
      }
      child = -1;
    }
  }

  Result<void> open_pipes();
  Result<void> start_child();
  Result<void> receive(void* into, std::size_t size);
  [[nodiscard]] Result<void> wait_for_message() const;
  Result<Message> next_message();
  Result<void> greet();
  Result<bool> take(const Message& message, const Sink& sink);
  Result<void> take_member(const Message& message, const Sink& sink);
  Result<void> take_data(const Message& message, const Sink& sink);
  Result<void> take_end_of_member(const Sink& sink);
  Result<void> drain(const Sink& sink);

  ArchiveLimits limits{};
  Protection protection{};
  std::unique_ptr<ArchiveFeed> feed{};
  Pipe input{};
  Pipe messages{};
  Pipe credits{};
  Descriptor archive{};
  std::byte* slots = nullptr;
  pid_t child = -1;
  std::vector<std::byte> block = std::vector<std::byte>(slot_size);
  std::uint32_t members = 0;
  std::uint64_t bytes = 0;
  std::uint64_t left = 0;  // of the member that is open
  bool open_member = false;
  bool looked_dead = false;
};

ArchiveReader::ArchiveReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
ArchiveReader::~ArchiveReader() = default;
ArchiveReader::ArchiveReader(ArchiveReader&&) noexcept = default;
const Protection& ArchiveReader::protection() const {
  return state_->protection;
}

Result<ArchiveReader> ArchiveReader::start(const std::string& file, const ArchiveLimits& limits) {
  auto state = std::make_unique<State>();
  state->limits = limits;
  state->archive = Descriptor(uninterrupted([&] { return open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY); }));
  if (!state->archive.open()) {
    const int code = errno;
    Error error = system_error(code, "cannot open the archive '" + file + "'");
    error.fault = error.fault == Fault::conflict ? Fault::usage : error.fault;  // no such file, not a file
    return tl::unexpected(std::move(error));
  }
  auto ready = state->open_pipes().and_then([&] { return state->start_child(); });
  if (!ready) {
    return tl::unexpected(ready.error());
  }
  state->feed = std::make_unique<ArchiveFeed>(std::move(state->archive), std::move(state->input.in));
  if (auto greeted = state->greet(); !greeted) {
    return tl::unexpected(greeted.error());
  }
  return ArchiveReader(std::move(state));
}

Result<void> ArchiveReader::State::open_pipes() {
  for (Pipe* pipe : {&input, &messages, &credits}) {
    auto made = new_pipe();
    if (!made) {
      return tl::unexpected(made.error());
    }
    *pipe = std::move(*made);
  }
  fcntl(input.in.number(), F_SETPIPE_SZ, 1 << 20);
  fcntl(input.in.number(), F_SETFL, O_NONBLOCK);
  void* memory = mmap(nullptr, slot_size * slot_count, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  if (memory == MAP_FAILED) {
    const int code = errno;
    return tl::unexpected(system_error(code, "cannot share memory with the archive's reader"));
  }
  slots = static_cast<std::byte*>(memory);
  return {};
}

Result<void> ArchiveReader::State::start_child() {
  const int parent = getpid();
  const unsigned threads = processors();
  child = fork();
  if (child < 0) {
    const int code = errno;
    return tl::unexpected(system_error(code, "cannot start the archive's reader"));
  }
  if (child == 0) {
    // Ctrl-C at a terminal reaches the child as well: its parent decides what becomes of it.
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      std::signal(signal, SIG_IGN);
    }
    // The child keeps its three pipe ends and nothing else, the standard streams neither.
    const std::array<int, 3> kept = {input.out.number(), messages.in.number(), credits.out.number()};
    for (int number = 0; number < 1024; ++number) {
      if (std::find(kept.begin(), kept.end(), number) == kept.end()) {
        ::close(number);
      }
    }
    run_archive_child({.input = kept[0], .messages = kept[1], .credits = kept[2], .slots = slots}, limits, threads,
                      parent);
  }
  input.out.close();
  messages.in.close();
  credits.out.close();
  return {};
}

Result<void> ArchiveReader::State::greet() {
  const auto hello = next_message();
  if (!hello) {
    return tl::unexpected(hello.error());
  }
  if (hello->kind != MessageKind::hello) {
    return child_broke_the_rules();
  }
  protection = {.seccomp = hello->a != 0, .own_user = hello->b != 0};
  return {};
}

// Waits for the child; one that takes no input and says nothing for a minute is given up.
Result<void> ArchiveReader::State::wait_for_message() const {
  auto last_move = std::chrono::steady_clock::now();
  std::uint64_t fed = feed ? feed->done() : 0;
  while (true) {
    pollfd ready = {.fd = messages.out.number(), .events = POLLIN, .revents = 0};
    if (poll(&ready, 1, 1000) > 0) {
      return {};
    }
    if (interrupted()) {
      return failure(Fault::interrupted, "interrupted before anything was changed");
    }
    const auto now = std::chrono::steady_clock::now();
    if (feed && (feed->done() != fed || !feed->blocked())) {
      fed = feed->done();
      last_move = now;
    }
    if (now - last_move > patience) {
      return failure(Fault::archive, "the archive's reader made no progress for a minute");
    }
  }
}

Result<void> ArchiveReader::State::receive(void* into, std::size_t size) {
  auto* place = static_cast<char*>(into);
  while (size > 0) {
    if (auto ready = wait_for_message(); !ready) {
      return ready;
    }
    const ssize_t length = ::read(messages.out.number(), place, size);
    if (length < 0 && errno == EINTR) {
      continue;
    }
    if (length <= 0) {
      looked_dead = true;
      return failure(Fault::archive, "the archive's reader died", "do not use this archive: download it again");
    }
    place += length;
    size -= static_cast<std::size_t>(length);
  }
  return {};
}

Result<Message> ArchiveReader::State::next_message() {
  Message message;
  if (auto got = receive(&message, sizeof message); !got) {
    return tl::unexpected(got.error());
  }
  if (message.text[0] > longest_name || message.text[1] > longest_name) {
    return child_broke_the_rules();
  }
  return message;
}

// True when the child says that all is read.
Result<bool> ArchiveReader::State::take(const Message& message, const Sink& sink) {
  switch (message.kind) {
    case MessageKind::member:
      return take_member(message, sink).map([] { return false; });
    case MessageKind::data:
      return take_data(message, sink).map([] { return false; });
    case MessageKind::end_of_member:
      return take_end_of_member(sink).map([] { return false; });
    case MessageKind::end:
      return open_member ? Result<bool>(child_broke_the_rules()) : Result<bool>(true);
    case MessageKind::failed: {
      std::string what(message.text[0], '\0');
      if (auto got = receive(what.data(), what.size()); !got) {
        return tl::unexpected(got.error());
      }
      return failure(Fault::archive, what);
    }
    case MessageKind::hello:
      break;
  }
  return child_broke_the_rules();
}

Result<void> ArchiveReader::State::take_member(const Message& message, const Sink& sink) {
  Member member{.kind = static_cast<Member::Kind>(message.a),
                .name = std::string(message.text[0], '\0'),
                .target = std::string(message.text[1], '\0'),
                .mode = message.b,
                .size = message.size};
  auto got = receive(member.name.data(), member.name.size()).and_then([&] {
    return receive(member.target.data(), member.target.size());
  });
  if (!got) {
    return got;
  }
  const bool known = message.a <= static_cast<std::uint32_t>(Member::Kind::link);
  if (open_member || !known || (message.b & ~0777U) != 0 || (member.kind != Member::Kind::file && member.size != 0)) {
    return child_broke_the_rules();
  }
  if (has_control(member.name) || has_control(member.target) || member.name.empty()) {
    return failure(Fault::archive, "a name in the archive has control characters: '" + member.name + "'");
  }
  if (++members > limits.members) {
    return failure(Fault::archive, "the archive has more than " + std::to_string(limits.members) + " members");
  }
  if (member.size > limits.bytes - bytes) {
    return failure(Fault::archive, "the archive unpacks to more than any cuDNN archive does");
  }
  open_member = true;
  left = member.size;
  return sink.member(member);
}

Result<void> ArchiveReader::State::take_data(const Message& message, const Sink& sink) {
  if (!open_member || message.a >= slot_count || message.b == 0 || message.b > slot_size || message.b > left) {
    return child_broke_the_rules();
  }
  // Copied once, out of the child's reach, before anything looks at it.
  std::memcpy(block.data(), slots + message.a * slot_size, message.b);
  const char credit = 1;
  if (uninterrupted([&] { return ::write(credits.in.number(), &credit, 1); }) < 0 && errno != EPIPE) {
    return child_broke_the_rules();
  }
  left -= message.b;
  bytes += message.b;
  if (bytes > ratio_counts_from && bytes / limits.ratio > feed->done()) {
    return failure(Fault::archive, "the archive unpacks to an implausible multiple of its size");
  }
  if (auto taken = sink.data(std::span<const std::byte>(block).first(message.b)); !taken) {
    return taken;
  }
  if (sink.progress) {
    sink.progress(feed->done(), feed->size());
  }
  return {};
}

Result<void> ArchiveReader::State::take_end_of_member(const Sink& sink) {
  if (!open_member || left != 0) {
    return child_broke_the_rules();
  }
  open_member = false;
  return sink.end_of_member();
}

Result<void> ArchiveReader::State::drain(const Sink& sink) {
  while (true) {
    if (interrupted()) {
      return failure(Fault::interrupted, "interrupted before anything was changed");
    }
    const auto message = next_message();
    if (!message) {
      return tl::unexpected(message.error());
    }
    const auto ended = take(*message, sink);
    if (!ended) {
      return tl::unexpected(ended.error());
    }
    if (*ended) {
      return {};
    }
  }
}

namespace {

// `structure`: what is wrong with the file whatever its digest, or "".
Error wrong_digest(const ReadArchive& found, const Expectation& expected, const std::string& structure) {
  const std::string instead = expected.instead ? expected.instead(found) : "";
  return {.fault = Fault::integrity,
          .what = "the archive's SHA-256 is " + found.sha256.hex() + ", expected " + expected.sha256->hex() +
                  (structure.empty() ? "" : "; " + structure) + (instead.empty() ? "" : "; it is " + instead),
          .hint = "download it again, or name the digest that its publisher gives with --sha256"};
}

}  // namespace

Result<ReadArchive> ArchiveReader::read(const Sink& sink, const Expectation& expected) {
  State& state = *state_;
  if (!state.protection.seccomp && !state.protection.own_user) {
    if (!expected.sha256) {
      return failure(Fault::unsupported, "an unverified archive is not opened where its reader cannot be walled in",
                     "name its digest with --sha256, or run as root or on a kernel with seccomp");
    }
    const auto first = state.feed->hash_first();
    if (!first) {
      return tl::unexpected(first.error());
    }
    if (*first != *expected.sha256) {
      return tl::unexpected(wrong_digest({.sha256 = *first, .size = state.feed->size()}, expected, ""));
    }
  }
  state.feed->start();
  const auto drained = state.drain(sink);
  state.end_child();
  if (!drained && drained.error().fault != Fault::archive) {
    state.feed->stop();
    return tl::unexpected(drained.error());
  }
  const auto digest = state.feed->finish();
  if (!digest) {
    return tl::unexpected(digest.error());
  }
  const ReadArchive found{.sha256 = *digest, .size = state.feed->done()};
  if (expected.sha256 && *digest != *expected.sha256) {
    return tl::unexpected(wrong_digest(found, expected, drained ? "" : drained.error().what));
  }
  if (!drained) {
    return tl::unexpected(drained.error());
  }
  return found;
}

}  // namespace cudnn_install
