#include "transaction/lock.h"

#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include "support/scratch.h"

using namespace cudnn_install;
using namespace std::chrono_literals;

namespace {

Result<Lock> taken(const Scratch& scratch, std::vector<std::string>* waited = nullptr,
                   std::chrono::seconds patience = 0s) {
  return Lock::take({{scratch.open(), "lock"}}, patience, [&](const std::string& holder) {
    if (waited != nullptr) {
      waited->push_back(holder);
    }
  });
}

std::string refusal(const Result<Lock>& lock, const Scratch& scratch) {
  return lock ? "taken" : std::string(name_of(lock.error().fault)) + ": " + scratch.placeless(lock.error().what);
}

std::string us() {
  return "process " + std::to_string(getpid());
}

}  // namespace

TEST_CASE("a lock is a file for its owner's eyes that names the holder, and can be taken again", "[lock]") {
  const Scratch scratch;
  { REQUIRE(taken(scratch)); }
  REQUIRE(taken(scratch));
  CHECK(scratch.text("lock") == std::to_string(getpid()) + "\n");
  struct stat raw {};
  REQUIRE(stat(scratch.at("lock").c_str(), &raw) == 0);
  CHECK((raw.st_mode & 07777U) == 0600);
}

TEST_CASE("a lock that is held elsewhere is busy at once, by name, where nobody waits", "[lock]") {
  const Scratch scratch;
  const auto held = taken(scratch);
  REQUIRE(held);
  std::vector<std::string> waited;
  const auto start = std::chrono::steady_clock::now();
  const auto second = taken(scratch, &waited);
  CHECK(std::chrono::steady_clock::now() - start < 1s);
  REQUIRE_FALSE(second);
  CHECK(scratch.placeless(second.error().what) == us() + " is working on 'HERE'");
  CHECK(second.error().fault == Fault::busy);
  CHECK(second.error().hint == "wait for it, or give --lock-timeout more seconds");
  CHECK(waited.empty());
}

TEST_CASE("a holder whose name cannot be read is another run", "[lock]") {
  const Scratch scratch;
  const auto held = taken(scratch);
  REQUIRE(held);
  for (const char* text : {"", "\x1b[2J", "12 34"}) {
    scratch.write("lock", text);
    CHECK(refusal(taken(scratch), scratch) == "busy: another run is working on 'HERE'");
  }
}

TEST_CASE("a waiter is told once and gets the lock when it is free", "[lock]") {
  const Scratch scratch;
  auto held = std::make_unique<Lock>(taken(scratch).value());
  std::vector<std::string> waited;
  std::thread other([&held] {
    std::this_thread::sleep_for(300ms);
    held.reset();
  });
  const auto second = taken(scratch, &waited, 20s);
  other.join();
  CHECK(second);
  CHECK(waited == std::vector<std::string>{us()});
}

TEST_CASE("patience ends", "[lock]") {
  const Scratch scratch;
  const auto held = taken(scratch);
  REQUIRE(held);
  const auto start = std::chrono::steady_clock::now();
  CHECK(refusal(taken(scratch, nullptr, 1s), scratch) == "busy: " + us() + " is working on 'HERE'");
  CHECK(std::chrono::steady_clock::now() - start >= 1s);
}

TEST_CASE("of several locks all are held or none", "[lock]") {
  const Scratch scratch;
  const auto held = Lock::take({{scratch.open(), "b"}}, 0s, [](const std::string&) {});
  REQUIRE(held);
  const auto both = [&] { return Lock::take({{scratch.open(), "a"}, {scratch.open(), "b"}}, 0s, [](const auto&) {}); };
  CHECK(refusal(both(), scratch) == "busy: " + us() + " is working on 'HERE'");
  CHECK(Lock::take({{scratch.open(), "a"}}, 0s, [](const std::string&) {}));
}

TEST_CASE("a lock that is removed while the next one is waited for is noticed", "[lock]") {
  const Scratch scratch;
  auto held = std::make_unique<Lock>(Lock::take({{scratch.open(), "b"}}, 0s, [](const std::string&) {}).value());
  std::atomic<bool> waits = false;
  std::thread other([&] {
    while (!waits) {
      std::this_thread::sleep_for(1ms);
    }
    std::filesystem::remove(scratch.at("a"));
    held.reset();
  });
  const auto both =
      Lock::take({{scratch.open(), "a"}, {scratch.open(), "b"}}, 20s, [&](const std::string&) { waits = true; });
  other.join();
  CHECK(refusal(both, scratch) == "busy: another run has just removed 'HERE'");
}

TEST_CASE("a link in the lock's place is refused and not followed", "[lock]") {
  const Scratch scratch;
  scratch.write("precious", "untouched");
  scratch.link("lock", "precious");
  const auto lock = taken(scratch);
  REQUIRE_FALSE(lock);
  CHECK(refusal(lock, scratch) == "conflict: the lock 'HERE/lock' is not a file");
  CHECK(lock.error().hint == "remove it");
  CHECK(scratch.tree() == std::vector<std::string>{"lock -> precious", "precious = untouched"});
}

TEST_CASE("a directory, a pipe or a stranger's file in the lock's place is refused", "[lock]") {
  const Scratch directory;
  directory.directory("lock");
  CHECK(refusal(taken(directory), directory) == "conflict: the lock 'HERE/lock' is not a file");
  const Scratch pipe;
  REQUIRE(mkfifo(pipe.at("lock").c_str(), 0600) == 0);
  CHECK(refusal(taken(pipe), pipe) == "conflict: the lock 'HERE/lock' is not a file of ours");
  if (geteuid() == 0) {
    const Scratch strange;
    strange.write("lock", "theirs");
    REQUIRE(chown(strange.at("lock").c_str(), 4242, 4242) == 0);
    CHECK(refusal(taken(strange), strange) == "conflict: the lock 'HERE/lock' is not a file of ours");
    CHECK(strange.text("lock") == "theirs");
  }
}

TEST_CASE("a state directory that another run has removed is busy, and nothing is made anew", "[lock]") {
  const Scratch scratch;
  scratch.directory("state");
  const Directory state = scratch.open("state");
  std::filesystem::remove(scratch.at("state"));
  const auto lock = Lock::take({{state, "lock"}}, 20s, [](const std::string&) {});
  REQUIRE_FALSE(lock);
  CHECK(refusal(lock, scratch) == "busy: another run has just removed 'HERE/state'");
  CHECK(lock.error().hint == "run the command again");
  CHECK(scratch.tree().empty());
}

TEST_CASE("runs that race while the holder removes the lock's file never hold it together", "[lock]") {
  const Scratch scratch;
  const Directory here = scratch.open();
  std::atomic<bool> stop = false;
  std::atomic<int> holders = 0;
  std::atomic<int> taken_often = 0;
  std::atomic<int> collisions = 0;
  const auto work = [&] {
    while (!stop) {
      if (const auto lock = Lock::take({{here, "lock"}}, 0s, [](const std::string&) {})) {
        ++taken_often;
        collisions += ++holders > 1 ? 1 : 0;
        std::this_thread::sleep_for(50us);
        --holders;
        unlink(scratch.at("lock").c_str());  // while it is held, as the last uninstall does
      }
    }
  };
  std::vector<std::thread> runs;
  for (int i = 0; i < 8; ++i) {
    runs.emplace_back(work);
  }
  std::this_thread::sleep_for(1s);
  stop = true;
  for (std::thread& run : runs) {
    run.join();
  }
  CHECK(taken_often > 10);
  CHECK(collisions == 0);
}
