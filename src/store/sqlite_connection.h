#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/error.h"
#include "store/store.h"

struct sqlite3;
struct sqlite3_stmt;

namespace pforte::store {

// How long it is tried to come in where another process is busy.
inline constexpr std::chrono::seconds kPatience{5};

// One connection to an SQLite file. One thread at a time. Fails as Store does.
class SqliteConnection {
 public:
  using Each = std::function<void(const Row&)>;

  // The file must be there; an empty one is an empty database.
  static Result<SqliteConnection> open(const std::string& file);

  // Runs one statement to its end. It is kept prepared, so texts should be few and always the same.
  Result<> run(std::string_view statement, Store::Values values = {}, const Each& each = nullptr);

  // The first column of the first row; 0 without one.
  Result<std::int64_t> number(std::string_view statement);

  // How many rows the last INSERT, UPDATE or DELETE has changed.
  std::uint64_t changed() const;
  // Some failures end a transaction by themselves.
  bool in_transaction() const;
  // Whether the last failure was that another connection was busy.
  bool is_busy() const;
  const std::string& file() const { return file_; }

 private:
  struct Close {
    void operator()(sqlite3* database) const;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const;
  };
  struct Hash : std::hash<std::string_view> {
    using is_transparent = void;
  };
  using Prepared = std::unique_ptr<sqlite3_stmt, Finalize>;

  explicit SqliteConnection(std::string file) : file_(std::move(file)) {}
  Result<sqlite3_stmt*> prepared(std::string_view statement);
  std::unexpected<Error> failure() const;

  std::string file_;
  std::unique_ptr<sqlite3, Close> database_;
  std::unordered_map<std::string, Prepared, Hash, std::equal_to<>> statements_;  // go before the database
};

}  // namespace pforte::store
