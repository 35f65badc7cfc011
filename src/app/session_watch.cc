#include "app/session_watch.h"

#include "session/records.h"

namespace pforte::app {

namespace {

constexpr std::chrono::milliseconds kKeyRotation = std::chrono::hours(24);
// Keys come of age and records expire although nobody changes anything.
constexpr std::chrono::minutes kLookEvery = std::chrono::minutes(1);

Result<std::shared_ptr<const SessionSight>> read_sight(gate::Accounts& accounts,
                                                       std::chrono::milliseconds session_lifetime) {
  TRY(accounts.services().follow());
  auto sight = std::make_shared<SessionSight>();
  sight->keys = TRY(session::renew_keys(accounts.store(), kKeyRotation, session_lifetime));
  sight->ended = TRY(session::Ended::read(accounts.store()));
  return sight;
}

}  // namespace

Result<std::shared_ptr<const SessionSight>> SessionWatch::look(gate::Accounts& accounts,
                                                               std::chrono::milliseconds session_lifetime,
                                                               bool unasked) {
  TRY(accounts.sessions().write());
  auto now = std::chrono::steady_clock::now();
  bool due = now >= next_;
  bool changed = TRY(accounts.take_change());
  if (!changed && !due && !unasked) return nullptr;
  if (due) TRY(session::forget_expired(accounts.store()));
  auto sight = read_sight(accounts, session_lifetime);
  if (sight) {
    next_ = now + kLookEvery;
  } else {
    accounts.note_change();
  }
  return sight;
}

}  // namespace pforte::app
