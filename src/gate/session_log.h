#pragma once

#include <mutex>
#include <string>
#include <vector>

#include "base/error.h"
#include "session/records.h"
#include "session/session.h"
#include "store/store.h"

namespace pforte::gate {

// Brings what happens to sessions into the store, many at a time, so that nobody who signs in waits for the disk. Any
// thread.
class SessionLog {
 public:
  explicit SessionLog(store::Store& store) : store_(store) {}

  void began(session::Record record);
  void seen(const std::string& id, session::Time at);

  bool has_news() const;

  // Writes what has gathered, in one transaction; blocks. Fails as the store does: then it is kept for the next time,
  // as far as kMostWaiting goes. What another thread was writing is in the store as well when it returns.
  Result<> write();

  static constexpr std::size_t kMostWaiting = 100'000;

 private:
  struct Seen {
    std::string id;
    session::Time at;
  };
  struct News {
    std::vector<session::Record> began;
    std::vector<Seen> seen;
  };

  store::Store& store_;
  std::mutex writing_;  // locked first
  mutable std::mutex mutex_;
  News news_;  // under mutex_
};

}  // namespace pforte::gate
