#include "store/sqlite_connection.h"

#include <sqlite3.h>

#include <cerrno>
#include <system_error>
#include <utility>

#include "base/text.h"

namespace pforte::store {
namespace {

class SqliteRow final : public Row {
 public:
  explicit SqliteRow(sqlite3_stmt* statement) : statement_(statement) {}

  bool is_null(int column) const override { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t number(int column) const override { return sqlite3_column_int64(statement_, column); }
  std::string_view text(int column) const override {
    // The text first: asking for it may convert, which changes the count of bytes.
    const unsigned char* text = sqlite3_column_text(statement_, column);
    if (text == nullptr) return {};
    return {reinterpret_cast<const char*>(text), std::size_t(sqlite3_column_bytes(statement_, column))};
  }

 private:
  sqlite3_stmt* statement_;
};

// Leaves a statement ready for its next use, without the values of this one, which may be secret.
class Use {
 public:
  explicit Use(sqlite3_stmt* statement) : statement_(statement) {}
  Use(const Use&) = delete;
  Use& operator=(const Use&) = delete;
  ~Use() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }

 private:
  sqlite3_stmt* statement_;
};

// The caller keeps the text until the statement has been run.
int bind(sqlite3_stmt* statement, int position, const Value& value) {
  if (const auto* number = std::get_if<std::int64_t>(&value)) return sqlite3_bind_int64(statement, position, *number);
  if (const auto* text = std::get_if<std::string>(&value))
    return sqlite3_bind_text64(statement, position, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
  return sqlite3_bind_null(statement, position);
}

// What the system said, where SQLite asked it; 0 where SQLite has words of its own. It does not always take down what
// the system said, but then leaves it in errno, which is 0 before.
int system_error_of(sqlite3* database) {
  int noted = sqlite3_system_errno(database);
  int kind = sqlite3_errcode(database) & 0xff;
  bool of_system = kind == SQLITE_IOERR || kind == SQLITE_CANTOPEN;
  if (!of_system) return 0;
  return noted != 0 ? noted : errno;
}

}  // namespace

void SqliteConnection::Close::operator()(sqlite3* database) const {
  sqlite3_close_v2(database);
}
void SqliteConnection::Finalize::operator()(sqlite3_stmt* statement) const {
  sqlite3_finalize(statement);
}

std::unexpected<Error> SqliteConnection::failure() const {
  int number = system_error_of(database_.get());
  auto unusable = [](std::string text) { return fail(Kind::Unavailable, "store.unusable", std::move(text)); };
  std::string cause = number != 0 ? std::generic_category().message(number) : sqlite3_errmsg(database_.get());
  switch (sqlite3_errcode(database_.get()) & 0xff) {
    case SQLITE_CONSTRAINT:
      return fail(Kind::Invalid, "store.conflict", cat(file_, ": ", cause));
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return fail(Kind::Unavailable, "store.damaged", cat(file_, " is damaged, or no database: ", cause));
    case SQLITE_FULL:
      return unusable(cat(file_, " cannot grow: the disk is full"));
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return unusable(cat(file_, " is being changed by another process, for more than ", kPatience.count(), " s"));
    case SQLITE_READONLY:
    case SQLITE_PERM:
      return unusable(cat(file_, " may not be written: ", cause));
    case SQLITE_CANTOPEN:
      return unusable(cat(file_, ", or the files that go with it in the same folder, cannot be opened: ", cause));
    case SQLITE_IOERR:
      return unusable(cat(file_, " cannot be read or written: ", cause));
    case SQLITE_NOMEM:
      return unusable(cat(file_, ": there is no memory for it"));
    default:
      return fail(Kind::Internal, "store.statement", cat(file_, ": ", cause));
  }
}

Result<SqliteConnection> SqliteConnection::open(const std::string& file) {
  SqliteConnection connection(file);
  sqlite3* database = nullptr;
  errno = 0;
  int opened = sqlite3_open_v2(file.c_str(), &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nullptr);
  connection.database_.reset(database);
  if (database == nullptr) return fail(Kind::Unavailable, "store.unusable", cat(file, ": there is no memory for it"));
  if (opened != SQLITE_OK) return connection.failure();
  sqlite3_extended_result_codes(database, 1);
  sqlite3_busy_timeout(database, int(std::chrono::milliseconds(kPatience).count()));
  return connection;
}

Result<sqlite3_stmt*> SqliteConnection::prepared(std::string_view statement) {
  auto found = statements_.find(statement);
  if (found != statements_.end()) return found->second.get();
  sqlite3_stmt* made = nullptr;
  errno = 0;
  int done = sqlite3_prepare_v3(database_.get(), statement.data(), int(statement.size()), SQLITE_PREPARE_PERSISTENT,
                                &made, nullptr);
  if (done != SQLITE_OK) return failure();
  return statements_.emplace(statement, made).first->second.get();
}

Result<> SqliteConnection::run(std::string_view statement, Store::Values values, const Each& each) {
  sqlite3_stmt* ready = TRY(prepared(statement));
  Use use(ready);
  int position = 0;
  for (const Value& value : values) {
    if (bind(ready, ++position, value) != SQLITE_OK) return failure();
  }
  errno = 0;
  int step = sqlite3_step(ready);
  for (; step == SQLITE_ROW; step = sqlite3_step(ready)) {
    if (each) each(SqliteRow(ready));
  }
  if (step != SQLITE_DONE) return failure();
  return {};
}

Result<std::int64_t> SqliteConnection::number(std::string_view statement) {
  std::int64_t number = 0;
  TRY(run(statement, {}, [&](const Row& row) { number = row.number(0); }));
  return number;
}

std::uint64_t SqliteConnection::changed() const {
  return std::uint64_t(sqlite3_changes64(database_.get()));
}

bool SqliteConnection::in_transaction() const {
  return sqlite3_get_autocommit(database_.get()) == 0;
}

bool SqliteConnection::is_busy() const {
  return (sqlite3_errcode(database_.get()) & 0xff) == SQLITE_BUSY;
}

}  // namespace pforte::store
