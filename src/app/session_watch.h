#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/error.h"
#include "gate/accounts.h"
#include "kerberos/delegated_tickets.h"
#include "session/ended.h"
#include "session/keys.h"

namespace pforte::app {

// What workers judge sessions by, and when it was read. Shared between threads, so never changed.
struct SessionSight {
  std::shared_ptr<const session::Keys> keys;
  std::shared_ptr<const session::Ended> ended;
};

// What a configuration says of sessions.
struct SessionTerms {
  std::chrono::milliseconds lifetime;
  std::chrono::milliseconds idle;
  std::chrono::milliseconds key_lifetime;               // how long what was sealed is to open at least
  const kerberos::DelegatedTickets* tickets = nullptr;  // null: none are kept
};

// Follows what the store says of sessions, keys and services: what this process, another one or an administrator's
// command has changed. Blocks; one call at a time.
class SessionWatch {
 public:
  // Brings to the store what has happened here and looks at it; takes away the tickets of sessions that are over. Null:
  // nothing new for the workers. `unasked`: even so. Fails as the store does; then what was known stays.
  Result<std::shared_ptr<const SessionSight>> look(gate::Accounts& accounts, const SessionTerms& terms, bool unasked);

 private:
  void leave_old_folder(const SessionTerms& terms);

  std::shared_ptr<const session::Keys> keys_;
  bool writes_ = true;                          // the last time
  std::chrono::steady_clock::time_point next_;  // look then, whatever happens
  std::shared_ptr<const session::Ended> ended_;
  std::string ticket_folder_;
};

}  // namespace pforte::app
