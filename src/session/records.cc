#include "session/records.h"

#include <algorithm>

#include "base/text.h"

namespace pforte::session {
namespace {

constexpr std::size_t kMostUserAgent = 200;

std::int64_t longest_life() {
  return std::chrono::milliseconds(kLongestLife).count();
}

Result<std::int64_t> number(store::Store& store, std::string_view select, store::Store::Values values) {
  std::int64_t found = 0;
  TRY(store.read(select, values, [&](const store::Row& row) { found = row.number(0); }));
  return found;
}

// Writes down that sessions of `agent` which began until now are over.
Result<> end_until_now(store::Store& store, std::int64_t agent, std::int64_t now) {
  (void)TRY(
      store.change("INSERT INTO agent_end (agent, at) VALUES (?, ?) ON CONFLICT (agent) DO UPDATE SET at = excluded.at",
                   {agent, now}));
  return {};
}

Record record_in(const store::Row& row) {
  Record record;
  record.session.id = row.text(0);
  record.session.agent = row.number(1);
  record.session.login = row.text(2);
  record.session.method = row.text(3);
  record.session.principal = row.text(4);
  record.client = row.text(5);
  record.user_agent = row.text(6);
  record.session.began = from_milliseconds(row.number(7));
  record.session.seen = from_milliseconds(row.number(8));
  record.session.expires = from_milliseconds(row.number(9));
  return record;
}

}  // namespace

Result<> add_record(store::Store& store, const Record& record) {
  const Session& session = record.session;
  (void)TRY(store.change(
      "INSERT INTO session (id, agent, login, method, principal, client, user_agent, began, seen, expires) "
      "SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, ? WHERE NOT EXISTS (SELECT 1 FROM session_end WHERE id = ?) "
      "AND NOT EXISTS (SELECT 1 FROM agent_end WHERE agent IN (?, 0) AND at >= ?) ON CONFLICT DO NOTHING",
      {session.id, session.agent, session.login, session.method, session.principal, record.client,
       record.user_agent.substr(0, kMostUserAgent), in_milliseconds(session.began), in_milliseconds(session.seen),
       in_milliseconds(session.expires), session.id, session.agent, in_milliseconds(session.began)},
      store::Durability::Soon));
  return {};
}

Result<> touch_record(store::Store& store, std::string_view id, Time seen) {
  (void)TRY(store.change("UPDATE session SET seen = ? WHERE id = ?", {in_milliseconds(seen), std::string(id)},
                         store::Durability::Soon));
  return {};
}

Result<> each_record(store::Store& store, const std::function<void(const Record&)>& look) {
  return store.read(
      "SELECT id, agent, login, method, principal, client, user_agent, began, seen, expires FROM session "
      "WHERE expires > ? ORDER BY began DESC, id",
      {store::now_in_store()}, [&](const store::Row& row) { look(record_in(row)); });
}

Result<std::optional<Record>> find_record(store::Store& store, std::string_view id) {
  std::optional<Record> found;
  TRY(store.read(
      "SELECT id, agent, login, method, principal, client, user_agent, began, seen, expires FROM session WHERE id = ?",
      {std::string(id)}, [&](const store::Row& row) { found = record_in(row); }));
  return found;
}

Result<std::uint64_t> end_session(store::Store& store, std::string_view id) {
  std::string wanted(id);
  std::int64_t now = store::now_in_store();
  std::int64_t expires = 0;
  auto work = [&] -> Result<> {
    expires = TRY(number(store, "SELECT expires FROM session WHERE id = ?", {wanted}));
    std::int64_t until = expires != 0 ? expires : now + longest_life();
    (void)TRY(
        store.change("INSERT INTO session_end (id, until) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", {wanted, until}));
    (void)TRY(store.change("DELETE FROM session WHERE id = ?", {wanted}));
    return {};
  };
  TRY(store.transact(work));
  return expires > now ? 1 : 0;
}

Result<std::uint64_t> end_sessions_of(store::Store& store, std::int64_t agent) {
  if (agent == 0) return 0;  // would mean everybody
  std::int64_t now = store::now_in_store();
  std::int64_t living = 0;
  auto work = [&] -> Result<> {
    living = TRY(number(store, "SELECT COUNT(*) FROM session WHERE agent = ? AND expires > ?", {agent, now}));
    TRY(end_until_now(store, agent, now));
    (void)TRY(store.change("DELETE FROM session WHERE agent = ?", {agent}));
    return {};
  };
  TRY(store.transact(work));
  return std::uint64_t(living);
}

Result<std::uint64_t> end_all_sessions(store::Store& store) {
  constexpr std::int64_t kEverybody = 0;
  std::int64_t now = store::now_in_store();
  std::int64_t living = 0;
  auto work = [&] -> Result<> {
    living = TRY(number(store, "SELECT COUNT(*) FROM session WHERE expires > ?", {now}));
    TRY(end_until_now(store, kEverybody, now));
    (void)TRY(store.change("DELETE FROM session"));
    return {};
  };
  TRY(store.transact(work));
  return std::uint64_t(living);
}

Result<> forget_expired(store::Store& store) {
  std::int64_t now = store::now_in_store();
  (void)TRY(store.change("DELETE FROM session WHERE expires <= ?", {now}));
  (void)TRY(store.change("DELETE FROM session_end WHERE until <= ?", {now}));
  (void)TRY(store.change("DELETE FROM agent_end WHERE at <= ?", {now - longest_life()}));
  return {};
}

}  // namespace pforte::session
