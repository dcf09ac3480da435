#include "system/archive_reader.h"

#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <thread>

#include "support/scratch.h"
#include "tar_file.h"

using namespace cudnn_install;

namespace {

// One archive in a file, and what its reading said.
struct Reading {
  explicit Reading(std::string archive_bytes, ArchiveLimits archive_limits = {})
      : bytes(std::move(archive_bytes)), limits(archive_limits) {
    scratch.write("archive", bytes);
    std::signal(SIGPIPE, SIG_IGN);  // as the program does; a child that is gone is no reason to die
  }

  std::string run(const std::optional<Sha256>& expected = std::nullopt) {
    auto reader = ArchiveReader::start(scratch.at("archive"), limits);
    if (!reader) {
      return "start: " + reader.error().what;
    }
    protection = reader->protection();
    const auto done = reader->read(sink(), {.sha256 = expected, .instead = {}});
    if (done) {
      CHECK(done->sha256 == Sha256::of(bytes));
      CHECK(done->size == bytes.size());
    }
    return done ? "read" : std::string(name_of(done.error().fault)) + ": " + done.error().what;
  }

  Sink sink() {
    const auto member = [this](const Member& found) -> Result<void> {
      members.push_back((found.kind == Member::Kind::file        ? "file "
                         : found.kind == Member::Kind::directory ? "directory "
                                                                 : "link ") +
                        found.name + (found.target.empty() ? "" : " -> " + found.target) + " " +
                        std::to_string(found.mode) + " " + std::to_string(found.size));
      return stop_at == found.name ? failure(Fault::storage, "the disk is full") : Result<void>();
    };
    const auto data = [this](std::span<const std::byte> part) -> Result<void> {
      text.append(reinterpret_cast<const char*>(part.data()), part.size());
      return {};
    };
    const auto end = [this]() -> Result<void> {
      ++ended;
      return {};
    };
    const auto progress = [this](std::uint64_t done, std::uint64_t total) {
      CHECK(done <= total);
      CHECK(total == bytes.size());
    };
    return {.member = member, .data = data, .end_of_member = end, .progress = progress};
  }

  Scratch scratch{};
  std::string bytes;
  ArchiveLimits limits;
  std::string stop_at{};
  Protection protection{};
  std::vector<std::string> members{};
  std::string text{};
  std::size_t ended = 0;
};

std::string read_once(const std::string& bytes, ArchiveLimits limits = {}) {
  return Reading(bytes, limits).run();
}

const Sha256 another_digest = Sha256::of("another archive");

std::string small_archive(Packing packing = Packing::xz) {
  return TarFile(packing).directory("top/").file("top/LICENSE", "terms").link("top/lib.so", "lib.so.8").bytes();
}

}  // namespace

TEST_CASE("members, their bytes and the archive's digest arrive, however it is packed", "[archive_reader]") {
  for (const Packing packing : {Packing::xz, Packing::gzip, Packing::zstd}) {
    Reading reading(small_archive(packing));
    CHECK(reading.run(Sha256::of(reading.bytes)) == "read");
    CHECK(reading.members == std::vector<std::string>{"directory top/ 493 0", "file top/LICENSE 420 5",
                                                      "link top/lib.so -> lib.so.8 511 0"});
    CHECK(reading.text == "terms");
    CHECK(reading.ended == 3);
  }
}

TEST_CASE("a member larger than all the slots arrives whole", "[archive_reader]") {
  const std::string large = noise(9'000'001);
  Reading reading(TarFile(Packing::zstd).file("a", large).file("b", "end").bytes());
  CHECK(reading.run() == "read");
  CHECK((reading.text == large + "end"));
}

TEST_CASE("the walls that the machine has stand round the child", "[archive_reader]") {
  Reading reading(small_archive());
  CHECK(reading.run() == "read");
  CHECK(reading.protection.seccomp);
  CHECK(reading.protection.own_user == (geteuid() == 0));
  CHECK(Protection{.seccomp = true, .own_user = true}.text() == "seccomp+uid");
  CHECK(Protection{.seccomp = true}.text() == "seccomp");
  CHECK(Protection{.own_user = true}.text() == "uid");
  CHECK(Protection{}.text() == "none");
}

TEST_CASE("a wrong digest is told after all is read, and beats a damaged structure, which is told with it",
          "[archive_reader]") {
  const std::string whole = small_archive();
  const std::string cut = whole.substr(0, whole.size() / 2);
  const std::string hostile = TarFile(Packing::gzip).special("top/dev", AE_IFCHR).file("x", noise(3'000'000)).bytes();
  const std::string no_archive = "; the archive is not .tar.xz, .tar.gz or .tar.zst: it is an ";
  const std::vector<std::pair<std::string, std::string>> told = {
      {whole, ""},
      {cut, "; the archive is truncated"},
      {hostile, "; 'top/dev' is neither a file nor a directory nor a symbolic link"},
      {"<html>", no_archive + "HTML page (a login or error page in place of the archive)"},
      {"", no_archive + "empty file"}};
  for (const auto& [bytes, structure] : told) {
    CHECK(Reading(bytes).run(another_digest) == "integrity: the archive's SHA-256 is " + Sha256::of(bytes).hex() +
                                                    ", expected " + another_digest.hex() + structure);
  }
}

