#include "app/session_watch.h"

#include <utility>

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

// As a cookie is judged.
bool is_over(const session::Session& session, const SessionTerms& terms, const session::Ended& ended) {
  session::Time now = std::chrono::system_clock::now();
  return session.expires <= now || session.began + terms.lifetime <= now || session.seen + terms.idle <= now ||
         ended.contains(session);
}

Result<std::shared_ptr<SessionSight>> read_sight(gate::Accounts& accounts, std::chrono::milliseconds key_lifetime) {
  TRY(accounts.services().follow());
  auto sight = std::make_shared<SessionSight>();
  sight->keys = TRY(session::renew_keys(accounts.store(), kKeyRotation, key_lifetime));
  sight->ended = TRY(session::Ended::read(accounts.store()));
  return sight;
}

// Takes away the tickets of sessions that are over.
Result<> sweep_tickets(gate::Accounts& accounts, const SessionTerms& terms, const session::Ended& ended) {
  if (!terms.tickets) return {};
  // Looked at first: whose ticket lies there has a record, or one that is written now.
  std::vector<std::string> with_ticket = terms.tickets->sessions();
  TRY(accounts.sessions().write());
  for (const std::string& id : with_ticket) {
    std::optional<session::Record> record = TRY(session::find_record(accounts.store(), id));
    if (record && !is_over(record->session, terms, ended)) continue;
    terms.tickets->remove(id);
  }
  return {};
}

}  // namespace

Result<std::shared_ptr<const SessionSight>> SessionWatch::look(gate::Accounts& accounts, const SessionTerms& terms,
                                                               bool unasked) {
  leave_old_folder(terms);
  // What cannot be written now is kept; what the store says holds all the same.
  Result<> written = accounts.sessions().write();
  if (!written && writes_) log::error("store.failed", {{"reason", written.error().text()}});
  writes_ = written.has_value();
  auto now = std::chrono::steady_clock::now();
  bool due = now >= next_;
  bool changed = TRY(accounts.take_change());
  if (!changed && !due && !unasked) return nullptr;
  if (due && writes_) TRY(session::forget_expired(accounts.store()));
  Result<std::shared_ptr<SessionSight>> sight = read_sight(accounts, terms.key_lifetime);
  if (!sight) {
    accounts.note_change();
    return std::unexpected(std::move(sight).error());
  }
  bool some_are_over = due || unasked || !ended_ || *ended_ != *(*sight)->ended;
  if (writes_ && some_are_over) TRY(sweep_tickets(accounts, terms, *(*sight)->ended));
  ended_ = (*sight)->ended;
  next_ = now + kLookEvery;
  // Workers forget the cookies they know when keys change, so those that did not change stay the same object.
  if (keys_ && same(*keys_, *(*sight)->keys)) (*sight)->keys = keys_;
  keys_ = (*sight)->keys;
  return *std::move(sight);
}

// Applications are not told of what lies in a folder that a reload has replaced.
void SessionWatch::leave_old_folder(const SessionTerms& terms) {
  std::string folder = terms.tickets ? terms.tickets->folder() : "";
  if (folder == ticket_folder_) return;
  kerberos::DelegatedTickets old(std::exchange(ticket_folder_, std::move(folder)));
  if (old.folder().empty()) return;
  for (const std::string& id : old.sessions()) old.remove(id);
}

}  // namespace pforte::app
