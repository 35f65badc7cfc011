#pragma once

#include <chrono>
#include <memory>

#include "base/error.h"
#include "gate/accounts.h"
#include "session/ended.h"
#include "session/keys.h"

namespace pforte::app {

// What workers judge sessions by, and when it was read. Shared between threads, so never changed.
struct SessionSight {
  std::shared_ptr<const session::Keys> keys;
  std::shared_ptr<const session::Ended> ended;
};

// Follows what the store says of sessions, keys and services: what this process, another one or an administrator's
// command has changed. Blocks; one call at a time.
class SessionWatch {
 public:
  // Brings to the store what has happened here and looks at it. Null: nothing new for the workers. `unasked`: even so.
  // Fails as the store does; then what was known stays.
  Result<std::shared_ptr<const SessionSight>> look(gate::Accounts& accounts, std::chrono::milliseconds session_lifetime,
                                                   bool unasked);

 private:
  std::shared_ptr<const session::Keys> keys_;
  bool writes_ = true;                          // the last time
  std::chrono::steady_clock::time_point next_;  // look then, whatever happens
};

}  // namespace pforte::app