TEST_CASE("with the right digest the structure's own fault is told", "[archive_reader]") {
  const std::string whole = small_archive();
  const std::string cut = whole.substr(0, whole.size() / 2);
  CHECK(Reading(cut).run(Sha256::of(cut)) == "archive: the archive is truncated");
}

TEST_CASE("what no cuDNN archive holds is refused by its name", "[archive_reader]") {
  const auto hostile = [](const std::string& name, const TarFile::More& more) {
    return read_once(TarFile(Packing::gzip).file("top/a", "a").file(name, "", more).bytes());
  };
  CHECK(hostile("top/hard", [](archive_entry* entry) { archive_entry_set_hardlink(entry, "top/a"); }) ==
        "archive: 'top/hard' is a hard link");
  const std::string bits = "has a setuid, setgid or sticky bit";
  CHECK(hostile("s", [](archive_entry* entry) { archive_entry_set_perm(entry, 04755); }) == "archive: 's' " + bits);
  CHECK(hostile("g", [](archive_entry* entry) { archive_entry_set_perm(entry, 02755); }) == "archive: 'g' " + bits);
  CHECK(hostile("t", [](archive_entry* entry) { archive_entry_set_perm(entry, 01755); }) == "archive: 't' " + bits);
  for (const unsigned type : {unsigned{AE_IFCHR}, unsigned{AE_IFBLK}, unsigned{AE_IFIFO}}) {
    CHECK(read_once(TarFile(Packing::gzip).special("top/odd", type).bytes()) ==
          "archive: 'top/odd' is neither a file nor a directory nor a symbolic link");
  }
  const std::string sparse = TarFile(Packing::gzip)
                                 .file("top/holes", noise(8192),
                                       [](archive_entry* entry) {
                                         archive_entry_set_size(entry, 1 << 20);
                                         archive_entry_sparse_add_entry(entry, 0, 4096);
                                         archive_entry_sparse_add_entry(entry, 1 << 19, 4096);
                                       })
                                 .bytes();
  CHECK(read_once(sparse) ==
        "archive: the tar has a pax header with 'GNU.sparse.major', which not every reader understands alike");
}

TEST_CASE("names with control characters or without end are refused", "[archive_reader]") {
  CHECK(read_once(TarFile(Packing::gzip).file("top/a\nb", "").bytes()) ==
        "archive: a name in the archive has control characters: 'top/a\nb'");
  CHECK(read_once(TarFile(Packing::gzip).link("top/l", "a\x1b[2J").bytes()) ==
        "archive: a name in the archive has control characters: 'top/l'");
  CHECK(read_once(TarFile(Packing::gzip).file(std::string(4096, 'n'), "").bytes()) ==
        "archive: a name in the archive is too long");
}

TEST_CASE("limits on members, bytes and ratio hold", "[archive_reader]") {
  const std::string three = TarFile(Packing::gzip).file("a", "123").file("b", "123").file("c", "123").bytes();
  CHECK(read_once(three, {.members = 3, .bytes = 9}) == "read");
  CHECK(read_once(three, {.members = 2}) == "archive: the archive has more than 2 members");
  CHECK(read_once(three, {.bytes = 8}) == "archive: the archive unpacks to more than any cuDNN archive does");
  const std::string bomb = TarFile(Packing::zstd).file("zeros", std::string(std::size_t{80} << 20U, '\0')).bytes();
  CHECK(read_once(bomb) == "archive: the archive unpacks to an implausible multiple of its size");
  CHECK(read_once(bomb, {.ratio = 1'000'000}) == "read");
}

TEST_CASE("a tar that ends too early, or not at all, is refused", "[archive_reader]") {
  const std::string whole = TarFile(Packing::plain).file("a", std::string(700, 'a')).file("b", "b").bytes();
  const auto zipped = [](const std::string& tar) {
    std::string bytes;
    const Scratch scratch;
    scratch.write("tar", tar);
    REQUIRE(std::system(("gzip -c " + scratch.at("tar") + " >" + scratch.at("gz")).c_str()) == 0);
    return read_once(scratch.text("gz"));
  };
  CHECK(zipped(whole) == "read");
  for (const std::size_t length : {std::size_t{100}, std::size_t{512}, std::size_t{1000}, std::size_t{1536},
                                   std::size_t{2048}, std::size_t{2560}, std::size_t{3072}}) {
    INFO("cut at " << length << " of " << whole.size());
    CHECK(zipped(whole.substr(0, length)).starts_with("archive: "));
  }
  CHECK(zipped(whole + "hidden behind the end") == "archive: the tar file has no proper end");
  CHECK(zipped(std::string(1024, '\0')) == "archive: the archive has no members");
}

