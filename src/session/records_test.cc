#include "session/records.h"

#include <doctest/doctest.h>

#include "session/ended.h"
#include "session/testing.h"
#include "store/testing.h"

namespace pforte::session {
namespace {

using namespace testing;
using namespace std::chrono_literals;
using store::testing::TemporaryStore;

// One that began a minute ago.
Session living(std::string id, std::int64_t agent = 7) {
  Session session = susan();
  session.id = std::move(id);
  session.agent = agent;
  session.began = session.seen = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now() - 1min);
  session.expires = session.began + 10h;
  return session;
}

Session over(std::string id) {
  Session session = living(std::move(id));
  session.began -= 20h;
  session.expires -= 20h;
  return session;
}

void add(TemporaryStore& store, const Session& session) {
  REQUIRE(add_record(*store, {.session = session, .client = "192.0.2.7", .user_agent = "Firefox"}));
}

std::vector<std::string> listed(TemporaryStore& store) {
  std::vector<std::string> ids;
  REQUIRE(each_record(*store, [&](const Record& record) { ids.push_back(record.session.id); }));
  return ids;
}

bool has_ended(TemporaryStore& store, const Session& session) {
  return Ended::read(*store).value()->contains(session);
}

using Ids = std::vector<std::string>;

TEST_CASE("a record is read as it was written, without groups and name") {
  TemporaryStore store;
  Session session = living("one");
  REQUIRE(add_record(*store, {.session = session, .client = "2001:db8::1", .user_agent = "Mozilla/5.0 (X11)"}));
  std::vector<Record> records;
  REQUIRE(each_record(*store, [&](const Record& record) { records.push_back(record); }));
  REQUIRE(records.size() == 1);
  session.groups.clear();
  session.name.clear();
  CHECK(records[0].session == session);
  CHECK(records[0].client == "2001:db8::1");
  CHECK(records[0].user_agent == "Mozilla/5.0 (X11)");
}

TEST_CASE("a record is found by its id as long as nobody has ended it") {
  TemporaryStore store;
  add(store, living("one"));
  add(store, living("other"));
  REQUIRE(find_record(*store, "one").value());
  CHECK(find_record(*store, "one").value()->session.id == "one");
  CHECK(!find_record(*store, "of nobody").value());
  REQUIRE(end_session(*store, "one"));
  CHECK(!find_record(*store, "one").value());
}

TEST_CASE("a session that was ended before it was written down is none") {
  TemporaryStore store;
  Session by_id = living("one"), by_agent = living("two"), later = living("three");
  REQUIRE(end_session(*store, "one"));
  REQUIRE(end_sessions_of(*store, by_agent.agent));
  by_id.agent = later.agent = by_agent.agent + 1;
  add(store, by_id);
  add(store, by_agent);
  add(store, later);
  CHECK(listed(store) == Ids{"three"});
}

TEST_CASE("of a long User-Agent 200 bytes are kept") {
  TemporaryStore store;
  REQUIRE(add_record(*store, {.session = living("one"), .client = "", .user_agent = std::string(5000, 'a')}));
  REQUIRE(each_record(*store, [](const Record& record) { CHECK(record.user_agent == std::string(200, 'a')); }));
}

TEST_CASE("those that live are listed, the newest first") {
  TemporaryStore store;
  Session older = living("older");
  older.began -= 1h;
  add(store, older);
  add(store, living("newer"));
  add(store, over("over"));
  CHECK(listed(store) == Ids{"newer", "older"});
}

TEST_CASE("when a session was last seen is kept up") {
  TemporaryStore store;
  Session session = living("one");
  add(store, session);
  REQUIRE(touch_record(*store, "one", session.began + 30s));
  REQUIRE(touch_record(*store, "of nobody", session.began));
  REQUIRE(each_record(*store, [&](const Record& record) { CHECK(record.session.seen == session.began + 30s); }));
  CHECK(listed(store) == Ids{"one"});
}

TEST_CASE("one session is ended, and the others of its agent live on") {
  TemporaryStore store;
  add(store, living("one"));
  add(store, living("other"));
  CHECK(end_session(*store, "one").value() == 1);
  CHECK(listed(store) == Ids{"other"});
  CHECK(has_ended(store, living("one")));
  CHECK(!has_ended(store, living("other")));
  CHECK(end_session(*store, "one").value() == 0);
  CHECK(has_ended(store, living("one")));
}

TEST_CASE("a session without a record is ended as well") {
  TemporaryStore store;
  CHECK(end_session(*store, "unrecorded").value() == 0);
  CHECK(has_ended(store, living("unrecorded")));
  REQUIRE(forget_expired(*store));
  CHECK(has_ended(store, living("unrecorded")));
}

TEST_CASE("all sessions of an agent are ended, and those of others live on") {
  TemporaryStore store;
  add(store, living("one"));
  add(store, living("two"));
  add(store, over("over"));
  add(store, living("of another", 8));
  CHECK(end_sessions_of(*store, 7).value() == 2);
  CHECK(listed(store) == Ids{"of another"});
  CHECK(has_ended(store, living("one")));
  CHECK(has_ended(store, living("unrecorded")));
  CHECK(!has_ended(store, living("of another", 8)));
}

TEST_CASE("who signs in again has a session again") {
  TemporaryStore store;
  Session again = living("again");
  CHECK(end_sessions_of(*store, 7).value() == 0);
  CHECK(has_ended(store, again));
  again.began = from_milliseconds(store::now_in_store()) + 1ms;
  CHECK(!has_ended(store, again));
  again.began = from_milliseconds(store::now_in_store());
  CHECK(end_sessions_of(*store, 7).value() == 0);
  CHECK(has_ended(store, again));
}

TEST_CASE("all sessions are ended") {
  TemporaryStore store;
  add(store, living("one"));
  add(store, living("of another", 8));
  CHECK(end_all_sessions(*store).value() == 2);
  CHECK(listed(store).empty());
  CHECK(has_ended(store, living("one")));
  CHECK(has_ended(store, living("of another", 8)));
  CHECK(has_ended(store, living("unrecorded", 9)));
}

TEST_CASE("nobody has the number 0, which must not end the sessions of everybody") {
  TemporaryStore store;
  add(store, living("one"));
  CHECK(end_sessions_of(*store, 0).value() == 0);
  CHECK(listed(store) == Ids{"one"});
  CHECK(!has_ended(store, living("one")));
}

TEST_CASE("an instant in which sessions were ended is one in which none begins") {
  TemporaryStore store;
  REQUIRE(store->change("INSERT INTO agent_end (agent, at) VALUES (?, ?)", {7, in_milliseconds(kNoon)}));
  Session session = susan();
  CHECK(has_ended(store, session));
  session.began = kNoon + 1ms;
  CHECK(!has_ended(store, session));
}

TEST_CASE("nothing has ended in a new store") {
  TemporaryStore store;
  CHECK(!has_ended(store, susan()));
  CHECK(!has_ended(store, Session()));
}

TEST_CASE("what no cookie can refer to any more is forgotten, and nothing else") {
  TemporaryStore store;
  using store::testing::number;
  std::int64_t now = store::now_in_store();
  std::int64_t long_ago = now - std::chrono::milliseconds(kLongestLife).count();
  add(store, living("living"));
  add(store, over("over"));
  REQUIRE(store->change("INSERT INTO session_end (id, until) VALUES ('old', ?), ('new', ?)", {now - 1, now + 60'000}));
  REQUIRE(store->change("INSERT INTO agent_end (agent, at) VALUES (7, ?), (8, ?)", {long_ago - 1, long_ago + 60'000}));
  REQUIRE(forget_expired(*store));
  CHECK(number(*store, "SELECT COUNT(*) FROM session") == 1);
  CHECK(listed(store) == Ids{"living"});
  CHECK(number(*store, "SELECT COUNT(*) FROM session_end WHERE id = 'new'") == 1);
  CHECK(number(*store, "SELECT COUNT(*) FROM session_end") == 1);
  CHECK(number(*store, "SELECT MIN(agent) FROM agent_end") == 8);
}

TEST_CASE("an end that was told by another process is read") {
  TemporaryStore store;
  std::unique_ptr<store::Store> other = store::open_sqlite(store.folder.file("pforte.db")).value();
  add(store, living("one"));
  std::uint64_t before = store->changes_elsewhere().value();
  CHECK(end_session(*other, "one").value() == 1);
  CHECK(store->changes_elsewhere().value() != before);
  CHECK(has_ended(store, living("one")));
}

}  // namespace
}  // namespace pforte::session
