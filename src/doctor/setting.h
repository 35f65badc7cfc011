#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "doctor/path.h"
#include "net/loop.h"
#include "net/pool.h"
#include "net/stream.h"
#include "net/task.h"

namespace pforte::doctor {

class FetchShelf;

// Where checks run and how long they may take. Outlives them.
struct Setting {
  net::Loop& loop;
  net::Pool& pool;                                // for what blocks: names, files, libraries of others
  net::Duration step = std::chrono::seconds(5);   // the longest wait for one answer of one peer
  net::Duration whole = std::chrono::minutes(1);  // the longest that one path may take
  FetchShelf& shelf;                              // of what certificates name, for all that are examined
};

// Opens a new connection to the end of a path, through whatever stands before it, ready for the first byte of TLS or
// HTTP. Fails as net::connect() does. May be called many times and from many tasks at once.
using Dial = std::function<net::Task<std::unique_ptr<net::Stream>>()>;

// One path and the work that examines it, which tells the path what it finds.
struct Examination {
  std::unique_ptr<Path> path;
  std::function<net::Task<>(Path&)> work;  // what it fails with is told as an error of the last hop reached
};

// Runs all of them, `at_once` at a time, each no longer than setting.whole: one that takes longer is told so. `on_end`
// is called as each ends.
net::Task<> examine(const Setting& setting, std::vector<Examination>& examinations, std::size_t at_once,
                    std::function<void(const Path&)> on_end);

}  // namespace pforte::doctor