TEST_CASE("a sink that refuses ends the reading with its own error", "[archive_reader]") {
  Reading reading(small_archive());
  reading.stop_at = "top/LICENSE";
  CHECK(reading.run(another_digest) == "storage: the disk is full");
  CHECK(reading.text.empty());
}

TEST_CASE("an archive that cannot be opened is told before a child is started", "[archive_reader]") {
  const Scratch scratch;
  const auto reader = ArchiveReader::start(scratch.at("absent"), {});
  REQUIRE_FALSE(reader);
  CHECK(reader.error().fault == Fault::usage);
  CHECK(scratch.placeless(reader.error().what) == "cannot open the archive 'HERE/absent': No such file or directory");
}

namespace {

// Process ids of this process's children.
std::vector<pid_t> children_of(pid_t parent) {
  std::vector<pid_t> found;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::string name = entry.path().filename().string();
    if (name.find_first_not_of("0123456789") != std::string::npos) {
      continue;
    }
    std::ifstream stat(entry.path() / "stat");
    std::string line;
    std::getline(stat, line);
    if (const std::size_t end = line.rfind(')'); end != std::string::npos) {
      std::istringstream rest(line.substr(end + 1));
      std::string state;
      pid_t of = 0;
      rest >> state >> of;
      if (of == parent && state != "Z") {
        found.push_back(std::stoi(name));
      }
    }
  }
  return found;
}

bool gone_soon(pid_t process) {
  for (int i = 0; i < 100 && kill(process, 0) == 0; ++i) {
    std::string state;
    std::ifstream("/proc/" + std::to_string(process) + "/stat") >> state >> state >> state;
    if (state == "Z") {
      return true;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  return kill(process, 0) != 0;
}

}  // namespace

TEST_CASE("the child holds three ends of pipes and nothing else", "[archive_reader]") {
  if (geteuid() != 0) {
    WARN("not root: nobody may look at what the child holds");
    return;
  }
  const Reading reading(small_archive());
  const auto reader = ArchiveReader::start(reading.scratch.at("archive"), {});
  REQUIRE(reader);
  const std::vector<pid_t> children = children_of(getpid());
  REQUIRE(children.size() == 1);
  std::vector<std::string> held;
  for (const auto& entry : std::filesystem::directory_iterator("/proc/" + std::to_string(children.front()) + "/fd")) {
    held.push_back(std::filesystem::read_symlink(entry.path()).string().substr(0, 5));
  }
  CHECK(held == std::vector<std::string>(3, "pipe:"));
}

TEST_CASE("the child ends with its reader", "[archive_reader]") {
  const Reading reading(small_archive());
  std::vector<pid_t> children;
  {
    const auto reader = ArchiveReader::start(reading.scratch.at("archive"), {});
    REQUIRE(reader);
    children = children_of(getpid());
    CHECK(children.size() == 1);
  }
  CHECK(children_of(getpid()).empty());
}

TEST_CASE("the child does not outlive a parent that is killed", "[archive_reader]") {
  const Reading reading(small_archive());
  const pid_t parent = fork();
  REQUIRE(parent >= 0);
  if (parent == 0) {
    const auto reader = ArchiveReader::start(reading.scratch.at("archive"), {});
    while (reader) {
      pause();
    }
    _exit(1);
  }
  std::vector<pid_t> children;
  for (int i = 0; i < 250 && children.empty(); ++i) {
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    children = children_of(parent);
  }
  kill(parent, SIGKILL);
  waitpid(parent, nullptr, 0);
  REQUIRE(children.size() == 1);
  CHECK(gone_soon(children.front()));
}

TEST_CASE("a child that is killed is told as one that died of the archive", "[archive_reader]") {
  Reading reading(TarFile(Packing::gzip).file("a", noise(9'000'000)).bytes());
  auto reader = ArchiveReader::start(reading.scratch.at("archive"), {});
  REQUIRE(reader);
  for (const pid_t child : children_of(getpid())) {
    kill(child, SIGKILL);
  }
  const auto done = reader->read(reading.sink(), {});
  REQUIRE_FALSE(done);
  CHECK(done.error() == Error{.fault = Fault::archive,
                              .what = "the archive's reader died",
                              .hint = "do not use this archive: download it again"});
}

TEST_CASE("what a terminal sends to the whole group does not end the child: its parent decides", "[archive_reader]") {
  Reading reading(TarFile(Packing::gzip).file("a", noise(9'000'000)).bytes());
  auto reader = ArchiveReader::start(reading.scratch.at("archive"), {});
  REQUIRE(reader);
  for (const pid_t child : children_of(getpid())) {
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      kill(child, signal);
    }
  }
  CHECK(reader->read(reading.sink(), {}));
}
