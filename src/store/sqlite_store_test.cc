#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <csignal>
#include <fstream>
#include <functional>
#include <thread>
#include <utility>
#include <vector>

#include "base/text.h"
#include "store/schema.h"
#include "store/store.h"
#include "store/testing.h"

namespace pforte::store {
namespace {

using testing::Folder;
using testing::number;

constexpr std::string_view kAddKey = "INSERT INTO secret_key (purpose, number, made, secret) VALUES (?, ?, 0, ?)";
constexpr std::string_view kCount = "SELECT count(*) FROM secret_key";

// Cuts what this process may write into one file, and puts it back.
class FileSizeLimit {
 public:
  explicit FileSizeLimit(rlim_t most) {
    std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &before_);
    rlimit limit{most, before_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &limit);
  }
  FileSizeLimit(const FileSizeLimit&) = delete;
  FileSizeLimit& operator=(const FileSizeLimit&) = delete;
  ~FileSizeLimit() { setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

mode_t mode_of(const std::string& file) {
  struct stat is{};
  REQUIRE(stat(file.c_str(), &is) == 0);
  return is.st_mode & 0777;
}

Result<> add_key(Store& store, std::int64_t key, std::string secret = "s") {
  std::uint64_t added = TRY(store.change(kAddKey, {"test", key, std::move(secret)}));
  CHECK(added == 1);
  return {};
}

Result<> add_keys_in_transaction(Store& store, std::int64_t one, std::int64_t other) {
  return store.transact([&]() -> Result<> {
    TRY(add_key(store, one));
    return add_key(store, other);
  });
}

Result<> add_key_and_fail(Store& store, std::int64_t key) {
  return store.transact([&store, key]() -> Result<> {
    TRY(add_key(store, key));
    return fail(Kind::Invalid, "store.conflict", "thought better of it");
  });
}

// Each with its number; none may fail.
void on_threads(std::int64_t count, const std::function<Result<>(std::int64_t)>& work) {
  std::vector<Result<>> ends(static_cast<std::size_t>(count));
  std::vector<std::jthread> threads;
  threads.reserve(ends.size());
  for (std::int64_t i = 0; i < count; ++i) threads.emplace_back([&ends, &work, i] { ends[std::size_t(i)] = work(i); });
  threads.clear();
  for (const Result<>& end : ends) CHECK_MESSAGE(end, (end ? "" : end.error().text()));
}

std::int64_t number_on_another_thread(Store& store, std::string_view select) {
  std::int64_t found = -1;
  std::jthread([&] { found = number(store, select); }).join();
  return found;
}

TEST_CASE("what is changed is there after opening the store again") {
  Folder folder;
  std::string secret("with a NUL \0 and \xff", 18);
  {
    auto store = open_sqlite(folder.file("a.db")).value();
    CHECK(add_key(*store, 7, secret));
    CHECK(store->change("UPDATE secret_key SET made = ?", {std::int64_t(1) << 60}, Durability::Soon).value() == 1);
    CHECK(store->change("DELETE FROM secret_key WHERE number = 8").value() == 0);
  }
  auto store = open_sqlite(folder.file("a.db")).value();
  int rows = 0;
  auto look = [&](const Row& row) {
    ++rows;
    CHECK(row.text(0) == secret);
    CHECK(row.number(1) == std::int64_t(1) << 60);
    CHECK(row.is_null(2));
    CHECK(row.number(2) == 0);
    CHECK(row.text(2).empty());
  };
  CHECK(store->read("SELECT secret, made, NULL FROM secret_key WHERE number = ?", {std::int64_t(7)}, look));
  CHECK(rows == 1);
}

TEST_CASE("a store is readable by its owner alone from the first moment, whatever the umask and the mode before") {
  Folder folder;
  mode_t before = umask(0);
  auto store = open_sqlite(folder.file("a.db")).value();
  umask(before);
  CHECK(add_key(*store, 1));
  CHECK(mode_of(folder.file("a.db")) == 0600);
  CHECK(mode_of(folder.file("a.db-wal")) == 0600);
  CHECK(mode_of(folder.file("a.db-shm")) == 0600);
  store.reset();
  REQUIRE(chmod(folder.file("a.db").c_str(), 0644) == 0);
  store = open_sqlite(folder.file("a.db")).value();
  CHECK(mode_of(folder.file("a.db")) == 0600);
}

TEST_CASE("a row that must be unique and is not, or refers to nothing, is a conflict") {
  Folder folder;
  auto store = open_sqlite(folder.file("a.db")).value();
  REQUIRE(add_key(*store, 1));
  for (std::string_view statement : {"INSERT INTO secret_key (purpose, number, made, secret) VALUES ('test', 1, 0, '')",
                                     "INSERT INTO agent_group (agent, name) VALUES (99, 'crm')"}) {
    Result<std::uint64_t> changed = store->change(statement);
    REQUIRE(!changed);
    CHECK(changed.error().kind() == Kind::Invalid);
    CHECK(changed.error().code() == "store.conflict");
    CHECK(changed.error().text().starts_with(folder.file("a.db")));
  }
}

TEST_CASE("a transaction is kept as a whole or not at all, also inside of another") {
  Folder folder;
  auto store = open_sqlite(folder.file("a.db")).value();
  CHECK(!add_key_and_fail(*store, 1));
  CHECK(number(*store, kCount) == 0);

  Result<> kept = store->transact([&]() -> Result<> {
    TRY(add_key(*store, 2));
    CHECK(!add_key_and_fail(*store, 3));
    TRY(add_keys_in_transaction(*store, 4, 5));
    // It sees its own changes; others do not.
    CHECK(number(*store, kCount) == 3);
    CHECK(number_on_another_thread(*store, kCount) == 0);
    return {};
  });
  CHECK(kept);
  CHECK(number(*store, kCount) == 3);
  CHECK(number(*store, "SELECT sum(number) FROM secret_key") == 11);
}

TEST_CASE("a transaction is on the disk, whatever was good enough for the changes before it") {
  Folder folder;
  auto store = open_sqlite(folder.file("a.db")).value();
  std::vector<std::int64_t> levels;
  auto note_level = [&]() -> Result<> {
    levels.push_back(number(*store, "PRAGMA synchronous"));
    return {};
  };
  for (std::int64_t round = 0; round < 3; ++round) {
    REQUIRE(store->change(kAddKey, {"test", round, ""}, Durability::Soon));
    REQUIRE(store->transact(note_level));
  }
  constexpr std::int64_t kFull = 2;
  CHECK(levels == std::vector{kFull, kFull, kFull});
}

TEST_CASE("many threads change and read at once") {
  Folder folder;
  auto store = open_sqlite(folder.file("a.db")).value();
  constexpr std::int64_t kEach = 50;
  std::atomic<int> odd = 0;
  on_threads(4, [&](std::int64_t thread) -> Result<> {
    for (std::int64_t pair = thread * kEach; pair < (thread + 1) * kEach; ++pair) {
      TRY(add_keys_in_transaction(*store, 2 * pair, 2 * pair + 1));
      if (number(*store, kCount) % 2 != 0) ++odd;
    }
    return {};
  });
  CHECK(odd == 0);
  CHECK(number(*store, kCount) == kEach * 4 * 2);
}

TEST_CASE("who opens a new store at the same time gets the same one") {
  for (int round = 0; round < 10; ++round) {
    Folder folder;
    on_threads(6, [&](std::int64_t key) -> Result<> {
      auto store = TRY(open_sqlite(folder.file("a.db")));
      return add_key(*store, key);
    });
    CHECK(number(*open_sqlite(folder.file("a.db")).value(), kCount) == 6);
  }
}

TEST_CASE("changes elsewhere are seen, our own are not") {
  Folder folder;
  auto here = open_sqlite(folder.file("a.db")).value();
  auto there = open_sqlite(folder.file("a.db")).value();
  std::uint64_t before = here->changes_elsewhere().value();
  REQUIRE(add_key(*here, 1));
  CHECK(here->changes_elsewhere().value() == before);
  CHECK(number(*there, kCount) == 1);
  CHECK(here->changes_elsewhere().value() == before);
  REQUIRE(add_key(*there, 2));
  CHECK(here->changes_elsewhere().value() != before);
  CHECK(number(*here, kCount) == 2);
}

TEST_CASE("opening a store that has its tables changes nothing in it") {
  Folder folder;
  auto here = open_sqlite(folder.file("a.db")).value();
  std::uint64_t before = here->changes_elsewhere().value();
  auto there = open_sqlite(folder.file("a.db")).value();
  CHECK(here->changes_elsewhere().value() == before);
}

TEST_CASE("a full disk is told as what it is, and the store works again when there is space") {
  Folder folder;
  auto store = open_sqlite(folder.file("a.db")).value();
  REQUIRE(add_key(*store, 1));
  REQUIRE(store->change("PRAGMA max_page_count = 1"));
  Result<> filled = store->transact([&]() -> Result<> {
    // Goes on after the failure, which must not make half a transaction.
    CHECK(!add_key(*store, 2, std::string(100'000, 'x')));
    (void)add_key(*store, 3);
    return fail(Kind::Invalid, "store.conflict", "that is enough");
  });
  CHECK(!filled);
  Result<> changed = add_key(*store, 4, std::string(100'000, 'x'));
  REQUIRE(!changed);
  CHECK(changed.error().kind() == Kind::Unavailable);
  CHECK(changed.error().code() == "store.unusable");
  CHECK(changed.error().text() == cat(folder.file("a.db"), " cannot grow: the disk is full"));

  REQUIRE(store->change("PRAGMA max_page_count = 100000"));
  CHECK(add_key(*store, 5, std::string(100'000, 'x')));
  CHECK(number(*store, kCount) == 2);
}

TEST_CASE("a file that the system does not let grow is told with the system's reason") {
  Folder folder;
  auto store = open_sqlite(folder.file("a.db")).value();
  REQUIRE(add_key(*store, 1));
  {
    FileSizeLimit limit(200'000);
    Result<> changed = add_key(*store, 2, std::string(1'000'000, 'x'));
    REQUIRE(!changed);
    CHECK(changed.error().code() == "store.unusable");
    CHECK(changed.error().text() == cat(folder.file("a.db"), " cannot be read or written: File too large"));
    CHECK(number(*store, kCount) == 1);
  }
  CHECK(add_key(*store, 2, std::string(1'000'000, 'x')));
}

TEST_CASE("a store that cannot be opened says which file and why") {
  Folder folder;
  std::ofstream(folder.file("text.db")) << std::string(4096, 'x');
  struct Row {
    std::string file;
    Kind kind;
    std::string_view code, why;
  };
  const std::array<Row, 4> rows = {{
      {folder.file("none/a.db"), Kind::Unavailable, "store.unusable", "cannot be made: No such file or directory"},
      {folder.path(), Kind::Unavailable, "store.unusable", "cannot be opened: "},
      {"/sys/pforte-test.db", Kind::Denied, "store.unusable", "cannot be made: "},
      {folder.file("text.db"), Kind::Unavailable, "store.damaged",
       "is damaged, or no database: file is not a database"},
  }};
  for (const Row& row : rows) {
    CAPTURE(row.file);
    auto store = open_sqlite(row.file);
    REQUIRE(!store);
    CHECK(store.error().kind() == row.kind);
    CHECK(store.error().code() == row.code);
    CHECK(store.error().text().starts_with(row.file));
    CHECK(store.error().text().find(row.why) != std::string::npos);
  }
}

TEST_CASE("a store whose files this user may not use is denied, unlike one that is in trouble") {
  Folder folder;
  REQUIRE(open_sqlite(folder.file("a.db")));
  std::filesystem::permissions(folder.file("a.db"), std::filesystem::perms::none);
  std::filesystem::permissions(folder.path(), std::filesystem::perms::all);
  Unprivileged meanwhile;
  auto store = open_sqlite(folder.file("a.db"));
  REQUIRE(!store);
  CHECK(store.error().kind() == Kind::Denied);
  CHECK(store.error().code() == "store.unusable");
}

TEST_CASE("a file damaged in its middle is told as damaged") {
  Folder folder;
  {
    auto store = open_sqlite(folder.file("a.db")).value();
    REQUIRE(add_key(*store, 1, std::string(100'000, 'x')));
  }
  {
    std::fstream file(folder.file("a.db"), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(4096);
    file << std::string(100'000, '\x7e');
  }
  auto store = open_sqlite(folder.file("a.db"));
  Result<> read = store ? (*store)->read("SELECT * FROM secret_key", {}, [](const Row&) {}) : Result<>();
  std::string_view code = store ? read.error().code() : store.error().code();
  CHECK(code == "store.damaged");
}

TEST_CASE("a database of another program is left alone") {
  Folder folder;
  {
    auto store = open_sqlite(folder.file("a.db")).value();
    REQUIRE(store->change("PRAGMA application_id = 1"));
  }
  auto store = open_sqlite(folder.file("a.db"));
  REQUIRE(!store);
  CHECK(store.error().kind() == Kind::Invalid);
  CHECK(store.error().code() == "store.foreign");
}

TEST_CASE("a store of a newer version is refused, and not changed") {
  Folder folder;
  REQUIRE(open_sqlite(folder.file("a.db")).value()->change("UPDATE store_version SET version = 1000"));
  auto store = open_sqlite(folder.file("a.db"));
  REQUIRE(!store);
  CHECK(store.error().kind() == Kind::Invalid);
  CHECK(store.error().code() == "store.newer");
  CHECK(store.error().text().find(folder.file("a.db")) != std::string::npos);
}

TEST_CASE("a statement that is none is a bug of ours, and a read cannot change anything") {
  Folder folder;
  auto store = open_sqlite(folder.file("a.db")).value();
  CHECK(store->change("INSERT INTO nowhere VALUES (1)").error().kind() == Kind::Internal);
  CHECK(!store->read("DELETE FROM secret_key", {}, [](const Row&) {}));
}

}  // namespace
}  // namespace pforte::store
