#include "app/session_watch.h"

#include "base/log.h"
#include "session/records.h"

namespace pforte::app {

namespace {

constexpr std::chrono::milliseconds kKeyRotation = std::chrono::hours(24);
// Keys come of age and records expire although nobody changes anything.
constexpr std::chrono::minutes kLookEvery = std::chrono::minutes(1);

bool same(const session::Keys& a, const session::Keys& b) {
  return a.jwks == b.jwks && a.signer->id() == b.signer->id() && a.sealing->same_as(*b.sealing);
}

Result<std::shared_ptr<SessionSight>> read_sight(gate::Accounts& accounts, std::chrono::milliseconds session_lifetime) {
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
  // What cannot be written now is kept; what the store says holds all the same.
  Result<> written = accounts.sessions().write();
  if (!written && writes_) log::error("store.failed", {{"reason", written.error().text()}});
  writes_ = written.has_value();
  auto now = std::chrono::steady_clock::now();
  bool due = now >= next_;
  bool changed = TRY(accounts.take_change());
  if (!changed && !due && !unasked) return nullptr;
  if (due && writes_) TRY(session::forget_expired(accounts.store()));
  Result<std::shared_ptr<SessionSight>> sight = read_sight(accounts, session_lifetime);
  if (!sight) {
    accounts.note_change();
    return std::unexpected(std::move(sight).error());
  }
  next_ = now + kLookEvery;
  // Workers forget the cookies they know when keys change, so those that did not change stay the same object.
  if (keys_ && same(*keys_, *(*sight)->keys)) (*sight)->keys = keys_;
  keys_ = (*sight)->keys;
  return *std::move(sight);
}

}  // namespace pforte::app
