#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <filesystem>
#include <mutex>
#include <system_error>
#include <thread>
#include <utility>

#include "base/folder_owner.h"
#include "base/text.h"
#include "store/schema.h"
#include "store/sqlite_connection.h"
#include "store/store.h"

namespace pforte::store {
namespace {

// In the head of the file, "Pfrt", so that file(1) and we know it.
constexpr std::int64_t kApplicationId = 0x50667274;

// Reads do not wait for who changes something, which takes as long as the disk: there is a connection for each.
class SqliteStore final : public Store {
 public:
  SqliteStore(SqliteConnection writer, SqliteConnection reader)
      : writer_(std::move(writer)), reader_(std::move(reader)) {}

  Result<std::uint64_t> change(std::string_view statement, Values values, Durability durability) override;
  Result<> read(std::string_view statement, Values values, const std::function<void(const Row&)>& each) override;
  Result<> transact(const std::function<Result<>()>& work) override;
  Result<std::uint64_t> changes_elsewhere() override;

 private:
  class Transaction;

  bool is_transacting() const { return transacting_.load(std::memory_order_relaxed) == std::this_thread::get_id(); }
  Result<> sync_as(Durability durability);
  Result<> check_transaction() const;

  std::recursive_mutex writing_;  // a transaction holds it while its work uses the store
  SqliteConnection writer_;
  Durability synced_ = Durability::OnDisk;
  int depth_ = 0;                                 // of transactions
  std::atomic<std::thread::id> transacting_{{}};  // whose reads see what it has changed
  std::mutex reading_;
  SqliteConnection reader_;
};

// Takes back what was changed unless it is kept.
class SqliteStore::Transaction {
 public:
  explicit Transaction(SqliteStore& store) : store_(store), outermost_(store.depth_ == 0) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction() {
    if (begun_) undo();
  }

  Result<> begin() {
    if (outermost_) TRY(store_.sync_as(Durability::OnDisk));
    TRY(store_.writer_.run(outermost_ ? "BEGIN IMMEDIATE" : "SAVEPOINT inner"));
    begun_ = true;
    ++store_.depth_;
    store_.transacting_.store(std::this_thread::get_id(), std::memory_order_relaxed);
    return {};
  }

  Result<> keep() {
    TRY(store_.check_transaction());
    TRY(store_.writer_.run(outermost_ ? "COMMIT" : "RELEASE inner"));
    over();
    return {};
  }

 private:
  // What cannot be undone has been undone already: a full disk does so by itself.
  void undo() {
    if (store_.writer_.in_transaction()) {
      (void)store_.writer_.run(outermost_ ? "ROLLBACK" : "ROLLBACK TO inner");
      if (!outermost_) (void)store_.writer_.run("RELEASE inner");
    }
    over();
  }

  void over() {
    begun_ = false;
    if (--store_.depth_ == 0) store_.transacting_.store(std::thread::id(), std::memory_order_relaxed);
  }

