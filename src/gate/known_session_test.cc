#include "gate/known_session.h"

#include <doctest/doctest.h>

#include "base/text.h"
#include "gate/backend.h"
#include "session/cookie.h"

namespace pforte::gate {

namespace {

crypto::SealingKeys some_keys(char letter) {
  std::vector<crypto::SealingKeys::Key> keys;
  keys.push_back({.number = 1, .secret = Secret(std::string(crypto::SealingKeys::kSecretBytes, letter))});
  return crypto::SealingKeys(std::move(keys));
}

std::string cookie_of(const std::string& login, const crypto::SealingKeys& keys) {
  session::Session session;
  session.id = "0123456789012345678901";
  session.login = login;
  session.groups = {"agents", "crm-admins"};
  return session::seal(session, "crm.example.com", keys).value();
}

constexpr std::string_view kKnownHost = "crm.example.com";

// As a connection finds it that has found none before.
std::shared_ptr<KnownSession> find_anew(KnownSessions& sessions, std::string_view cookie, std::string_view host,
                                        const crypto::SealingKeys& keys) {
  KnownSessions::Last none;
  return sessions.find(cookie, host, keys, none);
}

}  // namespace

TEST_CASE("a cookie is opened once and then known") {
  crypto::SealingKeys keys = some_keys('k');
  KnownSessions sessions;
  std::string cookie = cookie_of("susan", keys);
  auto first = find_anew(sessions, cookie, kKnownHost, keys);
  REQUIRE(first);
  CHECK(first->session.login == "susan");
  CHECK(first->groups == "agents,crm-admins");
  CHECK(find_anew(sessions, cookie, kKnownHost, keys) == first);
}

TEST_CASE("a session that has just begun is known by its cookie") {
  crypto::SealingKeys keys = some_keys('k');
  KnownSessions sessions;
  std::string cookie = cookie_of("susan", keys);
  auto begun = std::make_shared<KnownSession>();
  begun->host = kKnownHost;
  sessions.add(cookie, begun);
  CHECK(find_anew(sessions, cookie, kKnownHost, keys) == begun);
  CHECK(find_anew(sessions, cookie, "evil.example.com", keys) == nullptr);
}

TEST_CASE("a cookie that is known at one host is none at another") {
  crypto::SealingKeys keys = some_keys('k');
  KnownSessions sessions;
  std::string cookie = cookie_of("susan", keys);
  REQUIRE(find_anew(sessions, cookie, kKnownHost, keys));
  CHECK(find_anew(sessions, cookie, "evil.example.com", keys) == nullptr);
}

TEST_CASE("a key that has gone opens nothing once the memory is cleared") {
  KnownSessions sessions;
  crypto::SealingKeys keys = some_keys('k');
  std::string cookie = cookie_of("susan", keys);
  REQUIRE(find_anew(sessions, cookie, kKnownHost, keys));
  sessions.clear();
  CHECK(find_anew(sessions, cookie, kKnownHost, some_keys('x')) == nullptr);
}

TEST_CASE("what is used stays known however many others come") {
  KnownSessions sessions;
  crypto::SealingKeys keys = some_keys('k');
  std::string cookie = cookie_of("susan", keys);
  auto first = find_anew(sessions, cookie, kKnownHost, keys);
  for (int i = 0; i < 10'000; ++i) {
    find_anew(sessions, cookie_of(cat("agent", i), keys), kKnownHost, keys);
    if (i % 1000 == 0) CHECK(find_anew(sessions, cookie, kKnownHost, keys) == first);
  }
}

TEST_CASE("what a connection has found last is what its cookie says, and no other") {
  crypto::SealingKeys keys = some_keys('k');
  KnownSessions sessions;
  KnownSessions::Last last;
  std::string susan = cookie_of("susan", keys);
  std::string tom = cookie_of("tom", keys);
  auto first = sessions.find(susan, kKnownHost, keys, last);
  REQUIRE(first);
  CHECK(sessions.find(susan, kKnownHost, keys, last) == first);
  CHECK(sessions.find(susan, "evil.example.com", keys, last) == nullptr);
  CHECK(sessions.find(tom, kKnownHost, keys, last)->session.login == "tom");
  CHECK(sessions.find(susan.substr(1), kKnownHost, keys, last) == nullptr);
  CHECK(sessions.find({}, kKnownHost, keys, last) == nullptr);
  CHECK(sessions.find(susan, kKnownHost, keys, last) == first);
}

TEST_CASE("a connection remembers nothing of keys that have gone") {
  KnownSessions sessions;
  KnownSessions::Last last;
  crypto::SealingKeys keys = some_keys('k');
  std::string cookie = cookie_of("susan", keys);
  REQUIRE(sessions.find(cookie, kKnownHost, keys, last));
  sessions.clear();
  CHECK(sessions.find(cookie, kKnownHost, some_keys('x'), last) == nullptr);
}

TEST_CASE("with another plan a connection introduces nobody as before, not even a session that is known to it alone") {
  crypto::SealingKeys keys = some_keys('k');
  KnownSessions sessions;
  KnownSessions::Last last;
  std::string cookie = cookie_of("susan", keys);
  auto susan = sessions.find(cookie, kKnownHost, keys, last);
  Backend crm;
  http::Fields said{{"Remote-User", "susan", http::FieldName::Other}};
  susan->introduction.keep(crm, std::make_shared<const Introduction>(said));
  for (int i = 0; i < 10'000; ++i) find_anew(sessions, cookie_of(cat("agent", i), keys), kKnownHost, keys);
  REQUIRE(sessions.find(cookie, kKnownHost, keys, last) == susan);
  sessions.forget_introductions();
  CHECK(sessions.find(cookie, kKnownHost, keys, last)->introduction.to(crm) == nullptr);
}

}  // namespace pforte::gate
