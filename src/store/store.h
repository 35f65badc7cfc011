#pragma once

#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "base/error.h"

namespace pforte::store {

// What stands in a column. Bytes are text.
using Value = std::variant<std::monostate, std::int64_t, std::string>;

// One row of an answer, valid while it is looked at. Columns count from 0.
class Row {
 public:
  virtual bool is_null(int column) const = 0;
  virtual std::int64_t number(int column) const = 0;    // 0 for null
  virtual std::string_view text(int column) const = 0;  // empty for null

 protected:
  ~Row() = default;
};

// How much a change that was made survives.
enum class Durability : std::uint8_t {
  OnDisk,  // a power cut; waits for the disk, 0.5 to 10 ms
  Soon,    // the end of the process; a power cut only once something later is on the disk. About 30 us
};

// Records that outlive the process: agents, sessions, keys, which services run. The running gate and the commands of an
// administrator use it at the same time. SQL in the part that SQLite and PostgreSQL share; schema.h has the tables.
//
// Every function may be called on any thread, and blocks. Fails with Kind::Invalid (store.conflict) when a row must be
// unique and is not, or refers to one that is not there; with Kind::Unavailable when the disk is full, may not be
// written, or another process does not come to an end (store.unusable), or the file is damaged (store.damaged); with
// Kind::Internal (store.statement) for a statement that is none. The text says which file and why. Never with
// Kind::Denied: a store that refuses says nothing of who is to sign in.
class Store {
 public:
  using Values = std::initializer_list<Value>;

  virtual ~Store() = default;

  // INSERT, UPDATE, DELETE, with a "?" for each value. How many rows it changed. Inside of transact() the durability
  // is that of the transaction, which is on the disk.
  virtual Result<std::uint64_t> change(std::string_view statement, Values values = {},
                                       Durability durability = Durability::OnDisk) = 0;

  // SELECT. `each` must not use the store.
  virtual Result<> read(std::string_view statement, Values values, const std::function<void(const Row&)>& each) = 0;

  // Everything that `work` changes, or nothing when it fails. Others who change something wait meanwhile. May be called
  // inside of itself: then it is part of the outer one.
  virtual Result<> transact(const std::function<Result<>()>& work) = 0;

  // A number that differs from the one before when another process has changed something since. Costs next to nothing.
  virtual Result<std::uint64_t> changes_elsewhere() = 0;
};

// Opens, or makes, the SQLite file at `path` with the tables of this version, readable by its owner alone. Fails with
// Kind::Denied (store.unusable) when this user may not use its files or make them, with Kind::Unavailable, and with
// Kind::Invalid when a newer version of the program (store.newer) or another program (store.foreign) has made it.
Result<std::unique_ptr<Store>> open_sqlite(const std::string& path);

// Milliseconds since 1970, as the tables have instants.
std::int64_t now_in_store();

}  // namespace pforte::store