  SqliteStore& store_;
  bool outermost_;
  bool begun_ = false;
};

// SQLite takes it outside of transactions only.
Result<> SqliteStore::sync_as(Durability durability) {
  if (synced_ == durability) return {};
  TRY(writer_.run(durability == Durability::OnDisk ? "PRAGMA synchronous = FULL" : "PRAGMA synchronous = NORMAL"));
  synced_ = durability;
  return {};
}

// A part of a transaction must not be kept alone.
Result<> SqliteStore::check_transaction() const {
  if (depth_ == 0 || writer_.in_transaction()) return {};
  return fail(Kind::Unavailable, "store.unusable",
              cat(writer_.file(), ": an earlier failure has taken back the whole transaction"));
}

Result<std::uint64_t> SqliteStore::change(std::string_view statement, Values values, Durability durability) {
  std::scoped_lock lock(writing_);
  TRY(check_transaction());
  if (depth_ == 0) TRY(sync_as(durability));
  TRY(writer_.run(statement, values));
  return writer_.changed();
}

Result<> SqliteStore::read(std::string_view statement, Values values, const std::function<void(const Row&)>& each) {
  if (is_transacting()) return writer_.run(statement, values, each);
  std::scoped_lock lock(reading_);
  return reader_.run(statement, values, each);
}

Result<> SqliteStore::transact(const std::function<Result<>()>& work) {
  std::scoped_lock lock(writing_);
  Transaction transaction(*this);
  TRY(transaction.begin());
  TRY(work());
  return transaction.keep();
}

Result<std::uint64_t> SqliteStore::changes_elsewhere() {
  std::scoped_lock lock(writing_);
  return std::uint64_t(TRY(writer_.number("PRAGMA data_version")));
}

std::unexpected<Error> unusable(const std::string& path, std::string_view what, int cause) {
  Kind kind = cause == EACCES || cause == EPERM ? Kind::Denied : Kind::Unavailable;
  return fail(kind, "store.unusable", cat(path, what, std::generic_category().message(cause)));
}

// Makes the file, if it is not there, so that nobody else can open it at any time.
Result<> make_file(const std::string& path) {
  int file = open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
  if (file >= 0) {
    int refused = give_to_owner_of_folder(path, file);
    close(file);
    if (refused != 0) return unusable(path, " cannot be given to the owner of its folder: ", refused);
    return {};
  }
  if (errno != EEXIST) return unusable(path, " cannot be made: ", errno);
  // Keys and password hashes are in it. Whose it is may have made it readable to others by accident.
  struct stat is{};
  bool open_to_others = stat(path.c_str(), &is) == 0 && S_ISREG(is.st_mode) && (is.st_mode & (S_IRWXG | S_IRWXO)) != 0;
  bool ours = is.st_uid == geteuid() || geteuid() == 0;
  if (open_to_others && ours && chmod(path.c_str(), S_IRUSR | S_IWUSR) != 0)
    return unusable(path, " can be read by others, and its mode cannot be changed: ", errno);
  return {};
}

// Before anything is changed in it. The tables first: somebody else may be making them, and the id comes with them.
Result<> check_ours(SqliteConnection& connection) {
  if (TRY(connection.number("SELECT count(*) FROM sqlite_master")) == 0) return {};
  if (TRY(connection.number("PRAGMA application_id")) == kApplicationId) return {};
  return fail(Kind::Invalid, "store.foreign", cat(connection.file(), " is the database of another program"));
}

// Changing to WAL does not wait for others who are just doing the same.
Result<> use_wal(SqliteConnection& connection) {
  auto give_up = std::chrono::steady_clock::now() + kPatience;
  for (;;) {
    std::string mode;
    Result<> changed =
        connection.run("PRAGMA journal_mode = WAL", {}, [&](const Row& row) { mode = std::string(row.text(0)); });
    if (changed && mode == "wal") return {};
    if (changed)
      return fail(Kind::Unavailable, "store.unusable",
                  cat(connection.file(), " is on a file system without shared memory, which SQLite's WAL needs"));
    if (!connection.is_busy() || std::chrono::steady_clock::now() > give_up) return changed;
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

Result<SqliteConnection> connect(const std::string& path) {
  SqliteConnection connection = TRY(SqliteConnection::open(path));
  TRY(check_ours(connection));
  TRY(use_wal(connection));
  TRY(connection.run("PRAGMA synchronous = FULL"));
  TRY(connection.run("PRAGMA foreign_keys = ON"));
  TRY(connection.run("PRAGMA journal_size_limit = 16777216"));
  // 32 MiB instead of 2: what is looked up stays in memory with 100,000 agents.
  TRY(connection.run("PRAGMA cache_size = -32768"));
  return connection;
}

Result<> make_tables(Store& store) {
  std::int64_t id = 0;
  TRY(store.read("PRAGMA application_id", {}, [&](const Row& row) { id = row.number(0); }));
  if (id == kApplicationId) return migrate(store);
  return store.transact([&]() -> Result<> {
    (void)TRY(store.change(cat("PRAGMA application_id = ", kApplicationId)));
    return migrate(store);
  });
}

// Whether somebody else's rights are in the way of this user.
bool is_kept_from(const std::string& path) {
  std::string folder = std::filesystem::path(path).parent_path();
  auto forbids = [](const std::string& file) {
    return faccessat(AT_FDCWD, file.c_str(), R_OK | W_OK, AT_EACCESS) != 0 && (errno == EACCES || errno == EPERM);
  };
  return forbids(path) || forbids(path + "-wal") || forbids(path + "-shm") || (!folder.empty() && forbids(folder));
}

Result<std::unique_ptr<Store>> open_files(const std::string& path) {
  TRY(make_file(path));
  SqliteConnection writer = TRY(connect(path));
  SqliteConnection reader = TRY(connect(path));
  TRY(reader.run("PRAGMA query_only = ON"));
  auto store = std::make_unique<SqliteStore>(std::move(writer), std::move(reader));
  Result<> made = make_tables(*store);
  if (!made) return std::unexpected(std::move(made).error().while_doing(cat("opening ", path)));
  return store;
}

}  // namespace

Result<std::unique_ptr<Store>> open_sqlite(const std::string& path) {
  Result<std::unique_ptr<Store>> store = open_files(path);
  if (store || store.error().code() != "store.unusable" || !is_kept_from(path)) return store;
  return fail(Kind::Denied, store.error().code(), store.error().text());
}

std::int64_t now_in_store() {
  using namespace std::chrono;
  return duration_cast<milliseconds>(system_clock::now().time_since_epoch()).count();
}

}  // namespace pforte::store
