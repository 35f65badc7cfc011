#include "kerberos/memory_replay_guard.h"

#include <doctest/doctest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <thread>

#include "base/text.h"
#include "crypto/testing.h"
#include "kerberos/replay_journal.h"

namespace pforte::kerberos {

using namespace std::chrono_literals;
using Time = MemoryReplayGuard::Time;

namespace {

std::unique_ptr<MemoryReplayGuard> make_guard(const std::string& folder, const Time& now) {
  MemoryReplayGuard::Options options;
  options.folder = folder;
  options.window = 600s;
  options.now = [&now] { return now; };
  Result<std::unique_ptr<MemoryReplayGuard>> guard = MemoryReplayGuard::make(std::move(options));
  REQUIRE(guard);
  return *std::move(guard);
}

}  // namespace

TEST_CASE("an authenticator is first once") {
  const Time now = std::chrono::system_clock::now();
  std::unique_ptr<MemoryReplayGuard> guard = make_guard("", now);
  for (int i = 0; i < 20000; ++i) CHECK(guard->is_first(cat("a", i)).value());
  for (int i = 0; i < 20000; ++i) CHECK(!guard->is_first(cat("a", i)).value());
  CHECK(guard->size() == 20000);
}

TEST_CASE("an authenticator is remembered for a whole window, and forgotten after two") {
  Time now = std::chrono::system_clock::now();
  std::unique_ptr<MemoryReplayGuard> guard = make_guard("", now);
  for (std::chrono::seconds offset : {0s, 1s, 300s, 599s}) {
    now += offset;
    std::string name = cat("at ", offset.count());
    CHECK(guard->is_first(name).value());
    now += 600s;
    CHECK(!guard->is_first(name).value());
  }
  for (int i = 0; i < 3; ++i) {
    now += 601s;
    for (int k = 0; k < 64; ++k) guard->is_first(cat(i, "/", k)).value();
  }
  CHECK(guard->size() <= 128);
}

TEST_CASE("a clock that is set back forgets nothing") {
  Time now = std::chrono::system_clock::now();
  std::unique_ptr<MemoryReplayGuard> guard = make_guard("", now);
  CHECK(guard->is_first("a").value());
  now -= 2h;
  CHECK(!guard->is_first("a").value());
  CHECK(guard->is_first("b").value());
  CHECK(!guard->is_first("b").value());
}

TEST_CASE("of many threads with the same authenticator one is first") {
  const Time now = std::chrono::system_clock::now();
  crypto::testing::Folder folder;
  std::unique_ptr<MemoryReplayGuard> guard = make_guard(folder.path() + "/seen", now);
  std::atomic<int> first = 0;
  std::vector<std::jthread> threads;
  threads.reserve(4);
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1000; ++i) first += guard->is_first(cat("a", i)).value() ? 1 : 0;
    });
  }
  threads.clear();
  CHECK(first == 1000);
}

TEST_CASE("what was seen is known after a restart, through turns and several restarts, until it expires") {
  Time now = std::chrono::system_clock::now();
  crypto::testing::Folder folder;
  std::string path = folder.path() + "/seen";
  for (int i = 0; i < 100; ++i) CHECK(make_guard(path, now)->is_first(cat("a", i % 50)).value() == (i < 50));
  now += 500s;
  {
    std::unique_ptr<MemoryReplayGuard> guard = make_guard(path, now);
    CHECK(guard->size() == 50);
    now += 100s;
    for (int i = 0; i < 50; ++i) CHECK(!guard->is_first(cat("a", i)).value());
    now += 501s;
    for (int i = 0; i < 50; ++i) CHECK(guard->is_first(cat("b", i)).value());
  }
  CHECK(make_guard(path, now)->size() == 50);
  now += 601s;
  CHECK(make_guard(path, now)->size() == 0);
}

TEST_CASE("what was seen is known after a kill") {
  const Time now = std::chrono::system_clock::now();
  crypto::testing::Folder folder;
  std::string path = folder.path() + "/seen";
  pid_t child = fork();
  REQUIRE(child >= 0);
  if (child == 0) {
    std::unique_ptr<MemoryReplayGuard> guard = make_guard(path, now);
    bool first = guard->is_first("a").value();
    if (first) ::raise(SIGKILL);
    _exit(1);
  }
  int status = 0;
  REQUIRE(waitpid(child, &status, 0) == child);
  CHECK(WIFSIGNALED(status));
  CHECK(!make_guard(path, now)->is_first("a").value());
  CHECK(std::filesystem::status(path).permissions() == std::filesystem::perms::owner_all);
}

TEST_CASE("a journal that is cut or changed anywhere still gives its good records") {
  const Time now = std::chrono::system_clock::now();
  for (std::uintmax_t cut = 0; cut <= 72; ++cut) {
    CAPTURE(cut);
    crypto::testing::Folder folder;
    ReplayJournal journal = *ReplayJournal::create(folder.path() + "/j");
    for (std::uint64_t i = 1; i <= 3; ++i) REQUIRE(journal.append({{i, i}, 7}));
    std::filesystem::resize_file(folder.path() + "/j", cut);
    CHECK(ReplayJournal::read(folder.path() + "/j")->size() == cut / 24);
  }
  crypto::testing::Folder folder;
  folder.write("seen-0.new", std::string(2400, 'x'));
  CHECK(make_guard(folder.path(), now)->size() == 0);
}

TEST_CASE("where nothing can be written any more, tickets are refused, and accepted again afterwards") {
  const Time now = std::chrono::system_clock::now();
  crypto::testing::Folder folder;
  std::unique_ptr<MemoryReplayGuard> guard = make_guard(folder.path() + "/seen", now);
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_FSIZE, &before) == 0);
  auto ignored = std::signal(SIGXFSZ, SIG_IGN);
  rlimit small = before;
  small.rlim_cur = 10;  // a record has 24 bytes: the first one is cut
  REQUIRE(setrlimit(RLIMIT_FSIZE, &small) == 0);
  Result<bool> refused = guard->is_first("a");
  REQUIRE(setrlimit(RLIMIT_FSIZE, &before) == 0);
  std::signal(SIGXFSZ, ignored);

  REQUIRE(!refused);
  CHECK(refused.error().kind() == Kind::Unavailable);
  CHECK(refused.error().code() == "kerberos.replay-journal");
  CHECK(guard->is_first("a").value());
  guard.reset();
  CHECK(!make_guard(folder.path() + "/seen", now)->is_first("a").value());
}

TEST_CASE("there is an end to what is remembered") {
  MemoryReplayGuard::Options options;
  options.most = 80;
  std::unique_ptr<MemoryReplayGuard> guard = *MemoryReplayGuard::make(std::move(options));
  int refused = 0;
  for (int i = 0; i < 200; ++i) refused += guard->is_first(cat(i)) ? 0 : 1;
  CHECK(refused >= 120);
  CHECK(guard->is_first("another").error().kind() == Kind::Unavailable);
}

TEST_CASE("a folder that cannot be used is said") {
  crypto::testing::Folder folder;
  MemoryReplayGuard::Options options;
  options.folder = folder.write("file", "") + "/seen";
  Result<std::unique_ptr<MemoryReplayGuard>> guard = MemoryReplayGuard::make(std::move(options));
  REQUIRE(!guard);
  CHECK(guard.error().kind() == Kind::Unavailable);
}

}  // namespace pforte::kerberos
