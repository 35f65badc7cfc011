#pragma once

#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "base/testing.h"
#include "store/store.h"

// Stores of tests.

namespace pforte::store::testing {

using Folder = TestFolder;

// A new store in a folder of its own.
struct TemporaryStore {
  Folder folder;
  std::unique_ptr<Store> store = open_sqlite(folder.file("pforte.db")).value();

  Store& operator*() const { return *store; }
  Store* operator->() const { return store.get(); }
};

// The first column of the first row of a SELECT; 0 without one.
inline std::int64_t number(Store& store, std::string_view select) {
  std::int64_t number = 0;
  Result<> read = store.read(select, {}, [&](const Row& row) { number = row.number(0); });
  if (!read) std::abort();
  return number;
}

}  // namespace pforte::store::testing
